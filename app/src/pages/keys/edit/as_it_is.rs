use super::EditForm;
use keywright_core::keys::ApiKey;
use leptos::prelude::*;

/// What the key is now where the form says otherwise: the two can be compared before it is sent again.
#[component]
pub(crate) fn AsItIs(typed: EditForm, key: ApiKey) -> impl IntoView {
    let now = EditForm::of(&key);
    let facts = [
        ("Label", typed.label != now.label, now.label),
        ("Scopes", typed.scopes != now.scopes, now.scopes.join(", ")),
        ("Note", typed.note != now.note, now.note),
        ("Addresses", typed.networks != now.networks, now.networks.replace('\n', ", ")),
    ];
    let facts = facts.into_iter().filter(|(_, differs, _)| *differs).map(|(name, _, value)| {
        let value = if value.is_empty() { "–".to_owned() } else { value };
        view! { <div><dt>{name}</dt><dd><bdi>{value}</bdi></dd></div> }
    });
    view! {
        <section class="card section" aria-labelledby="as-it-is">
            <h2 id="as-it-is">"How it is now, where your form differs"</h2>
            <dl class="facts">{facts.collect_view()}</dl>
        </section>
    }
    .into_any()
}
