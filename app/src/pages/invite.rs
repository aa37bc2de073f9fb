//! `/invite?token=…`: coming in by an invitation.

mod closed;
mod join;

pub use closed::{InviteClosed, InviteClosedProps};
pub use join::{JoinPage, JoinPageProps};

use keywright_core::{Time, accounts::User, members::Invited, words};
use leptos::prelude::*;

/// Somebody who is signed in as the person that the invitation is for.
#[component]
pub fn AcceptPage(
    /// What the link opens.
    invited: Invited,
    /// The token of the link.
    token: String,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    view! {
        <section class="card door-card">
            <h1>"Join " <bdi>{invited.workspace.name}</bdi></h1>
            <p class="door-card__lead">
                <bdi>{invited.inviter}</bdi> {format!(" has invited you as {}.", invited.role.title)}
            </p>
            <p>{format!("The invitation ends {}.", words::until(invited.expires_at, now))}</p>
            <form class="form" method="post" action="/invite">
                <input type="hidden" name="token" value=token />
                <button class="button button--primary button--wide">"Join"</button>
                <a class="button button--quiet button--wide" href="/">"Not now"</a>
            </form>
        </section>
    }
    .into_any()
}

/// Somebody who is signed in as another person. The invitation is not touched.
#[component]
pub fn WrongPersonPage(
    /// For whom the invitation is.
    email: String,
    /// Who is signed in.
    user: User,
) -> impl IntoView {
    view! {
        <section class="card door-card">
            <h1>"This invitation is for somebody else"</h1>
            <p>
                "This invitation is for " <strong><bdi>{email}</bdi></strong> "; sign in as that person. You are signed in as "
                <bdi>{user.email}</bdi> "."
            </p>
            <p>"Sign out, then open the link again. It has not been used up."</p>
            <form class="form" method="post" action="/logout">
                <button class="button button--primary button--wide">"Sign out"</button>
                <a class="button button--quiet button--wide" href="/">"Back to the dashboard"</a>
            </form>
        </section>
    }
    .into_any()
}

/// Somebody who is a member already.
#[component]
pub fn AlreadyMemberPage(
    /// The workspace's name.
    workspace: String,
    /// The workspace's place in URLs.
    slug: String,
) -> impl IntoView {
    view! {
        <section class="card door-card">
            <h1>"You are a member already"</h1>
            <p>"You are a member of " <bdi>{workspace}</bdi> ": there is nothing to accept."</p>
            <a class="button button--primary button--wide" href=format!("/w/{slug}/keys")>"Open it"</a>
        </section>
    }
    .into_any()
}
