//! `/w/{slug}/apps/{id}`.

mod actions;
mod endpoint_list;
mod facts;
mod secrets;
mod trace;

use crate::{
    components::{Badge, Notice, PageHeader, Tone},
    islands::ConfirmDialog,
    pages::keys::show::history::History,
};
use actions::Actions;
pub(super) use endpoint_list::EndpointList;
pub(super) use facts::AppFacts;
use keywright_core::{
    Time,
    apps::{App, AppEvent, AppKind, Registrant},
    audit::AuditEntry,
    profile::Profile,
};
use leptos::prelude::*;
use secrets::Secrets;
use std::sync::Arc;
use trace::Trace;

/// One app: how it stands, what it may ask for, what was refused to it.
#[component]
pub fn AppPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The app.
    app: App,
    /// The product.
    profile: Arc<Profile>,
    /// Where it asks.
    endpoints: super::Endpoints,
    /// What was refused to it, the latest first.
    events: Vec<AppEvent>,
    /// The address of the next page of it.
    older_events: Option<String>,
    /// What was done to it, newest first.
    history: Vec<AuditEntry>,
    /// Whether the viewer may change it.
    can_manage: bool,
    /// Why what was asked was not done.
    refusal: Option<String>,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let here = format!("/w/{slug}/apps/{}", app.id);
    let (tone, status) = super::standing(&app);
    let name = app.name.clone();
    let orphan = app.kind == AppKind::Machine && matches!(&app.registrant, Registrant::Member { role: None, .. });
    let actions = can_manage.then(|| view! { <Actions here=here.clone() app=app.clone() /> });
    let secrets = view! { <Secrets here app=app.clone() can_manage now /> };
    let weak = app.pkce_optional;
    let facts = view! { <AppFacts app=app.clone() profile=Arc::clone(&profile) now>{secrets}</AppFacts> };
    view! {
        <PageHeader
            title=view! { <bdi>{name}</bdi> " " <Badge tone text=status /> }.into_any()
            lead=view! { <code class="masked">{app.client_id.to_string()}</code> }.into_any()
            up=(super::title(&profile), format!("/w/{slug}/apps"))
        >
            {actions}
        </PageHeader>
        {refusal.map(|text| view! { <Notice tone=Tone::Warning><strong>{text}</strong>" Nothing was changed."</Notice> })}
        {weak.then(|| view! {
            <Notice tone=Tone::Warning>
                <strong>"PKCE is optional for this app."</strong>
                " A code that is caught on its way is only protected by the client secret."
            </Notice>
        })}
        {orphan.then(|| view! {
            <Notice tone=Tone::Danger>
                <strong>"This machine cannot do anything."</strong>
                " It acts within the role of whoever registered it, and they have left. Register it anew."
            </Notice>
        })}
        <section class="card section" aria-labelledby="details-title">
            <h2 id="details-title">"Details"</h2>
            {facts}
        </section>
        <EndpointList endpoints app />
        <Trace events older=older_events now />
        <History entries=history now />
        {can_manage.then(|| view! { <ConfirmDialog /> })}
    }
    .into_any()
}
