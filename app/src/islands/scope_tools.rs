//! Choosing among many scopes.

use super::browser;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlInputElement, KeyboardEvent, MouseEvent};

/// How many scopes a search shows, of how many; none while nothing is searched for.
type Shown = Option<(usize, usize)>;

/// Searches the scopes of the form around it, and lets `a[data-preset]` set them without loading the page anew, so
/// that what was typed stays. Without JavaScript the box is not shown, and the presets are links.
#[island]
pub fn ScopeTools(
    /// Whether there are enough scopes to search.
    search: bool,
) -> impl IntoView {
    let awake = RwSignal::new(false);
    let shown = RwSignal::new(Shown::None);
    Effect::new(move |_| {
        awake.set(true);
        if let Some(window) = browser::window() {
            browser::listen(&window, "click", |event: MouseEvent| choose(&event));
        }
    });
    let words = move || match shown.get() {
        None => String::new(),
        Some((0, _)) => "No scope matches.".to_owned(),
        Some((some, all)) => format!("{some} of {all} scopes shown."),
    };
    // Enter would send the form.
    let stay = |event: KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
        }
    };
    search.then(|| {
        view! {
            <div class="scope-search" hidden=move || !awake.get()>
                <input
                    class="input" type="search" aria-label="Search scopes" placeholder="Search scopes" autocomplete="off"
                    on:input=move |event| shown.set(filter(&event_target_value(&event)))
                    on:keydown=stay
                />
                <p class="scope-search__words" role="status">{words}</p>
            </div>
        }
    })
}

/// Shows the scopes that have every word in their name or description, and the headings above them.
fn filter(text: &str) -> Shown {
    let text = text.to_lowercase();
    let searched: Vec<&str> = text.split_whitespace().collect();
    let (mut some, mut all) = (0, 0);
    for group in browser::all(".scope-group") {
        let mut any = false;
        for option in browser::all_in(&group, ".scope-option") {
            let words = option.text_content().unwrap_or_default().to_lowercase();
            let fits = searched.iter().all(|word| words.contains(word));
            browser::hide(&option, !fits);
            any |= fits;
            some += usize::from(fits);
            all += 1;
        }
        browser::hide(&group, !any);
    }
    (!searched.is_empty()).then_some((some, all))
}

fn choose(event: &MouseEvent) {
    let Some(preset) = browser::closest(event, "a[data-preset]").and_then(|link| link.get_attribute("data-preset"))
    else {
        return;
    };
    event.prevent_default();
    for input in browser::all("input[name=scopes]") {
        let Ok(input) = input.dyn_into::<HtmlInputElement>() else { continue };
        let chosen = match preset.as_str() {
            "read" => input.has_attribute("data-read-only"),
            "all" => input.value() != "*",
            _ => false,
        };
        input.set_checked(chosen && !input.disabled());
    }
}
