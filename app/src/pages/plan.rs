//! `/w/{slug}/plan`: what the workspace pays for, and what the other plans bring.

use crate::components::{Badge, ListTable, Notice, PageHeader, Tone};
use keywright_core::{keys::Quota, profile::Words, words};
use leptos::prelude::*;

/// A plan as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanRow {
    /// Its title.
    pub title: String,
    /// How many keys it brings.
    pub keys: u32,
    /// Whether requests pass the gate.
    pub api: bool,
    /// How many requests it lets through, in words; none: as many as come.
    pub limits: Vec<String>,
    /// The scopes that keys can use on it; none where it leaves out nothing.
    pub scopes: Option<Vec<String>>,
    /// Whether it is the workspace's.
    pub current: bool,
}

/// The plans side by side, and the use of the current one.
#[component]
pub fn PlanPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The product's nouns.
    words: Words,
    /// The product's name.
    product: String,
    /// The plans, from the smallest to the largest.
    plans: Vec<PlanRow>,
    /// How many keys there are, and may be.
    quota: Quota,
    /// Where a customer changes what it pays for.
    billing_url: Option<String>,
) -> impl IntoView {
    let lead = view! {
        {format!("This {} is on the ", words.workspace)} <strong>{quota.plan.clone()}</strong> {format!(" plan: {}.", use_words(&quota))}
    };
    let by_scopes = plans.iter().any(|plan| plan.scopes.is_some());
    let by_limits = plans.iter().any(|plan| !plan.limits.is_empty());
    let how = match &billing_url {
        Some(_) => format!("Plans are changed at {product}; what changes there is in effect here at once."),
        None => format!("Your plan is set by {product}; ask them to change it."),
    };
    let rows = plans.into_iter().map(|plan| view! { <Row plan by_scopes by_limits /> }).collect_view();
    let columns = ["Plan", "Keys", "API"].into_iter();
    let columns = columns.chain(by_limits.then_some("Requests")).chain(by_scopes.then_some("Scopes"));
    view! {
        <PageHeader title="Plan".into_any() lead=lead.into_any()>
            {billing_url.map(|href| view! { <a class="button button--primary" href=href rel="noopener">"Change plan"</a> })}
        </PageHeader>
        <Notices slug quota />
        <ListTable look="table--plans" caption="Plans" columns=columns.collect()>{rows}</ListTable>
        <p class="quiet">{how}</p>
    }
    .into_any()
}

/// One plan.
#[component]
fn Row(plan: PlanRow, by_scopes: bool, by_limits: bool) -> impl IntoView {
    let keys = if plan.keys == 0 { "None".to_owned() } else { words::plural(plan.keys.into(), "key") };
    let scopes = by_scopes.then(|| {
        let text = plan.scopes.map_or_else(|| "All".to_owned(), |names| names.join(", "));
        view! { <td role="cell" data-label="Scopes">{text}</td> }
    });
    let limits = by_limits.then(|| {
        let text = match (plan.api, plan.limits.is_empty()) {
            (false, _) => vec!["None".to_owned()],
            (true, true) => vec!["No limit".to_owned()],
            (true, false) => plan.limits,
        };
        let lines = text.into_iter().map(|line| view! { <span>{line}</span> });
        view! { <td role="cell" data-label="Requests"><span class="stack">{lines.collect_view()}</span></td> }
    });
    view! {
        <tr role="row" class:row--current=plan.current>
            <th role="rowheader" scope="row" class="cell--title">
                <span class="row__label">{plan.title}</span>
                {plan.current.then(|| view! { " " <Badge tone=Tone::Good text="Current" /> })}
            </th>
            <td role="cell" data-label="Keys">{keys}</td>
            <td role="cell" data-label="API">{if plan.api { "Included" } else { "Not included" }}</td>
            {limits}
            {scopes}
        </tr>
    }
    .into_any()
}

/// What the plan stops, and what to do about it.
#[component]
fn Notices(slug: String, quota: Quota) -> impl IntoView {
    let (used, rule) = (format!("{}.", use_words(&quota)), format!(" {} ", over_words(&quota)));
    let over = (quota.used > quota.limit).then(|| {
        view! {
            <Notice tone=Tone::Warning>
                <strong>{used}</strong>
                {rule}
                <a href=format!("/w/{slug}/keys")>"Go to the keys"</a>
            </Notice>
        }
    });
    let off = (!quota.api).then(|| {
        view! {
            <Notice tone=Tone::Warning>
                <strong>{format!("The API is off on the {} plan.", quota.plan)}</strong>
                " Every request is refused, with any key, until the plan changes."
            </Notice>
        }
    });
    let silent = over.is_none() && off.is_none();
    (!silent).then(|| view! { <div class="notices">{off}{over}</div> }.into_any())
}

/// "2 of 3 keys".
fn use_words(quota: &Quota) -> String {
    match quota.limit {
        0 if quota.used == 0 => "no keys".to_owned(),
        limit => format!("{} of {}", quota.used, words::plural(limit.into(), "key")),
    }
}

/// What being over the limit means: nothing stops, nothing is added.
fn over_words(quota: &Quota) -> String {
    let keep = if quota.api { "All keep working; none" } else { "None" };
    if quota.limit == 0 {
        return format!("{keep} can be made on this plan.");
    }
    // One more than the surplus: a key can be made again when there is room for it.
    let surplus = quota.used.saturating_sub(quota.limit).saturating_add(1);
    format!("{keep} can be made until {surplus} are revoked or the plan is larger.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fixtures, render};

    fn page(used: u32, limit: u32, billing_url: Option<&str>) -> String {
        let row = |title: &str, keys, current| {
            let limits = vec!["15 per minute, shared by all keys".to_owned()];
            PlanRow { title: title.into(), keys, api: keys > 0, limits, scopes: None, current }
        };
        let props = PlanPageProps {
            slug: "acme".into(),
            words: fixtures::profile().words,
            product: "Acme".into(),
            plans: vec![row("Free", 0, false), row("Pro", limit, true)],
            quota: Quota { used, limit, plan: "Pro".into(), api: true },
            billing_url: billing_url.map(Into::into),
        };
        render(fixtures::frame(), move || PlanPage(props)).body.replace("<!>", "")
    }

    #[test]
    fn lodol_05_the_page_tells_the_plans_apart_and_marks_the_current_one() {
        let page = page(2, 3, None);
        assert!(page.contains("2 of 3 keys"));
        assert_eq!(page.matches("Current").count(), 1);
        assert_eq!(page.matches("15 per minute, shared by all keys").count(), 1, "none where there is no API");
        assert!(page.contains("Your plan is set by Acme; ask them to change it."));
        assert!(!page.contains("keep working") && !page.contains("Change plan"));
    }

    #[test]
    fn over_the_limit_the_page_says_what_works_and_what_to_do() {
        let page = page(9, 3, Some("https://billing.example"));
        assert!(page.contains("9 of 3 keys."));
        assert!(page.contains("All keep working; none can be made until 7 are revoked"));
        assert!(page.contains(r#"href="https://billing.example""#));
    }
}
