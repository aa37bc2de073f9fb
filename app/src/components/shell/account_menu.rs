use crate::{
    Theme,
    components::{Glyph, Icon, ThemeSwitch},
};
use keywright_core::accounts::User;
use leptos::prelude::*;

/// The person: their account, the colours, the way out. A popover needs no script.
#[component]
pub(crate) fn AccountMenu(user: User, workspaces: String, theme: Theme, path: String) -> impl IntoView {
    let initial: String = user.name.chars().next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    view! {
        <button class="account" type="button" popovertarget="account-menu">
            <span class="account__face" aria-hidden="true">{initial}</span>
            <span class="account__words">
                <bdi class="account__name">{user.name.clone()}</bdi>
                <span class="unseen">", account menu"</span>
            </span>
            <Icon glyph=Glyph::ChevronUpDown />
        </button>
        <div class="menu" id="account-menu" popover="auto">
            <div class="menu__head">
                <bdi class="menu__name">{user.name}</bdi>
                <bdi class="menu__email">{user.email}</bdi>
            </div>
            <a class="menu__item" href="/account">
                <Icon glyph=Glyph::User />
                "Account"
            </a>
            <a class="menu__item" href="/account/apps">
                <Icon glyph=Glyph::Apps />
                "Connected apps"
            </a>
            <a class="menu__item" href="/workspaces">
                <Icon glyph=Glyph::Grid />
                {format!("Your {workspaces}")}
            </a>
            <a class="menu__item" href="/api/docs">
                <Icon glyph=Glyph::Log />
                "API reference"
            </a>
            <ThemeSwitch theme path />
            <form method="post" action="/logout">
                <button class="menu__item">
                    <Icon glyph=Glyph::SignOut />
                    "Sign out"
                </button>
            </form>
        </div>
    }
    .into_any()
}
