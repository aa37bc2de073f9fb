use keywright_core::usage::Range;
use leptos::prelude::*;

/// Over which time the page looks back: each a link, so that it can be passed on.
#[component]
pub(crate) fn Ranges(here: String, range: Range) -> impl IntoView {
    let links = Range::ALL.iter().map(|(word, each)| {
        let current = (*each == range).then_some("true");
        view! {
            <li><a class="ranges__item" href=format!("{here}/usage?range={word}") aria-current=current>{title(*each)}</a></li>
        }
    });
    view! { <nav aria-label="Time"><ul class="ranges">{links.collect_view()}</ul></nav> }.into_any()
}

const fn title(range: Range) -> &'static str {
    match range {
        Range::Hour => "1 hour",
        Range::Day | Range::Week | Range::Month | Range::Quarter => range.words(),
    }
}
