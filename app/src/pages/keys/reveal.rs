mod snippet;
mod snippets;
mod tab;

use super::{first_call::FirstCallSection, grace::to_the_minute};
use crate::{
    components::{Notice, PageHeader, Tone},
    islands::{CopyButton, LeaveGuard},
};
use keywright_core::{Time, keys::ApiKey, profile::Profile, refusals::FirstCall};
use leptos::prelude::*;
pub(crate) use snippets::{Snippets, variable};
use std::sync::Arc;

/// The secret, this once.
#[component]
pub fn RevealPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The product.
    profile: Arc<Profile>,
    /// The key.
    key: ApiKey,
    /// The whole secret.
    secret: String,
    /// Where requests go: the base URL.
    gateway: String,
    /// A request to try: method and path.
    sample: Option<(String, String)>,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let href = format!("/w/{slug}/keys/{}", key.id);
    let old = key.rotation.clone().filter(|rotation| rotation.ends_at > now).map(|rotation| {
        view! {
            <Notice>
                "The old secret " <code class="masked">{rotation.masked()}</code>
                {format!(" goes on working until {}.", to_the_minute(rotation.ends_at))}
            </Notice>
        }
    });
    let lost = match &old {
        Some(_) => "If it is lost, undo the rotation, or rotate again when it is over.",
        None => "If it is lost, rotate or revoke this key.",
    };
    let id = key.id;
    let title = view! { "“" <bdi>{key.label}</bdi> "” is ready" };
    view! {
        <PageHeader title=title.into_any() />
        <section class="card section reveal" aria-labelledby="secret-label">
            <Notice tone=Tone::Warning>
                <strong>"Copy the secret now."</strong>
                " It is not stored and will not be shown again. " {lost}
            </Notice>
            <label class="field__label" id="secret-label" for="secret">"Secret key"</label>
            <div class="reveal__line">
                <input class="input reveal__secret" id="secret" readonly value=secret.clone() autocomplete="off" spellcheck="false" />
                <CopyButton target="secret".to_owned() label="Copy secret".to_owned() primary=true />
            </div>
            {old}
            <div class="form__actions">
                <a class="button" href=href data-stored="">"I have stored it"</a>
            </div>
        </section>
        <Snippets secret line=None gateway sample />
        <FirstCallSection slug key=id profile call=FirstCall::Waiting since=now now with_secret=true />
        <LeaveGuard />
    }
    .into_any()
}
