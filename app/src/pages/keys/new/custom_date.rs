use crate::components::{FieldMessage, described_by};
use keywright_core::Time;
use leptos::prelude::*;

/// Shown by the style sheet while "Custom" is chosen.
#[component]
pub(crate) fn CustomDate(value: String, now: Time, longest: Option<Time>, error: Option<String>) -> impl IntoView {
    let described = described_by("expires_on", false, error.is_some());
    view! {
        <div class="custom-date">
            <label class="field__label" for="expires_on">"Last day (UTC)"</label>
            <input
                class="input" type="date" id="expires_on" name="expires_on" value=value
                min=now.date_naive().to_string()
                max=longest.map(|end| end.date_naive().to_string())
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
            />
            <FieldMessage name="expires_on" error />
        </div>
    }
    .into_any()
}
