//! `/w/{slug}/apps/{id}/rotate`: a new secret for the same app.

use crate::{
    components::{ErrorSummary, Notice, PageHeader, Tone, message_for},
    pages::keys::grace::GraceChoice,
};
use keywright_core::{Time, apps::App, error::FieldError, keys::RotateForm, profile::Profile, words};
use leptos::prelude::*;
use std::sync::Arc;

/// The fields of the form, each of which says what is wrong with it.
const FIELDS: &[&str] = &["grace", "hours"];

/// What rotating does, and for how long both secrets work.
#[component]
pub fn RotateAppPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The app.
    app: App,
    /// The form as it was typed.
    form: RotateForm,
    /// What is wrong with it.
    errors: Vec<FieldError>,
    /// Why it was not taken, if that is no field's fault.
    refusal: Option<String>,
    /// The product.
    profile: Arc<Profile>,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let of = |name: &str| message_for(&errors, name);
    let here = format!("/w/{slug}/apps/{}", app.id);
    let action = format!("{here}/rotate");
    let last4 = app.secret.as_ref().map(|secret| secret.last4.clone()).unwrap_or_default();
    let used = app.last_used_at.map_or_else(
        || "the app has been given no token yet".to_owned(),
        |at| format!("the app was last given a token {}", words::ago(at, now)),
    );
    view! {
        <PageHeader
            title=view! { "Rotate the secret of “" <bdi>{app.name.clone()}</bdi> "”" }.into_any()
            lead="The app gets a new secret. Its client_id and all that people have allowed it stay.".into_any()
            up=(app.name.clone(), here.clone())
        />
        {refusal.map(|text| view! { <Notice tone=Tone::Warning><strong>{text}</strong>" Nothing was changed."</Notice> })}
        <ErrorSummary errors=errors.clone() fields=FIELDS />
        <form class="form card section" method="post" action=action novalidate>
            <input type="hidden" name="version" value=app.version.to_string() />
            <Notice>
                <code class="masked">{format!("ks_…{last4}")}</code>
                {format!(" goes on working until the moment that you choose; {used}.")}
            </Notice>
            <GraceChoice form profile ends=None now error=of("grace") hours_error=of("hours") />
            <div class="form__actions">
                <button class="button button--primary">"Rotate secret"</button>
                <a class="button button--quiet" href=here>"Cancel"</a>
                <p class="form__aside">"The new secret is shown once, on the next page."</p>
            </div>
        </form>
    }
    .into_any()
}
