//! `/w/{slug}/keys/{id}/revoke`: the question before the end of a key.

use super::{
    refusal::{KeyRefusal, RefusalNotice},
    use_words::{is_in_use, last_use_sentence},
};
use crate::components::{Field, Notice, Tone, message_for};
use keywright_core::{Time, error::FieldError, keys::ApiKey};
use leptos::prelude::*;

/// What revoking means, and to whom. The same question opens in a dialog over the list and the key's
/// page: the `ConfirmDialog` island takes the element with `data-question` from here.
#[component]
pub fn RevokePage(
    /// The workspace's place in URLs.
    slug: String,
    /// The key.
    key: ApiKey,
    /// The reason as it was typed.
    #[prop(optional)]
    reason: String,
    /// What is wrong with it.
    #[prop(optional)]
    errors: Vec<FieldError>,
    /// Why it was not done, if that is no field's fault.
    #[prop(optional_no_strip)]
    refusal: Option<KeyRefusal>,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let action = format!("/w/{slug}/keys/{}/revoke", key.id);
    let back = format!("/w/{slug}/keys/{}", key.id);
    let masked = key.masked();
    let last_use = last_use_sentence(&key, now);
    let (warning, plain) = if is_in_use(key.last_use.as_ref(), now) {
        let warning = view! {
            <Notice tone=Tone::Warning><strong>{last_use}</strong>" Whatever uses it stops working at once."</Notice>
        };
        (Some(warning), None)
    } else {
        (None, Some(view! { <li>{last_use}</li> }))
    };
    let rotating = key.rotation.is_some();
    view! {
        <div class="question-page">
            {refusal.map(|refusal| view! { <RefusalNotice refusal now /> })}
            <section class="card question" data-question="">
                <h1 class="question__title" id="confirm-title">"Revoke “" <bdi>{key.label}</bdi> "”?"</h1>
                <p><code class="masked">{masked}</code></p>
                {warning}
                <ul class="prose-list">
                    {plain}
                    <li>
                        {if rotating { "The next request with either of its two secrets is refused." } else { "The next request with this key is refused." }}
                    </li>
                    <li><strong>"This cannot be undone."</strong></li>
                </ul>
                <form class="question__form" method="post" action=action novalidate>
                    <input type="hidden" name="version" value=key.version.to_string() />
                    <Field
                        name="reason" label="Reason" value=reason most=200 optional=true
                        hint="For whoever asks later: “Leaked”, “Replaced”." error=message_for(&errors, "reason")
                    />
                    <div class="question__actions">
                        <a class="button" href=back data-cancel="" autofocus>"Keep the key"</a>
                        <button class="button button--danger-solid">"Revoke key"</button>
                    </div>
                </form>
            </section>
        </div>
    }
    .into_any()
}
