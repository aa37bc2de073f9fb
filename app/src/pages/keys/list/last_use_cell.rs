use crate::components::Moment;
use keywright_core::{Time, usage::LastUse, words};
use leptos::prelude::*;

/// When and for what the key was last used, or that it never was.
#[component]
pub(crate) fn LastUseCell(last: Option<LastUse>, now: Time) -> impl IntoView {
    let text = match last {
        None => view! { <span class="quiet">"Never used"</span> }.into_any(),
        Some(last) => view! {
            <span class="stack">
                <Moment at=last.at text=words::ago(last.at, now) />
                <span class="quiet route" title=format!("{} from {}", last.route, last.address)>{last.route.clone()}</span>
            </span>
        }
        .into_any(),
    };
    view! { <td role="cell" data-label="Last used">{text}</td> }
}
