use leptos::prelude::*;

/// What can be done with the keys that are ticked. The style sheet shows it while any is; the boxes name
/// this form.
#[component]
pub(crate) fn BulkBar(slug: String) -> impl IntoView {
    view! {
        <form class="bulk" id="bulk" method="post" action=format!("/w/{slug}/keys/bulk") aria-label="Selected keys">
            <span class="bulk__count">" selected"</span>
            <button class="button" name="work" value="disable">"Disable…"</button>
            <button class="button button--danger" name="work" value="revoke">"Revoke…"</button>
        </form>
    }
    .into_any()
}
