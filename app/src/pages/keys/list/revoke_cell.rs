use leptos::prelude::*;

/// The way to the question whether to revoke, while there is something to revoke.
#[component]
pub(crate) fn RevokeCell(label: String, href: String, usable: bool) -> impl IntoView {
    let link = usable.then(|| {
        view! {
            <a class="button button--small button--quiet button--danger" href=href data-confirm="">
                "Revoke"<span class="unseen">" "<bdi>{label}</bdi></span>
            </a>
        }
    });
    view! { <td role="cell" class="cell--action">{link}</td> }
}
