//! `/w/{slug}/members/invitations/{id}`: the link, this once.

use crate::{
    components::{Moment, Notice, PageHeader, Tone},
    islands::{CopyButton, LeaveGuard},
};
use keywright_core::{Time, members::Invitation, words};
use leptos::prelude::*;

/// The link of an invitation that was just made.
#[component]
pub fn InvitedPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The invitation.
    invitation: Invitation,
    /// The title of its role.
    role: String,
    /// The whole link.
    url: String,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let title = view! { "Invitation for " <bdi>{invitation.email.clone()}</bdi> };
    view! {
        <PageHeader title=title.into_any() />
        <section class="card section reveal" aria-labelledby="link-label">
            <Notice tone=Tone::Warning>
                <strong>"Copy the link now and send it to them."</strong>
                " It is not stored and will not be shown again. If it is lost, revoke the invitation and make another."
            </Notice>
            <label class="field__label" id="link-label" for="link">"Link"</label>
            <div class="reveal__line">
                <input class="input reveal__secret" id="link" readonly value=url autocomplete="off" spellcheck="false" />
                <CopyButton target="link".to_owned() label="Copy link".to_owned() primary=true />
            </div>
            <ul class="prose-list">
                // One element in each line: the list lays its lines out as a grid.
                <li><span>"Only " <bdi>{invitation.email}</bdi> " can use it, and only once."</span></li>
                <li>{format!("It makes them {role}.")}</li>
                <li><span>"It ends " <Moment at=invitation.expires_at text=words::until(invitation.expires_at, now) /> "."</span></li>
            </ul>
            <div class="form__actions">
                <a class="button" href=format!("/w/{slug}/members") data-stored="">"I have copied it"</a>
            </div>
        </section>
        <LeaveGuard />
    }
    .into_any()
}
