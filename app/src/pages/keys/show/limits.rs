use keywright_core::{Time, words};
use leptos::prelude::*;
use std::time::Duration;

/// A limit of the plan, and what is left of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitLeft {
    /// "15 per minute, shared by all keys".
    pub words: String,
    /// How many requests fit.
    pub limit: u64,
    /// How many still do.
    pub remaining: u64,
    /// When all do again.
    pub resets_in: Duration,
}

/// How much more the key may be used, now.
#[component]
pub(super) fn Limits(limits: Vec<LimitLeft>, now: Time) -> impl IntoView {
    let rows = limits.into_iter().map(|left| view! { <Row left now /> });
    view! {
        <section class="card section" aria-labelledby="limits-title">
            <h2 id="limits-title">"Limits"</h2>
            <ul class="rows">{rows.collect_view()}</ul>
        </section>
    }
    .into_any()
}

#[component]
fn Row(left: LimitLeft, now: Time) -> impl IntoView {
    let LimitLeft { words: what, limit, remaining, resets_in } = left;
    let used = limit.saturating_sub(remaining);
    let state = match (used, remaining) {
        (0, _) => "Nothing used".to_owned(),
        (_, 0) => format!("Used up; free again {}", words::until(now + resets_in, now)),
        _ => format!("{} left; all of it again {}", words::number(remaining), words::until(now + resets_in, now)),
    };
    view! {
        <li class="rows__item">
            <span class="stack">
                <span>{what}</span>
                <span class="quiet">{state}</span>
            </span>
            <progress class="quota__bar" class:quota__bar--full=remaining == 0 value=used.to_string() max=limit.to_string() aria-hidden="true"></progress>
        </li>
    }
    .into_any()
}
