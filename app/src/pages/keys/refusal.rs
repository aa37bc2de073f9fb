use crate::components::{Moment, Notice, Tone};
use keywright_core::{Time, words};
use leptos::prelude::*;

/// Why what a person asked of a key was not done. The page around it shows how the key is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyRefusal {
    /// It was changed since the page was opened: by whom and when, as far as the viewer may know.
    Changed(Option<(String, Time)>),
    /// What the service says.
    Said(String),
}

/// That nothing was done, why, and what to do.
#[component]
pub(crate) fn RefusalNotice(refusal: KeyRefusal, now: Time) -> impl IntoView {
    let text = match refusal {
        KeyRefusal::Said(text) => view! { <strong>{text}</strong>" Nothing was changed." }.into_any(),
        KeyRefusal::Changed(by) => view! {
            <strong>
                "This key was changed meanwhile"
                {by.map(|(name, at)| view! { " by " <bdi>{name}</bdi> ", " <Moment at text=words::ago(at, now) /> })}
                "."
            </strong>
            " Here is how it is now. Nothing of yours was saved yet: look at it, and send it again if it still holds."
        }
        .into_any(),
    };
    view! { <Notice tone=Tone::Warning>{text}</Notice> }
}
