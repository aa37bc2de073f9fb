use leptos::prelude::*;

/// The link was used, is too old, or the instance has its owner: what to do instead.
#[component]
pub fn SetupClosed() -> impl IntoView {
    view! {
        <section class="card door-card">
            <h1>"This setup link does not work"</h1>
            <p>"It has been used already, is incomplete, or belongs to an earlier start of the server."</p>
            <ul class="prose-list">
                <li>"If you have an account here, sign in."</li>
                <li>"If nobody has one yet, restart the server: it prints a fresh link in its log. Open that one, whole."</li>
            </ul>
            <a class="button button--primary button--wide" href="/login">"Sign in"</a>
        </section>
    }
    .into_any()
}
