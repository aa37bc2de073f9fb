//! The WASM entry. Islands register themselves; the crate only has to be linked in.
use keywright_app as _;

/// Called once by the page when the module has loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
