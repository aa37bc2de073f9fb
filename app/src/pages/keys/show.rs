mod actions;
mod facts;
pub(crate) mod history;
mod notices;
mod rotation;
mod scope_list;
mod use_it;

use super::{
    first_call::FirstCallSection,
    refusal::{KeyRefusal, RefusalNotice},
};
use crate::{
    components::{LimitMeters, PageHeader, Standing, StatusBadge, message_for},
    islands::ConfirmDialog,
};
use actions::Actions;
use facts::Facts;
use history::History;
use keywright_core::{
    Time,
    audit::AuditEntry,
    error::FieldError,
    gate::Gauge,
    keys::{ApiKey, RotateForm},
    profile::{Plan, Profile},
    refusals::FirstCall,
};
use leptos::prelude::*;
use notices::KeyNotices;
use rotation::RotationPanel;
use scope_list::ScopeList;
use std::sync::Arc;
use use_it::UseIt;

/// One key: how it stands, what it may do, what became of it.
#[component]
pub fn KeyPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The key.
    key: ApiKey,
    /// The product.
    profile: Arc<Profile>,
    /// The workspace's plan, if the profile still has it.
    plan: Option<Plan>,
    /// What was done to it, newest first.
    history: Vec<AuditEntry>,
    /// How the limits of its requests stand.
    gauges: Vec<Gauge>,
    /// Whether the viewer may change it.
    can_manage: bool,
    /// Whether the viewer may hand it to somebody else.
    can_hand_over: bool,
    /// Where requests go: the base URL.
    gateway: String,
    /// A request to try: method and path.
    sample: Option<(String, String)>,
    /// What has come of its newest secret since this moment, if somebody waits for that.
    first_call: Option<(FirstCall, Time)>,
    /// Why what was asked was not done.
    refusal: Option<KeyRefusal>,
    /// How much longer an overlap was to be, as it was typed.
    extend: RotateForm,
    /// What is wrong with it.
    errors: Vec<FieldError>,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let standing = Standing::of(&key, now);
    let here = format!("/w/{slug}/keys/{}", key.id);
    let label = key.label.clone();
    let title = view! { <bdi>{label}</bdi> " " <StatusBadge standing /> };
    let actions = can_manage.then(|| view! { <Actions slug=slug.clone() id=key.id version=key.version standing /> });
    let extend_error = message_for(&errors, "grace").or_else(|| message_for(&errors, "hours"));
    view! {
        <PageHeader
            title=title.into_any()
            lead=view! { <code class="masked">{key.masked()}</code> }.into_any()
            up=("Keys".to_owned(), format!("/w/{slug}/keys"))
        >
            {actions}
        </PageHeader>
        {refusal.map(|refusal| view! { <RefusalNotice refusal now /> })}
        <KeyNotices slug=slug.clone() key=key.clone() can_manage now />
        {key.rotation.clone().filter(|_| !standing.is_over()).map(|rotation| view! {
            <RotationPanel
                here=here.clone() key=key.clone() rotation profile=Arc::clone(&profile) can_manage
                extend=extend.clone() error=extend_error now
            />
        })}
        {first_call.map(|(call, since)| view! {
            <FirstCallSection slug=slug.clone() key=key.id profile=Arc::clone(&profile) call since now />
        })}
        <section class="card section" aria-labelledby="details-title">
            <h2 id="details-title">"Details"</h2>
            <Facts here=here.clone() key=key.clone() profile=Arc::clone(&profile) can_hand_over now />
            <p class="section__foot">
                <a href=format!("/w/{slug}/refusals?key={}", key.id)>"Why were requests with this key refused?"</a>
            </p>
        </section>
        <ScopeList key=key.clone() profile=Arc::clone(&profile) plan standing />
        {(!gauges.is_empty() && !standing.is_over()).then(|| view! {
            <LimitMeters gauges now again=here.clone() source=format!("{here}/usage/limits") />
        })}
        {(!standing.is_over()).then(|| view! { <UseIt key=key.clone() profile gateway sample /> })}
        <History entries=history now />
        {can_manage.then(|| view! { <ConfirmDialog /> })}
    }
    .into_any()
}
