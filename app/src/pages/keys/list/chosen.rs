use super::{
    filters::{EXPIRY, LAST_USE, STATUS},
    links,
};
use crate::components::{Glyph, Icon};
use keywright_core::keys::{KeyQuery, Person};
use leptos::prelude::*;

/// What is asked of the list, each part with the way to ask it no longer.
#[component]
pub(crate) fn Chosen(slug: String, query: KeyQuery, owners: Vec<Person>, workspace: String) -> impl IntoView {
    if !query.is_filtered() {
        return ().into_any();
    }
    let chips = query.pairs().into_iter().filter(|(name, _)| *name != "sort").map(|(name, value)| {
        let words = words(name, &value, &owners, &workspace);
        let href = links::list(&slug, &without(&query, name), None);
        view! {
            <li>
                <a class="chosen__chip" href=href>
                    <span class="unseen">"Remove: "</span><bdi>{words}</bdi><Icon glyph=Glyph::Close />
                </a>
            </li>
        }
    });
    let chips = chips.collect_view();
    let all = links::list(&slug, &KeyQuery { sort: query.sort, ..KeyQuery::default() }, None);
    view! {
        <ul class="chosen" aria-label="Filters">
            {chips}
            <li><a class="chosen__clear" href=all>"Clear all"</a></li>
        </ul>
    }
    .into_any()
}

fn without(query: &KeyQuery, name: &str) -> KeyQuery {
    let mut query = query.clone();
    match name {
        "q" => query.search.clear(),
        "status" => query.status = None,
        "scope" => query.scope.clear(),
        "owner" => query.owner = None,
        "expiry" => query.expiry = None,
        _ => query.last_use = None,
    }
    query
}

fn words(name: &str, value: &str, owners: &[Person], workspace: &str) -> String {
    let title =
        |words: &[(&str, &'static str)]| words.iter().find(|(word, _)| *word == value).map_or("", |(_, title)| title);
    match name {
        "q" => format!("“{value}”"),
        "status" => title(STATUS).to_owned(),
        "scope" => value.to_owned(),
        "owner" => match value {
            "workspace" => format!("Owner: the {workspace} itself"),
            "left" => "Owner: has left".to_owned(),
            id => {
                let owner = owners.iter().find(|person| person.id.to_string() == id);
                owner.map_or_else(|| "Owner: somebody".to_owned(), |person| format!("Owner: {}", person.name))
            }
        },
        "expiry" => format!("Expires: {}", title(EXPIRY).to_lowercase()),
        _ => format!("Last used: {}", title(LAST_USE).to_lowercase()),
    }
}
