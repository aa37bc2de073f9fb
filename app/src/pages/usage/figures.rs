use super::shares::name;
use crate::components::Moment;
use keywright_core::{
    keys::ApiKey,
    usage::{Count, Report, UsedBy},
    words,
};
use leptos::prelude::*;

/// The time in a few numbers.
#[component]
pub(crate) fn Figures(slug: String, report: Report, key: Option<ApiKey>, sees_apps: bool) -> impl IntoView {
    let total = report.total();
    let last = match key {
        Some(key) => view! { <LastUsed key report /> }.into_any(),
        None => view! { <Busiest slug report sees_apps /> }.into_any(),
    };
    view! {
        <dl class="figures">
            <div class="card figure">
                <dt>"Requests"</dt>
                <dd class="figure__number">{words::number(total.total())}</dd>
            </div>
            <div class="card figure">
                <dt>"Allowed"</dt>
                <dd class="figure__number">{words::number(total.allowed)}</dd>
                <dd class="figure__more">{share(total.allowed, total)}</dd>
            </div>
            <div class="card figure">
                <dt>"Refused"</dt>
                <dd class="figure__number">{words::number(total.refused)}</dd>
                <dd class="figure__more">{share(total.refused, total)}</dd>
            </div>
            {last}
        </dl>
    }
    .into_any()
}

/// The key or the app with the most requests.
#[component]
fn Busiest(slug: String, report: Report, sees_apps: bool) -> impl IntoView {
    let busiest = report.shares.into_iter().next();
    let title = match busiest.as_ref().map(|share| share.by) {
        Some(UsedBy::App(_)) => "Busiest app",
        Some(UsedBy::Key(_)) | None => "Busiest key",
    };
    view! {
        <div class="card figure">
            <dt>{title}</dt>
            {match busiest {
                None => view! { <dd class="figure__name">"–"</dd> }.into_any(),
                Some(share) => {
                    let requests = words::number(share.count.total());
                    view! {
                        <dd class="figure__name">{name(&slug, share, sees_apps)}</dd>
                        <dd class="figure__more">{requests}" requests"</dd>
                    }
                    .into_any()
                }
            }}
        </div>
    }
    .into_any()
}

/// When the key was last used, whatever the time that is looked at.
#[component]
fn LastUsed(key: ApiKey, report: Report) -> impl IntoView {
    view! {
        <div class="card figure">
            <dt>"Last used"</dt>
            {match key.last_use {
                None => view! { <dd class="figure__name">"Never"</dd> }.into_any(),
                Some(last) => view! {
                    <dd class="figure__name"><Moment at=last.at text=words::ago(last.at, report.until) /></dd>
                    <dd class="figure__more mono">{last.route}</dd>
                }
                .into_any(),
            }}
        </div>
    }
    .into_any()
}

/// "99.3 %"; nothing where there is nothing to share.
fn share(part: u64, of: Count) -> Option<String> {
    let whole = u128::from(of.total());
    if whole == 0 {
        return None;
    }
    // A few in many are never said to be none, nor all.
    let tenths = (u128::from(part) * 1_000 + whole / 2) / whole;
    let tenths = match (part, part == of.total()) {
        (0, _) => 0,
        (_, true) => 1_000,
        (_, false) => tenths.clamp(1, 999),
    };
    let text = if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) };
    Some(format!("{text} %"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_and_never_to_none_or_all() {
        let said = |allowed, refused| share(refused, Count { allowed, refused }).unwrap_or_default();
        assert_eq!(said(409, 3), "0.7 %");
        assert_eq!(said(1, 1), "50 %");
        assert_eq!(said(1_000_000, 1), "0.1 %");
        assert_eq!(said(1, 1_000_000), "99.9 %");
        assert_eq!((said(5, 0), said(0, 5), said(0, 0)), ("0 %".into(), "100 %".into(), String::new()));
    }
}
