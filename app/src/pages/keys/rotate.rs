//! `/w/{slug}/keys/{id}/rotate`: a new secret for the same key.

use super::{
    grace::GraceChoice,
    refusal::{KeyRefusal, RefusalNotice},
    use_words::{is_in_use, use_in_short},
};
use crate::components::{ErrorSummary, Notice, PageHeader, Tone, message_for};
use keywright_core::{
    Time,
    error::FieldError,
    keys::{ApiKey, RotateForm},
    profile::Profile,
    words,
};
use leptos::prelude::*;
use std::sync::Arc;

/// The fields of the form, each of which says what is wrong with it.
const FIELDS: &[&str] = &["grace", "hours"];

/// What rotating does, and for how long both secrets work.
#[component]
pub fn RotatePage(
    /// The workspace's place in URLs.
    slug: String,
    /// The key.
    key: ApiKey,
    /// The form as it was typed.
    form: RotateForm,
    /// What is wrong with it.
    errors: Vec<FieldError>,
    /// Why it was not taken, if that is no field's fault.
    refusal: Option<KeyRefusal>,
    /// The product.
    profile: Arc<Profile>,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let of = |name: &str| message_for(&errors, name);
    let here = format!("/w/{slug}/keys/{}", key.id);
    let in_use = is_in_use(key.last_use.as_ref(), now);
    let tone = if in_use { Tone::Warning } else { Tone::Plain };
    let used = use_in_short(key.last_use.as_ref(), now);
    let ends = key.expires_at.map(|end| format!(" The key itself still expires {}.", words::until(end, now)));
    let action = format!("{here}/rotate");
    let (masked, version, expires_at) = (key.masked(), key.version, key.expires_at);
    view! {
        <PageHeader
            title=view! { "Rotate “" <bdi>{key.label.clone()}</bdi> "”" }.into_any()
            lead="The key gets a new secret. Its label, scopes and history stay.".into_any()
            up=(key.label.clone(), here.clone())
        />
        {refusal.map(|refusal| view! { <RefusalNotice refusal now /> })}
        <ErrorSummary errors=errors.clone() fields=FIELDS />
        <form class="form card section" method="post" action=action novalidate>
            <input type="hidden" name="version" value=version.to_string() />
            <Notice tone>
                <code class="masked">{masked}</code>
                {format!(" goes on working until the moment that you choose; {used}.")}
                {in_use.then_some(" Whatever uses it must have the new secret by then.")}
                {ends}
            </Notice>
            <GraceChoice form profile ends=expires_at now error=of("grace") hours_error=of("hours") />
            <div class="form__actions">
                <button class="button button--primary">"Rotate key"</button>
                <a class="button button--quiet" href=here>"Cancel"</a>
                <p class="form__aside">"The new secret is shown once, on the next page."</p>
            </div>
        </form>
    }
    .into_any()
}
