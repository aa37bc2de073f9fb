mod snippet;
mod snippets;
mod tab;

use crate::{
    components::{Notice, PageHeader, Tone},
    islands::{CopyButton, LeaveGuard},
};
use keywright_core::keys::ApiKey;
use leptos::prelude::*;
use snippets::Snippets;

/// The secret, this once.
#[component]
pub fn RevealPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The key.
    key: ApiKey,
    /// The whole secret.
    secret: String,
    /// Where requests go: the base URL.
    gateway: String,
    /// A request to try: method and path.
    sample: Option<(String, String)>,
) -> impl IntoView {
    let href = format!("/w/{slug}/keys/{}", key.id);
    let title = view! { "“" <bdi>{key.label}</bdi> "” is ready" };
    view! {
        <PageHeader title=title.into_any() />
        <section class="card section reveal" aria-labelledby="secret-label">
            <Notice tone=Tone::Warning>
                <strong>"Copy the secret now."</strong>
                " It is not stored and will not be shown again. If it is lost, revoke this key and create another."
            </Notice>
            <label class="field__label" id="secret-label" for="secret">"Secret key"</label>
            <div class="reveal__line">
                <input class="input reveal__secret" id="secret" readonly value=secret.clone() autocomplete="off" spellcheck="false" />
                <CopyButton target="secret".to_owned() label="Copy secret".to_owned() primary=true />
            </div>
            <div class="form__actions">
                <a class="button" href=href data-stored="">"I have stored it"</a>
            </div>
        </section>
        <Snippets secret gateway sample />
        <LeaveGuard />
    }
    .into_any()
}
