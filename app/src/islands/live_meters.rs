//! Meters that move while a person looks at them.

use super::watching::Watch;
use leptos::prelude::*;
use std::time::Duration;

/// Fetches the page's `.meters` anew from `source` and puts them in their place.
#[island]
pub fn LiveMeters(
    /// Where they are found.
    source: String,
) -> impl IntoView {
    Effect::new(move |_| {
        Watch {
            source: source.clone(),
            part: ".meters",
            link: ".limits__again",
            every: Duration::from_secs(5),
            done: |_| false,
        }
        .begin();
    });
}
