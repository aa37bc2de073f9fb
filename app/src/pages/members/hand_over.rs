//! `/w/{slug}/keys/{id}/owner`: a key for somebody else.

use super::keys_choice::HeirChoice;
use keywright_core::{Time, error::FieldError, members::KeyHandover, words};
use leptos::prelude::*;

/// Who shall have the key, and what that means.
#[component]
pub fn HandOverPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The key, and who could take it.
    handover: KeyHandover,
    /// Whose id was chosen.
    heir: String,
    /// What is wrong with the choice.
    errors: Vec<FieldError>,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let KeyHandover { key, owner, owner_left, heirs } = handover;
    let back = format!("/w/{slug}/keys/{}", key.id);
    let action = format!("{back}/owner");
    let error = errors.into_iter().next().map(|error| error.message);
    let none = heirs.is_empty();
    let used =
        key.used_at.map_or_else(|| "It was never used.".to_owned(), |at| format!("Last used {}.", words::ago(at, now)));
    view! {
        <div class="question-page">
            <section class="card question" data-question="">
                <h1 class="question__title" id="confirm-title">"Hand over “" <bdi>{key.label}</bdi> "”"</h1>
                <ul class="prose-list">
                    <li>
                        {if owner_left {
                            view! { <span><bdi>{owner}</bdi> " has left: the gate refuses the key until it has a new owner."</span> }.into_any()
                        } else {
                            view! { <span>"It belongs to " <bdi>{owner}</bdi> " now, who may still know its secret: rotate it."</span> }.into_any()
                        }}
                    </li>
                    <li>{used}</li>
                    <li>"It never does more than its new owner’s role allows."</li>
                </ul>
                <form class="form" method="post" action=action novalidate>
                    {if none {
                        view! { <p>"Nobody else has a role that covers what this key may do."</p> }.into_any()
                    } else {
                        view! { <HeirChoice heirs chosen=heir error /> }.into_any()
                    }}
                    <div class="question__actions">
                        <a class="button" href=back data-cancel="">"Cancel"</a>
                        {(!none).then(|| view! { <button class="button button--primary">"Hand over"</button> })}
                    </div>
                </form>
            </section>
        </div>
    }
    .into_any()
}
