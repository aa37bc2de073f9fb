mod state;

use crate::islands::FirstCallRadar;
use keywright_core::{Time, ids::KeyId, profile::Profile, refusals::FirstCall};
use leptos::prelude::*;
pub use state::{FirstCallState, FirstCallStateProps};
use std::sync::Arc;

/// Waits for the first request with a new secret, and shows what came. Where no script runs, a link looks again.
#[component]
pub(crate) fn FirstCallSection(
    slug: String,
    key: KeyId,
    profile: Arc<Profile>,
    /// What has come so far.
    call: FirstCall,
    /// From when on requests count.
    since: Time,
    now: Time,
    /// Whether the secret is on this page, and on no later one.
    #[prop(optional)]
    with_secret: bool,
) -> impl IntoView {
    let (here, since) = (format!("/w/{slug}/keys/{key}"), since.timestamp_micros());
    let source = format!("{here}/first-call?since={since}");
    // Each time another address: to the one that it is at already, a browser would only scroll.
    let again = format!("{here}?since={since}&at={}#first-call", now.timestamp_micros());
    let over = call.is_over(now);
    view! {
        <section class="card section" id="first-call" aria-labelledby="first-call-title">
            <h2 id="first-call-title">"First request"</h2>
            <div class="first-call__line">
                <div aria-live="polite">
                    <FirstCallState slug profile call now />
                    {(!over).then(|| view! { <FirstCallRadar source /> })}
                </div>
                {(!over).then(|| view! { <a class="button first-call__again" href=again>"Refresh"</a> })}
            </div>
            {with_secret.then(|| view! {
                <noscript><p class="quiet">"Refreshing leaves this page: store the key first, it is not shown again."</p></noscript>
            })}
        </section>
    }
    .into_any()
}
