use crate::{
    components::{Standing, StatusBadge},
    pages::keys::use_words::use_in_short,
};
use keywright_core::{Time, keys::ApiKey};
use leptos::prelude::*;

/// Keys under one heading, each with its last use; nothing if there are none.
#[component]
pub(crate) fn BulkList(title: &'static str, slug: String, keys: Vec<ApiKey>, now: Time) -> impl IntoView {
    (!keys.is_empty()).then(|| {
        let items = keys.into_iter().map(|key| {
            let href = format!("/w/{slug}/keys/{}", key.id);
            let masked = key.masked();
            let used = use_in_short(key.last_use.as_ref(), now);
            view! {
                <li class="rows__item">
                    <span class="stack">
                        <a class="row__label" href=href><bdi>{key.label.clone()}</bdi></a>
                        <span class="quiet"><code class="masked">{masked}</code>" · "{used}</span>
                    </span>
                    <StatusBadge standing=Standing::of(&key, now) />
                </li>
            }
        });
        view! {
            <section class="card section">
                <h2>{title}</h2>
                <ul class="rows">{items.collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}
