mod custom_date;
mod environment_choice;
mod expiry_choice;
mod like_choice;
mod no_room;
mod owner_choice;
mod same_label;

use super::{
    fields::{Area, NOTE_HINT, NetworksField, ScopesChoice},
    scopes::ScopeOffer,
};
use crate::components::{ErrorSummary, Field, PageHeader, message_for};
use environment_choice::EnvironmentChoice;
use expiry_choice::ExpiryChoice;
use keywright_core::{
    Time,
    error::FieldError,
    keys::{ApiKey, KeyForm, Quota},
    profile::{Profile, Role},
};
use leptos::prelude::*;
use like_choice::LikeChoice;
use no_room::NoRoom;
use owner_choice::OwnerChoice;
use same_label::SameLabel;
use std::sync::Arc;

/// The fields of the form, each of which says what is wrong with it.
const FIELDS: &[&str] = &["label", "note", "environment", "owner", "scopes", "expiry", "expires_on", "networks"];

/// The form that makes a key. What was typed comes back with what is wrong.
#[component]
pub fn NewKeyPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The form as it was typed.
    form: KeyForm,
    /// What is wrong with it.
    errors: Vec<FieldError>,
    /// The product.
    profile: Arc<Profile>,
    /// What the viewer may do.
    role: Role,
    /// The present moment.
    now: Time,
    /// How many keys there are, and may be.
    quota: Quota,
    /// The masked key that has this label already: the form then asks once more.
    same_label: Option<String>,
    /// Keys that a new one can be like.
    others: Vec<ApiKey>,
) -> impl IntoView {
    let of = |name: &str| message_for(&errors, name);
    let keys = format!("/w/{slug}/keys");
    let action = format!("/w/{slug}/keys/new");
    let twice = same_label.is_some();
    let create = profile.words.create_key.clone();
    let focus_label = !twice && (errors.is_empty() || (errors.len() == 1 && of("label").is_some()));
    let up = ("Keys".to_owned(), keys.clone());
    // Without room nobody is asked to type; what was typed meanwhile is not lost.
    if !quota.has_room() && form.label.is_empty() {
        return view! {
            <PageHeader title=create.into_any() up />
            <NoRoom slug quota />
        }
        .into_any();
    }
    let lead = match quota.has_room() {
        true => {
            format!("This will be key {} of {} on the {} plan.", quota.used.saturating_add(1), quota.limit, quota.plan)
        }
        false => format!("The {} plan has no room for another key.", quota.plan),
    };
    let errors = if quota.has_room() { errors.clone() } else { Vec::new() };
    view! {
        <PageHeader title=create.clone().into_any() lead=lead.into_any() up />
        {(!quota.has_room()).then(|| view! { <NoRoom slug=slug.clone() quota=quota.clone() /> })}
        <ErrorSummary errors=errors fields=FIELDS />
        {same_label.map(|masked| view! { <SameLabel masked label=form.label.clone() /> })}
        <LikeChoice action=action.clone() keys=others />
        <form class="form card section" method="post" action=action novalidate>
            {twice.then(|| view! { <input type="hidden" name="confirmed" value="1" /> })}
            <Field
                name="label" label="Label" value=form.label.clone() most=80 error=of("label") autofocus=focus_label
                hint="Where the key will live, or what for: “Production server”, “CI”."
            />
            <EnvironmentChoice key=profile.key.clone() chosen=form.environment.clone() error=of("environment") />
            <ScopesChoice offer=ScopeOffer::new(&profile, &role) chosen=form.scopes.clone() presets=true error=of("scopes") />
            <ExpiryChoice form=form.clone() profile=Arc::clone(&profile) now error=of("expiry") date_error=of("expires_on") />
            {profile.workspace_keys.then(|| view! {
                <OwnerChoice words=profile.words.clone() chosen=form.owner.clone() error=of("owner") />
            })}
            <Area name="note" label="Note" value=form.note.clone() hint=NOTE_HINT most=500 error=of("note") />
            <NetworksField value=form.networks.clone() error=of("networks") />
            <div class="form__actions">
                <button class="button button--primary">{if twice { "Create anyway".to_owned() } else { create }}</button>
                <a class="button button--quiet" href=keys>"Cancel"</a>
                <p class="form__aside">"The secret is shown once, on the next page."</p>
            </div>
        </form>
    }
    .into_any()
}
