use crate::components::Moment;
use keywright_core::{
    Time,
    keys::{ApiKey, KeyOwner},
    profile::Words,
    words,
};
use leptos::prelude::*;

/// Whose key it is, and since when there is one.
#[component]
pub(crate) fn OwnerCell(key: ApiKey, words: Words, now: Time) -> impl IntoView {
    let owner = match key.owner {
        KeyOwner::Workspace => {
            view! { <span class="owner">{format!("The {} itself", words.workspace)}</span> }.into_any()
        }
        KeyOwner::Member { person, role: Some(_) } => {
            view! { <bdi class="owner" title=person.name.clone()>{person.name.clone()}</bdi> }.into_any()
        }
        KeyOwner::Member { person, role: None } => view! {
            <span class="owner"><bdi>{person.name.clone()}</bdi> " " <span class="soon">"left"</span></span>
        }
        .into_any(),
    };
    view! {
        <td role="cell" data-label="Owner">
            <span class="stack">
                {owner}
                <span class="quiet">"made " <Moment at=key.created_at text=words::ago(key.created_at, now) /></span>
            </span>
        </td>
    }
    .into_any()
}
