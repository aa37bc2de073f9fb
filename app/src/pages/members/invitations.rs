use crate::components::{Badge, Moment};
use keywright_core::{Time, members::Invitation, words};
use leptos::prelude::*;

/// Who is invited and has not come in yet.
#[component]
pub(crate) fn Invitations(
    slug: String,
    invitations: Vec<(Invitation, String)>,
    can_manage: bool,
    now: Time,
) -> impl IntoView {
    let empty = invitations.is_empty();
    let rows = invitations.into_iter().map(|(invitation, role)| {
        let href = format!("/w/{slug}/members/invitations/{}/revoke", invitation.id);
        let over = invitation.is_over(now);
        let end = if over {
            view! { <Badge text="Expired" /> }.into_any()
        } else {
            view! { <Moment at=invitation.expires_at text=words::until(invitation.expires_at, now) /> }.into_any()
        };
        view! {
            <tr role="row" class:row--over=over>
                <th role="rowheader" scope="row" class="cell--title"><bdi class="row__label">{invitation.email.clone()}</bdi></th>
                <td role="cell" data-label="Role">{role}</td>
                <td role="cell" data-label="Invited">
                    <span class="stack">
                        <Moment at=invitation.created_at text=words::ago(invitation.created_at, now) />
                        <span class="quiet owner">"by " <bdi>{invitation.inviter}</bdi></span>
                    </span>
                </td>
                <td role="cell" data-label="Ends">{end}</td>
                <td role="cell" class="cell--action">
                    {can_manage.then(|| view! {
                        <a class="button button--small button--quiet button--danger" href=href data-confirm="">
                            "Revoke invitation"<span class="unseen">" for "<bdi>{invitation.email}</bdi></span>
                        </a>
                    })}
                </td>
            </tr>
        }
    });
    view! {
        <h2 class="subtitle" id="invitations-title">"Invitations"</h2>
        {if empty {
            view! {
                <p class="card empty-line">
                    {if can_manage {
                        "Nobody is invited. An invitation is a link for one person; it works once, for a week."
                    } else {
                        "Nobody is invited."
                    }}
                </p>
            }.into_any()
        } else {
            view! {
                <div class="card card--table">
                    <table class="table table--members" role="table" aria-labelledby="invitations-title">
                        <thead role="rowgroup">
                            <tr role="row">
                                <th role="columnheader" scope="col">"E-mail"</th>
                                <th role="columnheader" scope="col">"Role"</th>
                                <th role="columnheader" scope="col">"Invited"</th>
                                <th role="columnheader" scope="col">"Ends"</th>
                                <th role="columnheader" scope="col"><span class="unseen">"Actions"</span></th>
                            </tr>
                        </thead>
                        <tbody role="rowgroup">{rows.collect_view()}</tbody>
                    </table>
                </div>
            }.into_any()
        }}
    }
    .into_any()
}
