//! `/account`: the person's own page, the same in every workspace.

mod browser_name;
mod session_row;

use crate::components::{ErrorSummary, Field, PageHeader, message_for};
use keywright_core::{
    Time,
    accounts::{SessionInfo, User},
    error::FieldError,
};
use leptos::prelude::*;
use session_row::SessionRow;

/// The fields of the password form, each of which says what is wrong with it.
const FIELDS: &[&str] = &["current", "password"];

/// Who they are, their password, and where they are signed in.
#[component]
pub fn AccountPage(
    /// The person.
    user: User,
    /// Whether they have a password; who has none signs in by links alone.
    has_password: bool,
    /// Where they are signed in, the asking browser among them.
    sessions: Vec<SessionInfo>,
    /// What is wrong with the password form.
    errors: Vec<FieldError>,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let of = |name: &str| message_for(&errors, name);
    let (title, lead) = if has_password {
        ("Change password", "Your other browsers are signed out when the password changes.")
    } else {
        ("Set a password", "So far only a link signs you in. With a password you can sign in by yourself.")
    };
    let rows = sessions.into_iter().map(|session| view! { <SessionRow session now /> });
    view! {
        <PageHeader title="Account".into_any() />
        <section class="card section" aria-labelledby="profile-title">
            <h2 id="profile-title">"Profile"</h2>
            <dl class="facts">
                <div><dt>"Name"</dt><dd><bdi>{user.name}</bdi></dd></div>
                <div><dt>"E-mail"</dt><dd><bdi>{user.email.clone()}</bdi></dd></div>
            </dl>
        </section>
        <section class="card section" aria-labelledby="password-title">
            <h2 id="password-title">{title}</h2>
            <p class="quiet">{lead}</p>
            <ErrorSummary errors=errors.clone() fields=FIELDS />
            <form class="form form--narrow" method="post" action="/account/password" novalidate>
                // Password managers need to know whose password this is.
                <input type="text" name="username" value=user.email autocomplete="username" hidden />
                {has_password.then(|| view! {
                    <Field name="current" label="Current password" kind="password" autocomplete="current-password" most=1024
                        error=of("current") autofocus=errors.len() == 1 />
                })}
                <Field name="password" label="New password" kind="password" autocomplete="new-password" most=1024
                    hint="At least 12 characters. Other sessions end, and apps have to ask again." error=of("password") />
                <div class="form__actions"><button class="button">{title}</button></div>
            </form>
        </section>
        <section class="card section" aria-labelledby="sessions-title">
            <h2 id="sessions-title">"Signed in"</h2>
            <ul class="rows">{rows.collect_view()}</ul>
            <form class="section__foot" method="post" action="/account/sign-out-everywhere">
                <p class="quiet">"Ends every session, this one and those of command lines too. API keys and apps keep working."</p>
                <button class="button button--danger">"Sign out everywhere"</button>
            </form>
        </section>
    }
    .into_any()
}
