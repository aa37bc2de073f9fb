use super::Area;
use leptos::prelude::*;

/// From where the key may be used: folded away while it may be from anywhere, as most are.
#[component]
pub(crate) fn NetworksField(value: String, error: Option<String>) -> impl IntoView {
    let open = error.is_some() || !value.trim().is_empty();
    view! {
        <details class="fold" open=open>
            <summary class="fold__title">"Restrict to addresses"</summary>
            <Area
                name="networks" label="Allowed addresses" value code=true most=4000 error
                hint="One a line: 203.0.113.7, 10.0.0.0/8, 2001:db8::/32. Requests from elsewhere are refused; with nothing here, none are for that."
            />
        </details>
    }
    .into_any()
}
