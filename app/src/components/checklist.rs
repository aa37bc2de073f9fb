use super::{Glyph, Icon};
use keywright_core::gate::{Checked, Outcome};
use leptos::prelude::*;

/// The checks of the gate in their order, each with what came of it.
#[component]
pub(crate) fn Checklist(checks: Vec<Checked>) -> impl IntoView {
    let items = checks.into_iter().map(|Checked { check, limit, outcome, words }| {
        let (glyph, unseen) = match outcome {
            Outcome::Passed => (Glyph::Check, "Passed: "),
            Outcome::Failed => (Glyph::Close, "Failed: "),
            Outcome::NotReached => (Glyph::More, "Not reached: "),
        };
        let title = match limit {
            Some(limit) => format!("Limit: {}", limit.name),
            None => check.title().to_owned(),
        };
        let words = if words.is_empty() { "Not reached.".to_owned() } else { words };
        view! {
            <li class=format!("checks__item checks__item--{}", outcome.code())>
                <span class="checks__mark"><Icon glyph /></span>
                <span class="checks__title"><span class="unseen">{unseen}</span>{title}</span>
                <span class="checks__words">{words}</span>
            </li>
        }
    });
    view! { <ol class="checks">{items.collect_view()}</ol> }.into_any()
}
