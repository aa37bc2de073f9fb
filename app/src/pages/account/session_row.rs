use super::browser_name::browser_name;
use crate::components::{Badge, Moment, Tone};
use keywright_core::{Time, accounts::SessionInfo, words};
use leptos::prelude::*;

/// A browser in which the person is signed in.
#[component]
pub(crate) fn SessionRow(session: SessionInfo, now: Time) -> impl IntoView {
    let agent = session.user_agent.unwrap_or_default();
    view! {
        <li class="rows__item">
            <span class="stack">
                <bdi title=agent.clone()>{browser_name(&agent)}</bdi>
                <span class="quiet">
                    {session.address.map(|address| view! { <span class="mono">{address}</span> " · " })}
                    "signed in "
                    <Moment at=session.created_at text=words::ago(session.created_at, now) />
                </span>
            </span>
            {if session.current {
                view! { <Badge tone=Tone::Good text="This browser" /> }.into_any()
            } else {
                view! {
                    <span class="quiet">"seen " <Moment at=session.seen_at text=words::ago(session.seen_at, now) /></span>
                }.into_any()
            }}
        </li>
    }
    .into_any()
}
