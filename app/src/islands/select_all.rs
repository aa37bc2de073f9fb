//! Ticking every row of a list at once.

use super::browser;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlInputElement;

/// Ticks every `.pick` of the page, or none. Without JavaScript it is not shown, and each is ticked by itself.
#[island]
pub fn SelectAll() -> impl IntoView {
    let awake = RwSignal::new(false);
    Effect::new(move |_| awake.set(true));
    view! {
        <input
            class="pick-all" type="checkbox" aria-label="Select all" autocomplete="off"
            hidden=move || !awake.get()
            on:change=move |event| set_all(event_target_checked(&event))
        />
    }
}

fn set_all(checked: bool) {
    for pick in browser::all(".pick") {
        if let Ok(pick) = pick.dyn_into::<HtmlInputElement>() {
            pick.set_checked(checked);
        }
    }
}
