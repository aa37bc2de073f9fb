//! `/login`: e-mail address and password.

use crate::components::{Field, Glyph, Icon};
use leptos::prelude::*;

/// The sign-in form. A wrong password and an unknown address get the same words: `problem` has them.
#[component]
pub fn LoginPage(
    /// The address as it was typed.
    email: String,
    /// Where to go afterwards: a path of this site.
    next: String,
    /// Why the last try failed.
    problem: Option<String>,
) -> impl IntoView {
    // The field that must be typed next has the focus: after a failed try that is the password.
    let again = problem.is_some() && !email.is_empty();
    view! {
        <section class="card door-card">
            <h1>"Sign in"</h1>
            {problem.map(|problem| view! {
                <div class="notice notice--danger" role="alert">
                    <Icon glyph=Glyph::Alert />
                    <p class="notice__text">{problem}</p>
                </div>
            })}
            <form class="form" method="post" action="/login" novalidate>
                <input type="hidden" name="next" value=next />
                <Field name="email" label="E-mail" kind="email" value=email autocomplete="username" autofocus=!again />
                <Field name="password" label="Password" kind="password" autocomplete="current-password" most=1024 autofocus=again />
                <button class="button button--primary button--wide">"Sign in"</button>
            </form>
        </section>
    }
    .into_any()
}
