use keywright_core::members::InvitationState;
use leptos::prelude::*;

/// A link that opens nothing: why, as far as whoever holds it may know, and what to do instead.
#[component]
pub fn InviteClosed(
    /// How the invitation stands; none if there is no such.
    state: Option<InvitationState>,
) -> impl IntoView {
    let (title, advice) = match state {
        Some(InvitationState::Used) => {
            ("This invitation has been used", "If it was you, sign in. Else ask whoever sent it for another.")
        }
        Some(InvitationState::Expired) => {
            ("This invitation has expired", "Invitations end after a week. Ask whoever sent it for another.")
        }
        Some(InvitationState::Revoked) => {
            ("This invitation was withdrawn", "Ask whoever sent it whether there is another.")
        }
        Some(InvitationState::Open) | None => (
            "This invitation link does not work",
            "It may be incomplete. Open it once more, whole, as it was sent to you.",
        ),
    };
    view! {
        <section class="card door-card">
            <h1>{title}</h1>
            <p>{advice}</p>
            <a class="button button--primary button--wide" href="/">"Go to the dashboard"</a>
        </section>
    }
    .into_any()
}
