use super::Found;
use crate::{
    components::{Notice, Tone},
    islands::FindKey,
};
use keywright_core::profile::KeyFormat;
use leptos::prelude::*;

/// To find a key that turned up somewhere. A whole secret never leaves the browser: where scripts run, its hash does;
/// where they do not, the field takes no more than its visible beginning.
#[component]
pub(crate) fn FindForm(slug: String, key: KeyFormat, workspace: String, found: Option<Found>) -> impl IntoView {
    let most = key.prefixes().map(str::len).max().unwrap_or_default().saturating_add(key.visible);
    let most = u32::try_from(most).unwrap_or(u32::MAX);
    let open = found.is_some();
    let answer = found.map(|found| {
        let (tone, text) = match found {
            Found::Nothing(None) => (Tone::Plain, format!("No key of this {workspace} has this secret.")),
            Found::Nothing(Some(start)) => (Tone::Plain, format!("No key of this {workspace} begins with “{start}”.")),
            Found::Several(start) => (Tone::Plain, format!("These keys begin with “{start}”.")),
            Found::Wrong(message) => (Tone::Danger, message),
        };
        view! { <Notice tone>{text}</Notice> }
    });
    let action = format!("/w/{slug}/keys/find");
    let form =
        view! { <FindKey action most cut=true label="Key".to_owned() sample=format!("{}…", key.prefix) /> }.into_any();
    view! {
        <details class="find" open=open>
            <summary class="find__title">"Find a key by pasting it"</summary>
            <div class="find__body">
                <p class="field__hint" id="find-hint">
                    "Paste a key that turned up somewhere, or type how it begins. The whole of it never leaves this browser."
                </p>
                {form}
                {answer}
            </div>
        </details>
    }
    .into_any()
}
