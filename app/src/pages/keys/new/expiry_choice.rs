use super::custom_date::CustomDate;
use crate::components::{FieldMessage, described_by};
use keywright_core::{
    Time,
    keys::{KeyForm, in_days},
    profile::Profile,
    words,
};
use leptos::prelude::*;
use std::sync::Arc;

/// When the key ends: the policy's presets with the day that each comes to, a day of one's own, or
/// never where the policy lets keys live on.
#[component]
pub(crate) fn ExpiryChoice(
    form: KeyForm,
    profile: Arc<Profile>,
    now: Time,
    error: Option<String>,
    date_error: Option<String>,
) -> impl IntoView {
    let chosen = if form.expiry.is_empty() { KeyForm::blank(&profile).expiry } else { form.expiry };
    let policy = &profile.expiry;
    let presets = policy.presets.iter().map(|days| {
        let until = format!("until {}", words::date(in_days(now, *days)));
        option(&days.to_string(), &chosen, words::plural((*days).into(), "day"), until)
    });
    let never =
        (!policy.required).then(|| option("never", &chosen, "No expiry".to_owned(), "until it is revoked".to_owned()));
    let described = described_by("expiry", true, error.is_some());
    let longest = policy.max_days.map(|days| in_days(now, days));
    let hint = match longest {
        Some(end) => {
            format!("A key that ends by itself does less harm when it leaks. Keys can last until {}.", words::date(end))
        }
        None => "A key that ends by itself does less harm when it leaks.".to_owned(),
    };
    view! {
        <fieldset class="field" id="expiry" tabindex="-1" aria-describedby=described>
            <legend class="field__label">"Expiry"</legend>
            <p class="field__hint" id="expiry-hint">{hint}</p>
            <FieldMessage name="expiry" error />
            <div class="choices">
                {presets.collect_view()}
                {option("custom", &chosen, "Custom".to_owned(), "a day of your choice".to_owned())}
                <CustomDate value=form.expires_on now longest error=date_error />
                {never}
            </div>
        </fieldset>
    }
    .into_any()
}

fn option(value: &str, chosen: &str, title: String, note: String) -> impl IntoView + use<> {
    view! {
        <label class="choice">
            <input type="radio" name="expiry" value=value.to_owned() checked={value == chosen} />
            <span class="choice__title">{title}</span>
            <span class="choice__note">{note}</span>
        </label>
    }
    .into_any()
}
