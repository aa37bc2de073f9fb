//! `/w/{slug}/apps/{id}/edit`.

use super::{
    fields::{PkceChoice, RedirectsField, SCOPE_WORDS},
    new::all_of,
};
use crate::{
    components::{ErrorSummary, Field, Notice, PageHeader, Tone, message_for},
    pages::keys::{fields::ScopesChoice, scopes::ScopeOffer},
};
use keywright_core::{
    apps::{App, AppForm, AppKind},
    error::FieldError,
    profile::{Profile, Role},
};
use leptos::prelude::*;
use std::sync::Arc;

/// The fields of the form, each of which says what is wrong with it.
const FIELDS: &[&str] = &["name", "redirect_uris", "scopes", "client_uri", "pkce_optional"];

/// The form that changes an app. Its name and secret for programs stay the same.
#[component]
pub fn EditAppPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The app as it is.
    app: App,
    /// The form as it was typed.
    form: AppForm,
    /// What is wrong with it.
    errors: Vec<FieldError>,
    /// Why it was not taken, if that is no field's fault.
    refusal: Option<String>,
    /// The product.
    profile: Arc<Profile>,
    /// What the viewer may do.
    role: Role,
) -> impl IntoView {
    let of = |name: &str| message_for(&errors, name);
    let here = format!("/w/{slug}/apps/{}", app.id);
    let action = format!("{here}/edit");
    let offer = ScopeOffer::of_app(&profile, &role, &app.scopes);
    view! {
        <PageHeader
            title=view! { "Edit “" <bdi>{app.name.clone()}</bdi> "”" }.into_any()
            lead=view! { <code class="masked">{app.client_id.to_string()}</code> }.into_any()
            up=(app.name.clone(), here.clone())
        />
        {refusal.map(|text| view! { <Notice tone=Tone::Warning><strong>{text}</strong>" Nothing was changed."</Notice> })}
        <ErrorSummary errors=errors.clone() fields=FIELDS />
        <form class="form card section" method="post" action=action novalidate>
            <input type="hidden" name="version" value=app.version.to_string() />
            <Field
                name="name" label="Name" value=form.name most=80 error=of("name")
                hint="People read it when they are asked to allow the app."
            />
            {app.kind.has_redirects().then(|| view! {
                <RedirectsField value=form.redirect_uris errors=all_of(&errors, "redirect_uris") />
            })}
            <ScopesChoice offer chosen=form.scopes presets=false words=SCOPE_WORDS error=of("scopes") />
            <Field
                name="client_uri" label="Website" kind="url" value=form.client_uri most=500 optional=true
                hint="Shown to people who are asked to allow the app." error=of("client_uri")
            />
            {(app.kind == AppKind::Server).then(|| view! {
                <PkceChoice optional=form.pkce_optional error=of("pkce_optional") />
            })}
            <div class="form__actions">
                <button class="button button--primary">"Save changes"</button>
                <a class="button button--quiet" href=here>"Cancel"</a>
                <p class="form__aside">"In effect from the next request on."</p>
            </div>
        </form>
    }
    .into_any()
}
