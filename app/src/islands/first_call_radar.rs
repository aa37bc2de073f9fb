//! Looking for a new key's first request while a person waits for it.

use super::{browser, watching::Watch};
use leptos::prelude::*;
use std::time::Duration;

/// Fetches the page's `[data-first-call]` anew from `source` and puts it in its place, until it is over: a request was
/// let through, and what it was answered is known or will not be. The link that does the same without a script comes
/// back when the waiting ends in vain.
#[island]
pub fn FirstCallRadar(
    /// Where the state is found.
    source: String,
) -> impl IntoView {
    let paused = RwSignal::new(true);
    Effect::new(move |_| {
        let hidden = !paused.get();
        browser::first(".first-call__again").inspect(|link| browser::hide(link, hidden));
    });
    Effect::new(move |_| {
        Watch {
            source: source.clone(),
            part: "[data-first-call]",
            every: Duration::from_secs(2),
            done: |state| state.get_attribute("data-first-call").as_deref() == Some("over"),
            paused,
        }
        .begin();
    });
}
