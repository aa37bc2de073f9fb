use crate::{
    components::{Glyph, Icon},
    pages::keys::reveal::{Snippets, variable},
};
use keywright_core::{keys::ApiKey, profile::Profile};
use leptos::prelude::*;
use std::sync::Arc;

/// No request yet: how the first one is sent.
#[component]
pub(crate) fn Empty(
    slug: String,
    profile: Arc<Profile>,
    key: Option<ApiKey>,
    can_manage: bool,
    gateway: String,
    sample: Option<(String, String)>,
) -> impl IntoView {
    let name = variable(&profile.product);
    let shown = key.as_ref().map_or_else(|| format!("{}…", profile.key.prefix), ApiKey::masked);
    let first = match (&key, can_manage) {
        (Some(_), _) => view! { "Send one with the key's secret, as below. " }.into_any(),
        (None, true) => {
            let href = format!("/w/{slug}/keys/new");
            view! { <a href=href>"Create a key"</a> ", and send a request with it, as below. " }.into_any()
        }
        (None, false) => view! { "Send one with a key, as below. " }.into_any(),
    };
    view! {
        <section class="card empty" aria-labelledby="empty-title">
            <span class="empty__mark"><Icon glyph=Glyph::Chart /></span>
            <h2 id="empty-title">"No requests yet"</h2>
            <p class="empty__words quiet">{first} "It is counted here, let through or not."</p>
        </section>
        <Snippets secret=format!("${name}") line=Some(format!("{name}={shown}")) gateway sample />
    }
    .into_any()
}
