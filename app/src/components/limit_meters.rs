use crate::islands::LiveMeters;
use keywright_core::{
    Time,
    gate::Gauge,
    profile::{Each, Limit},
    words,
};
use leptos::prelude::*;
use std::time::Duration;

/// What is left of each limit now, and when there is more. It moves by itself where scripts run; elsewhere a link
/// looks again.
#[component]
pub(crate) fn LimitMeters(
    gauges: Vec<Gauge>,
    now: Time,
    /// The page that they are on.
    again: String,
    /// Where the meters alone are found.
    source: String,
) -> impl IntoView {
    view! {
        <section class="card section" aria-labelledby="limits-title">
            <div class="section__foot">
                <h2 id="limits-title">"Limits now"</h2>
                <a class="quiet limits__again" href=again>"Look again"</a>
                <LiveMeters source />
            </div>
            <Meters gauges now />
        </section>
    }
    .into_any()
}

/// The meters alone. The island asks for them again and puts them in their own place.
#[component]
pub fn Meters(
    /// How the limits stand.
    gauges: Vec<Gauge>,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let meters = gauges.into_iter().map(|gauge| match gauge {
        Gauge::Window { limit, remaining, resets_in } => {
            let again = again(remaining, limit.requests, resets_in, now);
            view! { <Meter title=title(&limit) left=remaining most=limit.requests again /> }
        }
        Gauge::Running { limit, held } => {
            let again = match held {
                0 => "None is running".to_owned(),
                held => format!("{} running", words::number(held.into())),
            };
            let left = limit.saturating_sub(held).into();
            view! { <Meter title="Running at once, shared by all keys".to_owned() left most=limit.into() again /> }
        }
    });
    view! { <ul class="meters">{meters.collect_view()}</ul> }.into_any()
}

/// One limit. The bar says nothing that the words do not say.
#[component]
fn Meter(title: String, left: u64, most: u64, again: String) -> impl IntoView {
    let (used, full) = (most.saturating_sub(left), left == 0);
    let (value, max) = (used.to_string(), most.to_string());
    view! {
        <li class="meter">
            <span class="meter__title">{title}</span>
            <span class="meter__words"><strong>{words::number(left)}</strong>{format!(" left of {}", words::number(most))}</span>
            <progress class="quota__bar meter__bar" class:quota__bar--full=full value=value max=max aria-hidden="true"></progress>
            <span class="meter__again">{again}</span>
        </li>
    }
}

/// "Per minute, shared by all keys".
fn title(limit: &Limit) -> String {
    let whose = match limit.each {
        Each::Workspace => "shared by all keys",
        Each::Key => "for this key alone",
    };
    format!("Per {}, {whose}", limit.per.words())
}

fn again(left: u64, most: u64, resets_in: Duration, now: Time) -> String {
    if left == most {
        return "All of it is free".to_owned();
    }
    // A wait that is said too short is a wait that fails once more.
    let seconds = u64::try_from(resets_in.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX);
    format!("All of it again {}", words::until(now + Duration::from_secs(seconds), now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fixtures, render};
    use keywright_core::profile::{Algorithm, Per};

    fn window(requests: u64, per: Per, each: Each, remaining: u64, seconds: u64) -> Gauge {
        let limit = Limit { name: "a".into(), requests, per, each, algorithm: Algorithm::Fixed };
        Gauge::Window { limit, remaining, resets_in: Duration::from_secs(seconds) }
    }

    fn page(gauges: Vec<Gauge>) -> String {
        let now = Time::from_timestamp(1_795_262_400, 0).unwrap_or_default();
        let text = render(fixtures::frame(), move || view! { <Meters gauges now /> }).body;
        text.replace("<!>", "").replace("<strong>", "").replace("</strong>", "")
    }

    #[test]
    fn lodol_09_a_meter_says_what_is_left_and_when_all_of_it_is_back() {
        let page = page(vec![
            window(15, Per::Minute, Each::Workspace, 12, 43),
            window(10_000, Per::Day, Each::Key, 0, 12 * 3_600),
            window(30, Per::Hour, Each::Key, 30, 0),
            Gauge::Running { limit: 5, held: 2 },
        ]);
        for words in [
            "Per minute, shared by all keys",
            "12 left of 15",
            "All of it again in 43 seconds",
            "Per day, for this key alone",
            "0 left of 10,000",
            "All of it again in 12 hours",
            "30 left of 30",
            "All of it is free",
            "3 left of 5",
            "2 running",
        ] {
            assert!(page.contains(words), "{words}");
        }
        assert_eq!(page.matches("quota__bar--full").count(), 1);
    }
}
