//! `/w/{slug}/members/invitations/{id}/revoke`: the question before an invitation is withdrawn.

use keywright_core::{Time, members::Invitation, words};
use leptos::prelude::*;

/// What revoking means. The same question opens in a dialog over the list.
#[component]
pub fn RevokeInvitationPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The invitation.
    invitation: Invitation,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let back = format!("/w/{slug}/members");
    let action = format!("{back}/invitations/{}/revoke", invitation.id);
    let end = if invitation.is_over(now) {
        "It has expired already: nobody can use it.".to_owned()
    } else {
        format!("It would end by itself {}.", words::until(invitation.expires_at, now))
    };
    view! {
        <div class="question-page">
            <section class="card question" data-question="">
                <h1 class="question__title" id="confirm-title">"Revoke the invitation for " <bdi>{invitation.email}</bdi> "?"</h1>
                <ul class="prose-list">
                    <li>"Its link opens nothing any more."</li>
                    <li>{end}</li>
                </ul>
                <form class="question__actions" method="post" action=action>
                    <a class="button" href=back data-cancel="" autofocus>"Keep the invitation"</a>
                    <button class="button button--danger-solid">"Revoke invitation"</button>
                </form>
            </section>
        </div>
    }
    .into_any()
}
