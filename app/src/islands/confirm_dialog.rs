//! The confirmation page, brought to where the person is.

use super::browser;
use leptos::{html, prelude::*, task::spawn_local};
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlDialogElement, HtmlElement, MouseEvent};

/// Opens `a[data-confirm]` in a dialog: what the confirmation page says is fetched at that moment, so
/// that "used 3 minutes ago" is true when it is read. Escape and `[data-cancel]` close it and focus
/// returns to the link. Whenever anything is in the way, and without JavaScript, the link simply leads
/// to the page.
#[island]
pub fn ConfirmDialog() -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let (Some(dialog), Some(window)) = (dialog.get(), browser::window()) {
            let busy = Rc::new(Cell::new(false));
            browser::listen(&window, "click", move |event: MouseEvent| on_click(&event, &dialog, &busy));
        }
    });
    view! { <dialog class="dialog" aria-labelledby="confirm-title" node_ref=dialog></dialog> }
}

fn on_click(event: &MouseEvent, dialog: &HtmlDialogElement, busy: &Rc<Cell<bool>>) {
    // A click that asks for a new tab or a download is the browser's.
    if event.button() != 0 || event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key() {
        return;
    }
    if dialog.open() {
        if browser::closest(event, "[data-cancel]").is_some() {
            event.prevent_default();
            dialog.close();
        }
        return;
    }
    let link = browser::closest(event, "a[data-confirm]").and_then(|link| link.dyn_into::<HtmlElement>().ok());
    let Some(link) = link else { return };
    event.prevent_default();
    if !busy.replace(true) {
        let (dialog, busy) = (dialog.clone(), Rc::clone(busy));
        spawn_local(async move {
            let href = link.get_attribute("href").unwrap_or_default();
            if open(&dialog, &link, &href).await.is_none() {
                follow(&href);
            }
            busy.set(false);
        });
    }
}

async fn open(dialog: &HtmlDialogElement, link: &HtmlElement, href: &str) -> Option<()> {
    // The question itself; none if the key is already revoked.
    let content = browser::fetch_part(href, "[data-question]").await?;
    let content = browser::document()?.import_node_with_deep(&content, true).ok()?;
    dialog.replace_children_with_node_1(&content);
    // Some browsers do not focus a link that is clicked; the dialog gives focus back to what had it.
    link.focus().ok()?;
    dialog.show_modal().ok()
}

fn follow(href: &str) {
    if let Some(window) = browser::window() {
        // The link is our own and same-origin: the browser takes it.
        let _ = window.location().assign(href);
    }
}
