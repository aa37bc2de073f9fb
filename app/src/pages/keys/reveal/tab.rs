use leptos::prelude::*;

/// A radio button that turns to the panel of its name: the style sheet knows the pair.
#[component]
pub(crate) fn Tab(name: &'static str, label: &'static str, checked: bool) -> impl IntoView {
    view! {
        <label class="tabs__tab">
            <input class=format!("tabs__radio tabs__radio--{name}") type="radio" name="snippet" value=name checked=checked autocomplete="off" />
            {label}
        </label>
    }
    .into_any()
}
