//! `/setup`: the first owner claims the instance by a one-time link.

mod plan_choice;
mod setup_closed;

use crate::components::{ErrorSummary, Field, FieldMessage, message_for};
use keywright_core::{
    accounts::SetupForm,
    error::FieldError,
    profile::{Plan, Words},
};
use leptos::prelude::*;
use plan_choice::PlanChoice;
pub use setup_closed::{SetupClosed, SetupClosedProps};

/// The fields of the form, each of which says what is wrong with it.
const FIELDS: &[&str] = &["name", "email", "password", "workspace", "plan"];

/// Makes the first account and the first workspace. What was typed comes back, except the password.
#[component]
pub fn SetupPage(
    /// The form as it was typed.
    form: SetupForm,
    /// What is wrong with it.
    errors: Vec<FieldError>,
    /// The plans to choose from.
    plans: Vec<Plan>,
    /// The product's nouns.
    words: Words,
    /// The product's name.
    product: String,
) -> impl IntoView {
    let of = |name: &str| message_for(&errors, name);
    // Most people start in the middle: a first plan is often one without keys.
    let preset = plans.iter().find(|plan| plan.keys > 0).or(plans.first()).map(|plan| plan.name.clone());
    let chosen = if form.plan.is_empty() { preset.unwrap_or_default() } else { form.plan };
    let workspace_label = format!("Name of your {}", words.workspace);
    let plan_error = of("plan");
    let plan_described = plan_error.is_some().then_some("plan-error");
    let choices = plans.into_iter().map(|plan| view! { <PlanChoice checked={plan.name == chosen} plan /> });
    view! {
        <section class="card door-card">
            <h1>{format!("Set up {product}")}</h1>
            <p class="door-card__lead">
                {format!("Create the owner’s account and the first {}. This link works once.", words.workspace)}
            </p>
            <ErrorSummary errors=errors.clone() fields=FIELDS />
            <form class="form" method="post" action="/setup" novalidate>
                <input type="hidden" name="token" value=form.token />
                <Field name="name" label="Your name" value=form.name autocomplete="name" most=80 error=of("name") autofocus=errors.is_empty() />
                <Field name="email" label="E-mail" kind="email" value=form.email autocomplete="username" error=of("email") />
                <Field
                    name="password"
                    label="Password"
                    kind="password"
                    hint="At least 12 characters. A few unrelated words are easy to keep and hard to guess."
                    autocomplete="new-password"
                    most=1024
                    error=of("password")
                />
                <Field name="workspace" label=workspace_label value=form.workspace autocomplete="organization" most=80 error=of("workspace") />
                <fieldset class="field" id="plan" aria-describedby=plan_described>
                    <legend class="field__label">"Plan"</legend>
                    <div class="choices">{choices.collect_view()}</div>
                    <FieldMessage name="plan" error=plan_error />
                </fieldset>
                <button class="button button--primary button--wide">{format!("Create {}", words.workspace)}</button>
            </form>
        </section>
    }
    .into_any()
}
