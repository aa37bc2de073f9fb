use crate::islands::CopyButton;
use leptos::prelude::*;

/// Text to take along.
#[component]
pub(crate) fn Snippet(name: &'static str, text: String) -> impl IntoView {
    view! {
        <div class=format!("tabs__panel tabs__panel--{name} snippet")>
            <pre class="snippet__text" tabindex="0" role="region" aria-label=format!("{name} example")><code id=format!("snippet-{name}")>{text}</code></pre>
            <CopyButton target=format!("snippet-{name}") label="Copy".to_owned() primary=false />
        </div>
    }
    .into_any()
}
