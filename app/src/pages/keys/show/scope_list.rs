use crate::{
    components::{Badge, Tone},
    pages::keys::ScopeChoice,
};
use leptos::prelude::*;

/// What a key may do, in words.
#[component]
pub(crate) fn ScopeList(scopes: Vec<ScopeChoice>) -> impl IntoView {
    let items = scopes.into_iter().map(|scope| {
        view! {
            <li class="rows__item">
                <span class="stack">
                    <code>{scope.name}</code>
                    <span class="quiet">{scope.description}</span>
                </span>
                {(!scope.allowed).then(|| view! {
                    <Badge tone=Tone::Warning text="Not in effect: beyond its owner’s role" />
                })}
            </li>
        }
    });
    view! {
        <section class="card section" aria-labelledby="scopes-title">
            <h2 id="scopes-title">"Scopes"</h2>
            <ul class="rows">{items.collect_view()}</ul>
        </section>
    }
    .into_any()
}
