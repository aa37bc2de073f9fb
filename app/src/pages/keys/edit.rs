mod as_it_is;

use super::{
    fields::{Area, NOTE_HINT, NetworksField, ScopesChoice},
    refusal::{KeyRefusal, RefusalNotice},
    scopes::ScopeOffer,
};
use crate::components::{ErrorSummary, Field, PageHeader, message_for};
use as_it_is::AsItIs;
use keywright_core::{
    Time,
    error::FieldError,
    keys::{ApiKey, networks_text},
    profile::{Profile, Role},
};
use leptos::prelude::*;
use std::sync::Arc;

/// The fields of the form, each of which says what is wrong with it.
const FIELDS: &[&str] = &["label", "note", "scopes", "networks"];

/// The form as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditForm {
    /// The label.
    pub label: String,
    /// The note.
    pub note: String,
    /// The names of the scopes.
    pub scopes: Vec<String>,
    /// Networks and addresses.
    pub networks: String,
}

impl EditForm {
    /// The form as it is first shown: as the key is.
    #[must_use]
    pub fn of(key: &ApiKey) -> Self {
        Self {
            label: key.label.clone(),
            note: key.note.clone(),
            scopes: key.scopes.clone(),
            networks: networks_text(&key.networks),
        }
    }
}

/// The form that changes a key. Its secret stays the same, so nothing has to be told to its programs.
#[component]
pub fn EditKeyPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The key as it is.
    key: ApiKey,
    /// The form as it was typed.
    form: EditForm,
    /// What is wrong with it.
    errors: Vec<FieldError>,
    /// Why it was not taken, if that is no field's fault.
    refusal: Option<KeyRefusal>,
    /// The product.
    profile: Arc<Profile>,
    /// What the viewer may do.
    role: Role,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let of = |name: &str| message_for(&errors, name);
    let here = format!("/w/{slug}/keys/{}", key.id);
    let offer = ScopeOffer::change(&profile, &role, &key);
    let changed = refusal.is_some() && form != EditForm::of(&key);
    let action = format!("{here}/edit");
    let title = view! { "Edit “" <bdi>{key.label.clone()}</bdi> "”" };
    view! {
        <PageHeader
            title=title.into_any()
            lead=view! { <code class="masked">{key.masked()}</code> }.into_any()
            up=(key.label.clone(), here.clone())
        />
        {refusal.map(|refusal| view! { <RefusalNotice refusal now /> })}
        {changed.then(|| view! { <AsItIs typed=form.clone() key=key.clone() /> })}
        <ErrorSummary errors=errors.clone() fields=FIELDS />
        <form class="form card section" method="post" action=action novalidate>
            <input type="hidden" name="version" value=key.version.to_string() />
            <Field
                name="label" label="Label" value=form.label most=80 error=of("label")
                hint="Where the key lives, or what for: “Production server”, “CI”."
            />
            <ScopesChoice offer chosen=form.scopes presets=false error=of("scopes") />
            <Area name="note" label="Note" value=form.note hint=NOTE_HINT most=500 error=of("note") />
            <NetworksField value=form.networks error=of("networks") />
            <div class="form__actions">
                <button class="button button--primary">"Save changes"</button>
                <a class="button button--quiet" href=here>"Cancel"</a>
                <p class="form__aside">"In effect from the next request on. The secret stays the same."</p>
            </div>
        </form>
    }
    .into_any()
}
