//! `/w/{slug}/apps/policy`: what the workspace says of apps from elsewhere.

use crate::{
    components::{ErrorSummary, FieldMessage, PageHeader, message_for},
    pages::keys::{fields::ScopesChoice, scopes::ScopeOffer},
};
use keywright_core::{
    apps::PolicyForm,
    error::FieldError,
    profile::{Profile, SelfRegistration},
};
use leptos::prelude::*;
use std::sync::Arc;

/// The fields of the form, each of which says what is wrong with it.
const FIELDS: &[&str] = &["mode", "scopes"];
/// What is said above the scopes.
const SCOPE_WORDS: (&str, &str) =
    ("The most that an app from elsewhere gets, whatever it asks for and whoever allows it.", "");

/// The rule for apps that nobody here has registered.
#[component]
pub fn AppPolicyPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The form as it was typed.
    form: PolicyForm,
    /// What is wrong with it.
    errors: Vec<FieldError>,
    /// The product.
    profile: Arc<Profile>,
) -> impl IntoView {
    let of = |name: &str| message_for(&errors, name);
    let apps = format!("/w/{slug}/apps");
    let action = format!("{apps}/policy");
    let workspace = profile.words.workspace.clone();
    let chosen = form.mode.clone();
    let option = move |mode: SelfRegistration| {
        let (title, note) = match mode {
            SelfRegistration::Open => ("Open", "Members may allow them, within their own role"),
            SelfRegistration::Approval => ("With approval", "Somebody who manages apps approves each one first"),
            SelfRegistration::Off => ("Off", "Only apps that are registered here"),
        };
        view! {
            <label class="choice">
                <input type="radio" name="mode" value=mode.code() checked={chosen == mode.code()} />
                <span class="choice__title">{title}</span>
                <span class="choice__note">{note}</span>
            </label>
        }
        .into_any()
    };
    let modes = [SelfRegistration::Open, SelfRegistration::Approval, SelfRegistration::Off];
    let options = modes.into_iter().map(option).collect_view();
    view! {
        <PageHeader
            title="Apps from elsewhere".into_any()
            lead=format!("Assistants and tools that register themselves, and apps of other {}.", profile.words.workspaces).into_any()
            up=(super::title(&profile), apps.clone())
        />
        <ErrorSummary errors=errors.clone() fields=FIELDS />
        <form class="form card section" method="post" action=action novalidate>
            <fieldset class="field" id="mode" tabindex="-1">
                <legend class="field__label">{format!("May they be used in this {workspace}?")}</legend>
                <FieldMessage name="mode" error=of("mode") />
                <div class="choices">{options}</div>
            </fieldset>
            <ScopesChoice
                offer=ScopeOffer::of_rule(&profile) chosen=form.scopes presets=false words=SCOPE_WORDS error=of("scopes")
            />
            <div class="form__actions">
                <button class="button button--primary">"Save rule"</button>
                <a class="button button--quiet" href=apps>"Cancel"</a>
                <p class="form__aside">"It holds from the next request on, also for what was allowed before."</p>
            </div>
        </form>
    }
    .into_any()
}
