//! The few words of the browser that the islands share.

use wasm_bindgen::{JsCast as _, convert::FromWasmAbi, prelude::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Document, DomParser, Element, EventTarget, HtmlElement, HtmlInputElement, NodeList, Response, SupportedType, Window,
};

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

/// The first element of the page that matches.
pub(super) fn first(selector: &str) -> Option<Element> {
    document()?.query_selector(selector).ok()?
}

/// The first element that matches of the page at this address, as the page is now. None if it is another one by now:
/// who asks has been signed out, say.
pub(super) async fn fetch_part(href: &str, selector: &str) -> Option<Element> {
    let response = JsFuture::from(window()?.fetch_with_str(href)).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    if !response.ok() || response.redirected() {
        return None;
    }
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    let page = DomParser::new().ok()?.parse_from_string(&text, SupportedType::TextHtml).ok()?;
    page.query_selector(selector).ok()?
}

/// Hides an element, or shows it again.
pub(super) fn hide(element: &Element, hidden: bool) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        element.set_hidden(hidden);
    }
}

/// Every element of the page that matches.
pub(super) fn all(selector: &str) -> Vec<Element> {
    elements(document().and_then(|document| document.query_selector_all(selector).ok()))
}

/// Every element within this one that matches.
pub(super) fn all_in(element: &Element, selector: &str) -> Vec<Element> {
    elements(element.query_selector_all(selector).ok())
}

fn elements(nodes: Option<NodeList>) -> Vec<Element> {
    let nodes = nodes.iter().flat_map(|nodes| (0..nodes.length()).filter_map(|at| nodes.item(at)));
    nodes.filter_map(|node| node.dyn_into().ok()).collect()
}
