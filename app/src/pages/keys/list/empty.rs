use crate::components::{Glyph, Icon};
use keywright_core::profile::{Alphabet, Profile};
use leptos::prelude::*;
use std::sync::Arc;

/// No keys yet: what the three steps are, for whoever can take the first.
#[component]
pub(crate) fn Empty(slug: String, can_create: bool) -> impl IntoView {
    if !can_create {
        return view! { <p class="card empty empty-line">"No keys yet. Keys that are created are listed here."</p> }
            .into_any();
    }
    let sample = use_context::<Arc<Profile>>().map_or_else(|| "Bearer …".to_owned(), |profile| sample(&profile));
    view! {
        <section class="card empty" aria-labelledby="empty-title">
            <span class="empty__mark"><Icon glyph=Glyph::Key /></span>
            <h2 id="empty-title">"No keys yet"</h2>
            <ol class="steps">
                <li>
                    <strong>"Create a key"</strong>
                    <span>"Name it after where it will live, and give it only the scopes it needs."</span>
                </li>
                <li>
                    <strong>"Store the secret"</strong>
                    <span>"It is shown once. Copy it into your secret manager or "<code>".env"</code>" file."</span>
                </li>
                <li>
                    <strong>"Call the API"</strong>
                    <span>"Send "<code class="breakable">{sample}</code>" with each request."</span>
                </li>
            </ol>
            <a class="button button--primary" href=format!("/w/{slug}/keys/new")>"Create your first key"</a>
        </section>
    }
    .into_any()
}

fn sample(profile: &Profile) -> String {
    let end = match profile.key.alphabet {
        Alphabet::Base62 => "4fT9…",
        Alphabet::Hex => "4f09…",
    };
    format!("Authorization: Bearer {}{end}", profile.key.prefix)
}
