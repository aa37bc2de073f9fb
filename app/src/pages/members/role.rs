//! `/w/{slug}/members/{user}/role`: first which role, then what that means.

use super::{
    keys_choice::KeysChoice,
    role_choices::{RoleChoice, RoleChoices},
};
use crate::components::{ErrorSummary, PageHeader, message_for};
use keywright_core::{
    Time,
    error::FieldError,
    members::{AtStake, MemberInfo},
};
use leptos::prelude::*;

/// The roles that the viewer may give; what the choice means is asked on the next page.
#[component]
pub fn ChooseRolePage(
    /// The workspace's place in URLs.
    slug: String,
    /// The member.
    member: MemberInfo,
    /// The roles that the viewer may give.
    roles: Vec<RoleChoice>,
    /// What is wrong with the choice.
    errors: Vec<FieldError>,
) -> impl IntoView {
    let members = format!("/w/{slug}/members");
    let action = format!("{members}/{}/role", member.user.id);
    let title = view! { "Role of " <bdi>{member.user.name}</bdi> };
    let error = message_for(&errors, "role");
    view! {
        <PageHeader
            title=title.into_any()
            lead=view! { <bdi>{member.user.email}</bdi> }.into_any()
            up=("Members".to_owned(), members.clone())
        />
        <ErrorSummary errors fields=&["role"] />
        // A form that only asks: the answer is part of the next page's address.
        <form class="form card section" method="get" action=action>
            <RoleChoices roles chosen=member.role error />
            <div class="form__actions">
                <button class="button button--primary">"Continue"</button>
                <a class="button button--quiet" href=members>"Cancel"</a>
            </div>
        </form>
    }
    .into_any()
}

/// What the new role means, and what becomes of the keys that it does not cover.
#[component]
pub fn GiveRolePage(
    /// The workspace's place in URLs.
    slug: String,
    /// The member and the keys that exceed the role.
    stake: AtStake,
    /// The title of the role that they have.
    from: String,
    /// The role that they get.
    to: RoleChoice,
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
    let action = format!("/w/{slug}/members/{}/role", member.user.id);
    let back = action.clone();
    let name = member.user.name;
    let none = keys.is_empty();
    let title = view! { "Make " <bdi>{name.clone()}</bdi> {format!(" {}?", to.title)} };
    view! {
        <div class="question-page">
            <section class="card question" data-question="">
                <h1 class="question__title" id="confirm-title">{title}</h1>
                <ul class="prose-list">
                    <li>{format!("They are {from} now.")}</li>
                    <li>{format!("As {}: {}.", to.title, to.note)}</li>
                    <li>
                        {if none {
                            "Their keys are not affected."
                        } else {
                            "The role does not cover all that some of their keys may do."
                        }}
                    </li>
                </ul>
                <form class="form" method="post" action=action novalidate>
                    <input type="hidden" name="role" value=to.name />
                    {(!none).then(|| view! {
                        <KeysChoice
                            name keys heirs chosen heir errors now
                            stop=("Leave as it is", "Does only what the new role allows, from the next request on.")
                        />
                    })}
                    <div class="question__actions">
                        <a class="button" href=back data-cancel="" autofocus>"Back"</a>
                        <button class="button button--primary">"Change role"</button>
                    </div>
                </form>
            </section>
        </div>
    }
    .into_any()
}
