mod account_menu;
mod navigation;
mod place_name;
mod suspension;

use super::{Mark, Toast};
use crate::Frame;
use account_menu::AccountMenu;
use leptos::prelude::*;
use navigation::Navigation;
use place_name::PlaceName;
use std::sync::Arc;
use suspension::Suspension;

/// What surrounds every page of somebody who is signed in: a column at the side of a wide window, two
/// rows at the top of a narrow one.
#[component]
pub(crate) fn Shell(frame: Frame, children: Children) -> impl IntoView {
    let place = frame.viewer.as_ref().and_then(|viewer| viewer.place.clone());
    let suspended = place.as_ref().is_some_and(|place| place.workspace.suspended_at.is_some());
    let suspended = suspended.then(|| view! { <Suspension profile=Arc::clone(&frame.profile) /> });
    let menu = frame.profile.menu.last().cloned().unwrap_or_else(|| "API keys".to_owned());
    let apps = frame.profile.oauth.menu.last().cloned().unwrap_or_else(|| "OAuth Apps".to_owned());
    let workspaces = frame.profile.words.workspaces.clone();
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <div class="shell">
            <header class="side">
                <div class="side__brand">
                    <Mark />
                    <span class="side__product">{frame.profile.product.clone()}</span>
                </div>
                {place.clone().map(|place| view! { <PlaceName place /> })}
                {place.map(|place| view! { <Navigation place path=frame.path.clone() keys=menu apps /> })}
                {frame.viewer.map(|viewer| view! {
                    <AccountMenu user=viewer.user workspaces theme=frame.theme path=frame.path />
                })}
            </header>
            <main class="shell__main" id="main" tabindex="-1">
                <div class="page">
                    {suspended}
                    {children()}
                </div>
            </main>
        </div>
        <Toast text=frame.flash />
    }
    .into_any()
}
