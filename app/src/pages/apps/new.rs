//! `/w/{slug}/apps/new`.

use super::fields::{KindChoice, RedirectsField, SCOPE_WORDS};
use crate::{
    components::{ErrorSummary, Field, PageHeader, message_for},
    pages::keys::{fields::ScopesChoice, scopes::ScopeOffer},
};
use keywright_core::{
    apps::AppForm,
    error::FieldError,
    profile::{Profile, Role},
};
use leptos::prelude::*;
use std::sync::Arc;

/// The fields of the form, each of which says what is wrong with it.
const FIELDS: &[&str] = &["name", "kind", "redirect_uris", "scopes", "client_uri"];

/// The form that registers an app. What was typed comes back with what is wrong.
#[component]
pub fn NewAppPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The form as it was typed.
    form: AppForm,
    /// What is wrong with it.
    errors: Vec<FieldError>,
    /// The product.
    profile: Arc<Profile>,
    /// What the viewer may do.
    role: Role,
) -> impl IntoView {
    let of = |name: &str| message_for(&errors, name);
    let apps = format!("/w/{slug}/apps");
    let action = format!("{apps}/new");
    let offer = ScopeOffer::of_app(&profile, &role, &[]);
    view! {
        <PageHeader
            title="Register app".into_any()
            lead="Something that acts for people who allow it, or for itself.".into_any()
            up=(super::title(&profile), apps.clone())
        />
        <ErrorSummary errors=errors.clone() fields=FIELDS />
        <form class="form form--app card section" method="post" action=action novalidate>
            <Field
                name="name" label="Name" value=form.name most=80 error=of("name") autofocus=errors.is_empty()
                hint="People read it when they are asked to allow the app."
            />
            <KindChoice chosen=form.kind error=of("kind") />
            <RedirectsField value=form.redirect_uris any_kind=true errors=all_of(&errors, "redirect_uris") />
            <ScopesChoice offer chosen=form.scopes presets=false words=SCOPE_WORDS error=of("scopes") />
            <Field
                name="client_uri" label="Website" kind="url" value=form.client_uri most=500 optional=true
                hint="Shown to people who are asked to allow the app." error=of("client_uri")
            />
            <div class="form__actions">
                <button class="button button--primary">"Register app"</button>
                <a class="button button--quiet" href=apps>"Cancel"</a>
                <p class="form__aside">"A secret, where the app gets one, is shown once, on the next page."</p>
            </div>
        </form>
    }
    .into_any()
}

/// All that is wrong with one field.
pub(super) fn all_of(errors: &[FieldError], name: &str) -> Vec<String> {
    errors.iter().filter(|error| error.field == name).map(|error| error.message.clone()).collect()
}
