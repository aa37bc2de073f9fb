//! `/w/{slug}/apps/{id}/delete`: the question before the end of an app.

use keywright_core::{Time, apps::App, words};
use leptos::prelude::*;

/// What deleting means. The same question opens in a dialog over the app's page.
#[component]
pub fn DeleteAppPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The app.
    app: App,
    /// How often it is allowed something that still holds.
    grants: u64,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let here = format!("/w/{slug}/apps/{}", app.id);
    let action = format!("{here}/delete");
    let used = app.last_used_at.map_or_else(
        || "It has been given no token yet.".to_owned(),
        |at| format!("It was last given a token {}.", words::ago(at, now)),
    );
    let ends = match grants {
        0 => "Nothing that it was allowed still holds.".to_owned(),
        1 => "One allowance still holds: it ends, and every token that came of it stops working.".to_owned(),
        n => format!(
            "{} allowances still hold: all end, and every token that came of them stops working.",
            words::number(n)
        ),
    };
    view! {
        <div class="question-page">
            <section class="card question" data-question="">
                <h1 class="question__title" id="confirm-title">"Delete “" <bdi>{app.name}</bdi> "”?"</h1>
                <p><code class="masked">{app.client_id.to_string()}</code></p>
                <ul class="prose-list">
                    <li>{used}</li>
                    <li>{ends}</li>
                    <li>"Its client_id is never given to another app, and its trace is deleted."</li>
                    <li><strong>"This cannot be undone."</strong>" To stop it for a while, disable it."</li>
                </ul>
                <form class="question__form" method="post" action=action novalidate>
                    <input type="hidden" name="version" value=app.version.to_string() />
                    <div class="question__actions">
                        <a class="button" href=here data-cancel="" autofocus>"Keep the app"</a>
                        <button class="button button--danger-solid">"Delete app"</button>
                    </div>
                </form>
            </section>
        </div>
    }
    .into_any()
}
