use crate::components::{ErrorSummary, Field, message_for};
use keywright_core::{error::FieldError, members::Invited};
use leptos::prelude::*;

/// The fields of the form, each of which says what is wrong with it.
const FIELDS: &[&str] = &["name", "password"];

/// Somebody new makes an account. The address is the one that was invited.
#[component]
pub fn JoinPage(
    /// What the link opens.
    invited: Invited,
    /// The token of the link.
    token: String,
    /// The name as it was typed.
    name: String,
    /// What is wrong with the form.
    errors: Vec<FieldError>,
) -> impl IntoView {
    let of = |name: &str| message_for(&errors, name);
    view! {
        <section class="card door-card">
            <h1>"Join " <bdi>{invited.workspace.name}</bdi></h1>
            <p class="door-card__lead">
                <bdi>{invited.inviter}</bdi> {format!(" has invited you as {}. Make your account; this link works once.", invited.role.title)}
            </p>
            <ErrorSummary errors=errors.clone() fields=FIELDS />
            <form class="form" method="post" action="/invite" novalidate>
                <input type="hidden" name="token" value=token />
                <Field name="name" label="Your name" value=name autocomplete="name" most=80 error=of("name") autofocus=errors.is_empty() />
                <div class="field">
                    <label class="field__label" for="email">"E-mail"</label>
                    // Shown for the person and for their password manager; it is not sent.
                    <input class="input" type="email" id="email" value=invited.email autocomplete="username" readonly aria-describedby="email-hint" />
                    <p class="field__hint" id="email-hint">"The invitation is for this address."</p>
                </div>
                <Field
                    name="password"
                    label="Password"
                    kind="password"
                    hint="At least 12 characters. A few unrelated words are easy to keep and hard to guess."
                    autocomplete="new-password"
                    most=1024
                    error=of("password")
                />
                <button class="button button--primary button--wide">"Create account and join"</button>
            </form>
        </section>
    }
    .into_any()
}
