use super::{Mark, ThemeSwitch, Toast};
use crate::Frame;
use leptos::prelude::*;

/// What surrounds a page that is seen before anyone is signed in.
#[component]
pub(crate) fn Doorway(frame: Frame, children: Children) -> impl IntoView {
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <div class="doorway">
            <header class="doorway__brand">
                <Mark />
                <span>{frame.profile.product.clone()}</span>
            </header>
            <main class="doorway__main" id="main" tabindex="-1">{children()}</main>
            <footer class="doorway__foot">
                <ThemeSwitch theme=frame.theme path=frame.path />
            </footer>
        </div>
        <Toast text=frame.flash />
    }
    .into_any()
}
