use crate::components::FieldMessage;
use keywright_core::profile::KeyFormat;
use leptos::prelude::*;

/// For which of the product's worlds the key is, where it has several.
#[component]
pub(crate) fn EnvironmentChoice(key: KeyFormat, chosen: String, error: Option<String>) -> impl IntoView {
    let usual = key.environments.first().map(|environment| environment.name.clone());
    let chosen = Some(chosen).filter(|name| !name.is_empty()).or(usual);
    (key.environments.len() > 1).then(|| {
        let options = key.environments.into_iter().map(|environment| {
            let checked = chosen.as_ref() == Some(&environment.name);
            view! {
                <label class="choice">
                    <input type="radio" name="environment" value=environment.name checked=checked />
                    <span class="choice__title">{environment.title}</span>
                    <span class="choice__note mono">{format!("{}…", environment.prefix)}</span>
                </label>
            }
        });
        view! {
            <fieldset class="field" id="environment" tabindex="-1">
                <legend class="field__label">"Environment"</legend>
                <FieldMessage name="environment" error />
                <div class="choices choices--row">{options.collect_view()}</div>
            </fieldset>
        }
        .into_any()
    })
}
