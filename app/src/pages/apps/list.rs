//! `/w/{slug}/apps`.

mod elsewhere;
mod table;

use crate::components::{Glyph, Icon, PageHeader};
use elsewhere::Elsewhere;
use keywright_core::{
    Time,
    apps::{App, AppPolicy, ForeignApp},
    profile::Profile,
};
use leptos::prelude::*;
use std::sync::Arc;
use table::Table;

/// The workspace's own apps, and below them those from elsewhere.
#[component]
pub fn AppListPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The product.
    profile: Arc<Profile>,
    /// This page of the list.
    apps: Vec<App>,
    /// The address of its next page.
    next: Option<String>,
    /// Whether this is its first page.
    first: bool,
    /// Apps from elsewhere.
    foreign: Vec<ForeignApp>,
    /// The address of their next page.
    next_foreign: Option<String>,
    /// What the workspace says of them.
    policy: AppPolicy,
    /// Whether the viewer may register and change.
    can_manage: bool,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let mut path = profile.oauth.menu.clone();
    let title = path.pop().unwrap_or_else(|| super::title(&profile));
    let (register, connected) = (format!("/w/{slug}/apps/new"), format!("/w/{slug}/connected"));
    let none = apps.is_empty() && first;
    let lead = "What may ask people here for access, or acts for itself.";
    let button = can_manage.then(|| {
        view! { <a class="button button--primary" href=register.clone()><Icon glyph=Glyph::Plus />"Register app"</a> }
    });
    view! {
        <PageHeader title=title.into_any() lead=lead.into_any() path>
            <a class="button" href=connected>"Connected apps"</a>
            {button}
        </PageHeader>
        {if none {
            view! { <Empty register can_manage /> }.into_any()
        } else {
            view! { <Table slug=slug.clone() apps now /> }.into_any()
        }}
        {(next.is_some() || !first).then(|| view! {
            <nav class="pager" aria-label="Pages">
                {(!first).then(|| view! {
                    <a class="button" href=format!("/w/{slug}/apps")><Icon glyph=Glyph::ArrowLeft />"Latest apps"</a>
                })}
                {next.map(|href| view! { <a class="button" href=href>"Older apps"<Icon glyph=Glyph::ArrowRight /></a> })}
            </nav>
        })}
        {first.then(|| view! {
            <Elsewhere slug=slug.clone() profile=Arc::clone(&profile) foreign next=next_foreign policy can_manage now />
        })}
    }
    .into_any()
}

/// No apps yet: what the three steps are, for whoever can take the first.
#[component]
fn Empty(register: String, can_manage: bool) -> impl IntoView {
    if !can_manage {
        return view! { <p class="card empty empty-line">"No apps yet. Apps that are registered are listed here."</p> }
            .into_any();
    }
    view! {
        <section class="card empty" aria-labelledby="empty-title">
            <span class="empty__mark"><Icon glyph=Glyph::Apps /></span>
            <h2 id="empty-title">"No apps yet"</h2>
            <ol class="steps">
                <li>
                    <strong>"Register the app"</strong>
                    <span>"Say where it runs, where people are sent back to, and what it may ask for at most."</span>
                </li>
                <li>
                    <strong>"Store its client_id and secret"</strong>
                    <span>"The secret is shown once. An app that cannot keep one gets none."</span>
                </li>
                <li>
                    <strong>"Send people to allow it"</strong>
                    <span>"They see what it asks for, and take it back whenever they like."</span>
                </li>
            </ol>
            <a class="button button--primary" href=register>"Register your first app"</a>
        </section>
    }
    .into_any()
}
