use leptos::prelude::*;

/// A request that cannot be answered to anybody: nobody knows which app sent it, or where that is.
#[component]
pub fn NoAppPage(
    /// The word for programs.
    code: &'static str,
    /// What is wrong.
    description: String,
) -> impl IntoView {
    view! {
        <section class="card door-card">
            <h1>"This app cannot be connected"</h1>
            <p>"The app has sent you here with a request that does not fit. You have done nothing wrong, and nothing was shared."</p>
            <div class="stack">
                <strong>"For whoever builds the app"</strong>
                <span>{description}</span>
                <code class="quiet">{code}</code>
            </div>
            <a class="button button--wide" href="/">"Go to the dashboard"</a>
        </section>
    }
    .into_any()
}

/// A request of an app that nobody has vouched for, and that is wrong. To go back to it is up to the person.
#[component]
pub fn LeavePage(
    /// What the app calls itself.
    app: String,
    /// Where it is, as people read it.
    destination: String,
    /// The whole address, with the answer in it.
    url: String,
    /// What is wrong.
    description: String,
) -> impl IntoView {
    view! {
        <section class="card door-card">
            <h1><bdi>{app}</bdi> " cannot be connected"</h1>
            <p>"Its request does not fit: " {description}</p>
            <p>
                "Nobody has checked this app. It wants you back at " <strong><bdi>{destination.clone()}</bdi></strong>
                ". Go there only if you know it."
            </p>
            <a class="button button--wide" href=url rel="noreferrer"><span>"Go to " <bdi>{destination}</bdi></span></a>
            <a class="button button--quiet button--wide" href="/">"Stay here"</a>
        </section>
    }
    .into_any()
}
