//! `/w/{slug}/members/{user}/remove`: the question before somebody goes.

use super::keys_choice::KeysChoice;
use keywright_core::{Time, error::FieldError, members::AtStake};
use leptos::prelude::*;

/// What removing means, and what becomes of the member's keys. The same question opens in a dialog over
/// the list.
#[component]
pub fn RemoveMemberPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The workspace's name.
    workspace: String,
    /// The member and their keys.
    stake: AtStake,
    /// Whether it is the viewer, who leaves.
    is_viewer: bool,
    /// What was chosen for the keys: `stop`, `hand_over` or nothing yet.
    chosen: String,
    /// Whose id was chosen to have them.
    heir: String,
    /// What is wrong with the choice.
    errors: Vec<FieldError>,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let AtStake { member, keys, heirs } = stake;
    let members = format!("/w/{slug}/members");
    let action = format!("{members}/{}/remove", member.user.id);
    // Everybody may leave, also who may not see the list of members.
    let back = if is_viewer { "/workspaces".to_owned() } else { members };
    let name = member.user.name;
    let (title, consequence, keep, act) = if is_viewer {
        (
            view! { "Leave " <bdi>{workspace}</bdi> "?" }.into_any(),
            "You lose access at once, and come back only by a new invitation.",
            "Stay",
            "Leave",
        )
    } else {
        (
            view! { "Remove " <bdi>{name.clone()}</bdi> " from " <bdi>{workspace}</bdi> "?" }.into_any(),
            "They lose access at once, and come back only by a new invitation.",
            "Keep member",
            "Remove member",
        )
    };
    let none = keys.is_empty();
    view! {
        <div class="question-page">
            <section class="card question" data-question="">
                <h1 class="question__title" id="confirm-title">{title}</h1>
                <ul class="prose-list">
                    <li>{consequence}</li>
                    <li>"Invitations that they sent are revoked."</li>
                    {none.then(|| view! { <li>"No working key belongs to them."</li> })}
                </ul>
                <form class="form" method="post" action=action novalidate>
                    {(!none).then(|| view! {
                        <KeysChoice
                            name keys heirs chosen heir errors now
                            stop=("Stop", "Stays in the list; the gate refuses every further request.")
                        />
                    })}
                    <div class="question__actions">
                        <a class="button" href=back data-cancel="" autofocus>{keep}</a>
                        <button class="button button--danger-solid">{act}</button>
                    </div>
                </form>
            </section>
        </div>
    }
    .into_any()
}
