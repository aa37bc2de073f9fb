//! One click to the clipboard.

use super::browser;
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlDocument};

/// Set on the document's root once anything has been copied; the leave guard looks for it.
pub(super) const COPIED: &str = "data-copied";

/// What became of the last click.
#[derive(Clone, Copy, PartialEq)]
enum State {
    /// Nothing listens yet: the button is not shown.
    Inert,
    /// Ready for a click.
    Ready,
    /// The text is in the clipboard.
    Copied,
    /// The browser refused; the text is selected instead.
    Selected,
}

/// Copies the text of the element whose id is `target`. The text is not a prop, so that a secret
/// stands in the page no more often than people see it. Without JavaScript the button is not shown,
/// and the text can be selected by hand.
#[island]
pub fn CopyButton(
    /// The id of the element to copy.
    target: String,
    /// What the button says.
    label: String,
    /// Whether it is the page's main action.
    primary: bool,
) -> impl IntoView {
    let state = RwSignal::new(State::Inert);
    Effect::new(move |_| state.set(State::Ready));
    let copy = move |_| {
        let Some(element) = browser::document().and_then(|document| document.get_element_by_id(&target)) else {
            return;
        };
        spawn_local(async move {
            let done = to_clipboard(&element).await;
            state.set(if done { State::Copied } else { State::Selected });
            set_timeout(move || state.set(State::Ready), Duration::from_secs(4));
        });
    };
    let words = move || match state.get() {
        State::Inert | State::Ready => label.clone(),
        State::Copied => "Copied".to_owned(),
        State::Selected => "Selected: press Ctrl+C or ⌘C".to_owned(),
    };
    view! {
        <button
            type="button"
            class="button copy"
            class:button--primary=primary
            class:copy--done=move || state.get() == State::Copied
            hidden=move || state.get() == State::Inert
            on:click=copy
        >
            <span class="copy__mark" aria-hidden="true"></span>
            <span aria-live="polite">{words}</span>
        </button>
    }
}

async fn to_clipboard(element: &Element) -> bool {
    let copied = match browser::window() {
        // Browsers keep the clipboard for secure contexts; over plain HTTP the old command still works.
        Some(window) if window.is_secure_context() => {
            let promise = window.navigator().clipboard().write_text(&browser::text_of(element));
            JsFuture::from(promise).await.is_ok()
        }
        Some(_) | None => old_command(element),
    };
    if copied {
        mark_copied();
    } else {
        browser::select(element);
    }
    copied
}

fn old_command(element: &Element) -> bool {
    browser::select(element);
    let document = browser::document().and_then(|document| document.dyn_into::<HtmlDocument>().ok());
    document.is_some_and(|document| document.exec_command("copy").unwrap_or(false))
}

fn mark_copied() {
    if let Some(root) = browser::document().and_then(|document| document.document_element()) {
        // The name is a valid attribute's, so this cannot fail.
        let _ = root.set_attribute(COPIED, "");
    }
}
