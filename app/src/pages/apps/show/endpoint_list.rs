use crate::pages::apps::Endpoints;
use keywright_core::apps::{App, AppKind};
use leptos::prelude::*;

/// Where the app asks: what is put into its configuration besides its name and secret.
#[component]
pub(crate) fn EndpointList(endpoints: Endpoints, app: App) -> impl IntoView {
    let begins = match app.kind {
        AppKind::Server | AppKind::Public => Some(("Authorization", endpoints.authorize)),
        AppKind::Device => Some(("Device authorization", endpoints.device)),
        AppKind::Machine => None,
    };
    let lines = begins.into_iter().chain([("Token", endpoints.token), ("Metadata", endpoints.metadata)]);
    let items =
        lines.map(|(name, url)| view! { <div><dt>{name}</dt><dd><code class="breakable">{url}</code></dd></div> });
    view! {
        <section class="card section" aria-labelledby="endpoints-title">
            <div>
                <h2 id="endpoints-title">"Addresses for your app"</h2>
                <p class="quiet">"Most libraries need only the last one, and find the others by it."</p>
            </div>
            <dl class="facts">{items.collect_view()}</dl>
        </section>
    }
    .into_any()
}
