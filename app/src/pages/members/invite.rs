//! `/w/{slug}/members/invite`: for whom, and as what.

use super::role_choices::{RoleChoice, RoleChoices};
use crate::components::{ErrorSummary, Field, PageHeader, message_for};
use keywright_core::{error::FieldError, members::InviteForm};
use leptos::prelude::*;

/// The fields of the form, each of which says what is wrong with it.
const FIELDS: &[&str] = &["email", "role"];

/// The form that makes an invitation. What was typed comes back with what is wrong.
#[component]
pub fn InviteMemberPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The form as it was typed.
    form: InviteForm,
    /// What is wrong with it.
    errors: Vec<FieldError>,
    /// The roles that the viewer may give.
    roles: Vec<RoleChoice>,
) -> impl IntoView {
    let of = |name: &str| message_for(&errors, name);
    let members = format!("/w/{slug}/members");
    let focus = errors.is_empty() || of("email").is_some();
    // Whoever is invited in haste is invited as little as possible.
    let least = roles.last().map(|role| role.name.clone()).unwrap_or_default();
    let chosen = if form.role.is_empty() { least } else { form.role };
    view! {
        <PageHeader
            title="Invite somebody".into_any()
            lead="You get a link to send them. It works once, for a week, and only for this address.".into_any()
            up=("Members".to_owned(), members.clone())
        />
        <ErrorSummary errors=errors.clone() fields=FIELDS />
        <form class="form card section" method="post" action=format!("/w/{slug}/members/invite") novalidate>
            <Field name="email" label="E-mail" kind="email" value=form.email error=of("email") autofocus=focus />
            <RoleChoices roles chosen error=of("role") />
            <div class="form__actions">
                <button class="button button--primary">"Create invitation"</button>
                <a class="button button--quiet" href=members>"Cancel"</a>
                <p class="form__aside">"The link is shown once, on the next page."</p>
            </div>
        </form>
    }
    .into_any()
}
