use super::usage_bars::UsageBars;
use crate::{components::Moment, pages::keys::use_words::tries_sentence};
use keywright_core::{
    Time,
    usage::{Count, LastUse, RefusedUses},
    words,
};
use leptos::prelude::*;

/// When and for what the key was last used, or that it never was, and how much of late; once it is over, who still
/// tries.
#[component]
pub(crate) fn LastUseCell(
    last: Option<LastUse>,
    days: Vec<Count>,
    tries: Option<RefusedUses>,
    now: Time,
) -> impl IntoView {
    let text = match last {
        None => view! { <span class="quiet">"Never used"</span> }.into_any(),
        Some(last) => view! {
            <Moment at=last.at text=words::ago(last.at, now) />
            <span class="quiet route" title=format!("{} from {}", last.route, last.address)>{last.route.clone()}</span>
        }
        .into_any(),
    };
    let tries = tries.map(|tries| view! { <span class="tries">{tries_sentence(&tries, now)}</span> });
    view! { <td role="cell" data-label="Last used"><span class="stack">{text}<UsageBars days />{tries}</span></td> }
        .into_any()
}
