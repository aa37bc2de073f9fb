//! What an app proves itself with, this once.

use super::{Endpoints, show::EndpointList};
use crate::{
    components::{Notice, PageHeader, Tone},
    islands::{CopyButton, LeaveGuard},
    pages::keys::grace::to_the_minute,
};
use keywright_core::{Time, apps::App};
use leptos::prelude::*;

/// The name and the secret of an app, right after the secret was made.
#[component]
pub fn AppRevealPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The app.
    app: App,
    /// The whole secret.
    secret: String,
    /// Where the app asks.
    endpoints: Endpoints,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let href = format!("/w/{slug}/apps/{}", app.id);
    let retiring = app.secret.as_ref().and_then(|secret| secret.retiring.clone()).filter(|(_, end)| *end > now);
    let old = retiring.map(|(last4, end)| {
        view! {
            <Notice>
                "The old secret " <code class="masked">{format!("ks_…{last4}")}</code>
                {format!(" goes on working until {}.", to_the_minute(end))}
            </Notice>
        }
    });
    view! {
        <PageHeader title=view! { "“" <bdi>{app.name.clone()}</bdi> "” is ready" }.into_any() />
        <section class="card section reveal" aria-labelledby="secret-label">
            <Notice tone=Tone::Warning>
                <strong>"Copy the client secret now."</strong>
                " It is not stored and will not be shown again. If it is lost, rotate it."
            </Notice>
            <label class="field__label" for="client_id">"client_id"</label>
            <div class="reveal__line">
                <input class="input reveal__secret" id="client_id" readonly value=app.client_id.to_string() autocomplete="off" spellcheck="false" />
                <CopyButton target="client_id".to_owned() label="Copy client_id".to_owned() primary=false />
            </div>
            <label class="field__label" id="secret-label" for="secret">"client_secret"</label>
            <div class="reveal__line">
                <input class="input reveal__secret" id="secret" readonly value=secret autocomplete="off" spellcheck="false" />
                <CopyButton target="secret".to_owned() label="Copy client_secret".to_owned() primary=true />
            </div>
            {old}
            <div class="form__actions">
                <a class="button" href=href data-stored="">"I have stored it"</a>
            </div>
        </section>
        <EndpointList endpoints app />
        <LeaveGuard />
    }
    .into_any()
}
