//! A secret is shown once; leaving the page by accident would lose it.

use super::{browser, copy_button::COPIED};
use leptos::prelude::*;
use std::{cell::Cell, rc::Rc};
use web_sys::{BeforeUnloadEvent, Event, PageTransitionEvent, Window};

/// Asks before the page is left, until something was copied or an element with `data-stored` was
/// used. A page that the browser brings back from its memory is loaded anew, so that Back never
/// shows the secret. Without JavaScript the page's text alone warns.
#[island]
pub fn LeaveGuard() -> impl IntoView {
    Effect::new(|_| {
        if let Some(window) = browser::window() {
            guard(&window);
            forget(window);
        }
    });
}

fn guard(window: &Window) {
    let stored = Rc::new(Cell::new(false));
    let confirmed = Rc::clone(&stored);
    browser::listen(window, "click", move |event: Event| {
        if browser::closest(&event, "[data-stored]").is_some() {
            confirmed.set(true);
        }
    });
    browser::listen(window, "beforeunload", move |event: BeforeUnloadEvent| {
        if !stored.get() && !was_copied() {
            event.prevent_default();
            // Browsers older than the standard ask only if this is set; the text itself is not shown.
            event.set_return_value("The secret has not been copied.");
        }
    });
}

fn forget(window: Window) {
    let location = window.location();
    browser::listen(&window, "pageshow", move |event: PageTransitionEvent| {
        if event.persisted() {
            // A page that cannot reload is being left already.
            let _ = location.reload();
        }
    });
}

fn was_copied() -> bool {
    let root = browser::document().and_then(|document| document.document_element());
    root.is_some_and(|root| root.has_attribute(COPIED))
}
