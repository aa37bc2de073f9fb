//! The few words of the browser that the islands share.

use wasm_bindgen::{JsCast as _, convert::FromWasmAbi, prelude::Closure};
use web_sys::{Document, Element, EventTarget, HtmlInputElement, Window};

/// The window; absent where there is no browser.
pub(super) fn window() -> Option<Window> {
    web_sys::window()
}

/// The document; absent where there is no browser.
pub(super) fn document() -> Option<Document> {
    window()?.document()
}

/// Listens for as long as the page lives: islands are never taken off a page.
pub(super) fn listen<E: FromWasmAbi + 'static>(target: &EventTarget, event: &str, act: impl FnMut(E) + 'static) {
    let closure = Closure::<dyn FnMut(E)>::new(act);
    // Only a target that is gone refuses a listener, and then nothing is left to hear.
    let _ = target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// What a person would select by hand: the value of a field, or else the text of the element.
pub(super) fn text_of(element: &Element) -> String {
    match element.dyn_ref::<HtmlInputElement>() {
        Some(input) => input.value(),
        None => element.text_content().unwrap_or_default(),
    }
}

/// Selects the text, so that a person can copy it by keyboard.
pub(super) fn select(element: &Element) -> Option<()> {
    if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
        input.select();
        return Some(());
    }
    let selection = window()?.get_selection().ok()??;
    selection.select_all_children(element).ok()
}

/// The element that an event began at, or the nearest one around it that matches.
pub(super) fn closest(event: &web_sys::Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()?
}
