mod custom_date;
mod expiry_choice;
mod note_field;
mod same_label;
mod scope_option;
mod scopes_choice;

use super::ScopeGroup;
use crate::components::{ErrorSummary, Field, PageHeader, message_for};
use expiry_choice::ExpiryChoice;
use keywright_core::{
    Time,
    error::FieldError,
    keys::{KeyForm, Quota},
    profile::ExpiryPolicy,
};
use leptos::prelude::*;
use note_field::NoteField;
use same_label::SameLabel;
use scopes_choice::ScopesChoice;

/// The fields of the form, each of which says what is wrong with it.
const FIELDS: &[&str] = &["label", "note", "scopes", "expiry", "expires_on"];

/// The form that makes a key. What was typed comes back with what is wrong.
#[component]
pub fn NewKeyPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The form as it was typed.
    form: KeyForm,
    /// What is wrong with it.
    errors: Vec<FieldError>,
    /// The scopes to choose from.
    groups: Vec<ScopeGroup>,
    /// When keys must end.
    expiry: ExpiryPolicy,
    /// The present moment.
    now: Time,
    /// How many keys there are, and may be.
    quota: Quota,
    /// What the viewer is here.
    role_title: String,
    /// The masked key that has this label already: the form then asks once more.
    same_label: Option<String>,
) -> impl IntoView {
    let of = |name: &str| message_for(&errors, name);
    let keys = format!("/w/{slug}/keys");
    let twice = same_label.is_some();
    let focus_label = !twice && (errors.is_empty() || (errors.len() == 1 && of("label").is_some()));
    let lead = match quota.has_room() {
        true => {
            format!("This will be key {} of {} on the {} plan.", quota.used.saturating_add(1), quota.limit, quota.plan)
        }
        false => format!("The {} plan has no room for another key.", quota.plan),
    };
    view! {
        <PageHeader title="Create key".into_any() lead=lead.into_any() up=("Keys".to_owned(), keys.clone()) />
        <ErrorSummary errors=errors.clone() fields=FIELDS />
        {same_label.map(|masked| view! { <SameLabel masked label=form.label.clone() /> })}
        <form class="form card section" method="post" action=format!("/w/{slug}/keys/new") novalidate>
            {twice.then(|| view! { <input type="hidden" name="confirmed" value="1" /> })}
            <Field
                name="label" label="Label" value=form.label.clone() most=80 error=of("label") autofocus=focus_label
                hint="Where the key will live, or what for: “Production server”, “CI”."
            />
            <ScopesChoice groups chosen=form.scopes.clone() role_title error=of("scopes") />
            <ExpiryChoice form=form.clone() policy=expiry now error=of("expiry") date_error=of("expires_on") />
            <NoteField value=form.note.clone() error=of("note") />
            <div class="form__actions">
                <button class="button button--primary">{if twice { "Create anyway" } else { "Create key" }}</button>
                <a class="button button--quiet" href=keys>"Cancel"</a>
                <p class="form__aside">"The secret is shown once, on the next page."</p>
            </div>
        </form>
    }
    .into_any()
}
