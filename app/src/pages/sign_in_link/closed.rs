use leptos::prelude::*;

/// The link was used, is over, or never was one: what to do instead.
#[component]
pub fn SignInLinkClosed() -> impl IntoView {
    view! {
        <section class="card door-card">
            <h1>"This sign-in link does not work"</h1>
            <p>"It has been used already, is older than ten minutes, or is incomplete."</p>
            <ul class="prose-list">
                <li>"Go back to where you found it, and ask for a new one."</li>
                <li>"If you have a password here, sign in with it."</li>
            </ul>
            <a class="button button--primary button--wide" href="/login">"Sign in"</a>
        </section>
    }
    .into_any()
}
