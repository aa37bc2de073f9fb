//! `/w/{slug}/keys/{id}/revoke`: the question before the end of a key.

use super::use_words::last_use_sentence;
use keywright_core::{Time, keys::ApiKey};
use leptos::prelude::*;

/// What revoking means, and to whom. The same question opens in a dialog over the list and the key's
/// page: the `ConfirmDialog` island takes the element with `data-question` from here.
#[component]
pub fn RevokePage(
    /// The workspace's place in URLs.
    slug: String,
    /// The key.
    key: ApiKey,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let action = format!("/w/{slug}/keys/{}/revoke", key.id);
    let back = format!("/w/{slug}/keys/{}", key.id);
    let masked = key.masked();
    let last_use = last_use_sentence(&key, now);
    view! {
        <div class="question-page">
            <section class="card question" data-question="">
                <h1 class="question__title" id="confirm-title">"Revoke “" <bdi>{key.label}</bdi> "”?"</h1>
                <p><code class="masked">{masked}</code></p>
                <ul class="prose-list">
                    <li>{last_use}</li>
                    <li>"The next request with this key is refused."</li>
                    <li><strong>"This cannot be undone."</strong></li>
                </ul>
                <form class="question__actions" method="post" action=action>
                    <a class="button" href=back data-cancel="" autofocus>"Keep the key"</a>
                    <button class="button button--danger-solid">"Revoke key"</button>
                </form>
            </section>
        </div>
    }
    .into_any()
}
