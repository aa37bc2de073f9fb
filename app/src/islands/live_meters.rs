//! Meters that move while a person looks at them.

use super::{browser, watching::Watch};
use leptos::prelude::*;
use std::time::Duration;

/// Fetches the page's `.meters` anew from `source` and puts them in their place. What moves by itself can be told not to
/// (WCAG 2.2.2); the link that looks once more without a script is not needed then.
#[island]
pub fn LiveMeters(
    /// Where they are found.
    source: String,
) -> impl IntoView {
    let (ready, paused) = (RwSignal::new(false), RwSignal::new(true));
    Effect::new(move |_| {
        browser::first(".limits__again").inspect(|link| browser::hide(link, true));
        ready.set(true);
        Watch { source: source.clone(), part: ".meters", every: Duration::from_secs(5), done: |_| false, paused }
            .begin();
    });
    let words = move || if paused.get() { "Resume" } else { "Pause" };
    view! {
        <button
            type="button"
            class="button button--quiet button--small"
            hidden=move || !ready.get()
            on:click=move |_| paused.update(|paused| *paused = !*paused)
        >
            {words}
        </button>
    }
}
