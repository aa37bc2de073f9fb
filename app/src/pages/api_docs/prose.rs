use leptos::prelude::*;

/// Paragraphs, in which `words between backticks` are code.
#[component]
pub(super) fn Prose(text: String) -> impl IntoView {
    let paragraphs = text.split("\n\n").filter(|paragraph| !paragraph.is_empty());
    paragraphs.map(|text| view! { <p class="api__prose">{inline(text)}</p> }).collect_view().into_any()
}

/// One line of it.
pub(super) fn inline(text: &str) -> AnyView {
    let parts = text.split('`').enumerate();
    parts
        .map(|(i, part)| match i % 2 {
            0 => part.to_owned().into_any(),
            _ => view! { <code>{part.to_owned()}</code> }.into_any(),
        })
        .collect_view()
        .into_any()
}
