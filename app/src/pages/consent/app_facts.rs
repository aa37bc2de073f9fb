use crate::components::{Badge, Tone};
use keywright_core::{
    accounts::User,
    apps::{App, Registrant},
    text,
};
use leptos::prelude::*;

/// What there is to know of an app before it is let in. What it says of itself is marked as such.
#[component]
pub(crate) fn AppFacts(
    app: App,
    /// Where the person is sent afterwards, if anywhere.
    leads_to: Option<String>,
    user: User,
    /// For what the tokens are, if it is not the whole API.
    resources: Vec<String>,
) -> impl IntoView {
    let site = app.client_uri.as_deref().and_then(host).map(|host| text::plain(host, 100));
    let registrant = match app.registrant {
        Registrant::Member { workspace_name, .. } => view! { <bdi>{workspace_name}</bdi> }.into_any(),
        Registrant::Itself { .. } => {
            view! { "The app itself " <Badge tone=Tone::Warning text="Unverified" /> }.into_any()
        }
        Registrant::BuiltIn => "Nobody: it is part of this dashboard".into_any(),
    };
    view! {
        <dl class="facts consent__facts">
            {leads_to.map(|leads_to| view! {
                <div><dt>"Leads to"</dt><dd><strong><bdi>{leads_to}</bdi></strong></dd></div>
            })}
            <div><dt>"Registered by"</dt><dd>{registrant}</dd></div>
            {site.map(|site| view! { <div><dt>"Website, as it says"</dt><dd><bdi>{site}</bdi></dd></div> })}
            <div><dt>"Your account"</dt><dd><bdi>{user.email}</bdi></dd></div>
            {(!resources.is_empty()).then(|| view! {
                <div><dt>"For"</dt><dd class="mono"><bdi>{resources.join(", ")}</bdi></dd></div>
            })}
        </dl>
    }
    .into_any()
}

/// The host of a web address.
fn host(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty())
}
