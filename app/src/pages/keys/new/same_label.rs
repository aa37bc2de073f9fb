use crate::components::{Notice, Tone};
use leptos::prelude::*;

/// Another key is called the same. That is allowed, and worth a second look.
#[component]
pub(crate) fn SameLabel(masked: String, label: String) -> impl IntoView {
    view! {
        <Notice tone=Tone::Warning>
            <strong>"There is a key called “" <bdi>{label}</bdi> "” already:"</strong>
            " "
            <code class="masked">{masked}</code>
            ". You may use the label twice; another one makes it easier to revoke the right key later."
        </Notice>
    }
    .into_any()
}
