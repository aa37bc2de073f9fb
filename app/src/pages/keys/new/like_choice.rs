use keywright_core::keys::ApiKey;
use leptos::prelude::*;

/// To begin with what another key has. A form of its own: it only asks for this page, filled in.
#[component]
pub(crate) fn LikeChoice(action: String, keys: Vec<ApiKey>) -> impl IntoView {
    (!keys.is_empty()).then(|| {
        let options = keys.into_iter().map(|key| {
            let words = format!("{} · {}", key.label, key.masked());
            view! { <option value=key.id.to_string()>{words}</option> }
        });
        view! {
            <form class="like" method="get" action=action>
                <label class="like__label" for="like">"Start from an existing key"</label>
                <select class="input select like__select" id="like" name="like" autocomplete="off">
                    {options.collect_view()}
                </select>
                <button class="button">"Fill in"</button>
            </form>
        }
        .into_any()
    })
}
