use leptos::prelude::*;

/// No entries: because nothing happened, or because of the filter.
#[component]
pub(crate) fn Nothing(slug: String, narrowed: bool, first: bool) -> impl IntoView {
    let log = format!("/w/{slug}/audit");
    if narrowed {
        return view! {
            <p class="card empty-line">
                "Nothing in the log fits these filters. Remove one of them, choose other days, or "
                <a href=log>"show everything"</a> "."
            </p>
        }
        .into_any();
    }
    if !first {
        return view! { <p class="card empty-line">"There is nothing older. " <a href=log>"Go to the latest entries"</a></p> }
            .into_any();
    }
    view! {
        <p class="card empty-line">
            "Nothing has happened here yet. " <a href=format!("/w/{slug}/keys")>"Go to the keys"</a>
        </p>
    }
    .into_any()
}
