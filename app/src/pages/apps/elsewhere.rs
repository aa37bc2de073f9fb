//! `/w/{slug}/apps/elsewhere/{id}`: an app that nobody here has registered.

use super::{show::AppFacts, standing_elsewhere};
use crate::components::{Badge, Moment, Notice, PageHeader, Tone};
use keywright_core::{
    Time,
    apps::{AppPolicy, ForeignApp},
    profile::{Profile, SelfRegistration},
    words,
};
use leptos::prelude::*;
use std::sync::Arc;

/// What such an app says of itself, who wanted to use it, and whether it is let in.
#[component]
pub fn ForeignAppPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The app.
    known: ForeignApp,
    /// What the workspace says of such apps.
    policy: AppPolicy,
    /// The product.
    profile: Arc<Profile>,
    /// Whether the viewer may approve and remove.
    can_manage: bool,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let here = format!("/w/{slug}/apps/elsewhere/{}", known.app.id);
    let (tone, status) = standing_elsewhere(&known, policy.mode);
    let waits = policy.mode == SelfRegistration::Approval && known.approved.is_none();
    let ForeignApp { app, asked_by, asked_at, approved } = known;
    let (unverified, version) = (app.is_unverified(), app.version);
    let title = view! {
        <bdi>{app.name.clone()}</bdi> " "
        {unverified.then(|| view! { <Badge tone=Tone::Warning text="Unverified" /> " " })}
        <Badge tone text=status />
    };
    view! {
        <PageHeader
            title=title.into_any()
            lead=view! { <code class="masked">{app.client_id.to_string()}</code> }.into_any()
            up=(super::title(&profile), format!("/w/{slug}/apps"))
        >
            {can_manage.then(|| view! {
                <div class="actions">
                    {waits.then(|| view! {
                        <form method="post" action=format!("{here}/approve")>
                            <input type="hidden" name="version" value=version />
                            <button class="button button--primary">"Approve"</button>
                        </form>
                    })}
                    <a class="button button--danger" href=format!("{here}/remove")>"Remove"</a>
                </div>
            })}
        </PageHeader>
        {unverified.then(|| view! {
            <Notice tone=Tone::Warning>
                <strong>"Nobody has vouched for this app."</strong>
                " It registered itself: its name and website are what it says of itself. Look at where it sends people."
            </Notice>
        })}
        <section class="card section" aria-labelledby="details-title">
            <h2 id="details-title">"Details"</h2>
            <AppFacts app profile=Arc::clone(&profile) elsewhere=true now>
                <div>
                    <dt>"First wanted"</dt>
                    <dd>
                        <Moment at=asked_at text=words::ago(asked_at, now) />
                        {asked_by.map(|person| view! { <span class="quiet">" by " <bdi>{person.name}</bdi></span> })}
                    </dd>
                </div>
                {approved.map(|(person, at)| view! {
                    <div>
                        <dt>"Approved"</dt>
                        <dd><Moment at text=words::ago(at, now) /><span class="quiet">" by " <bdi>{person.name}</bdi></span></dd>
                    </div>
                })}
            </AppFacts>
        </section>
    }
    .into_any()
}

/// The question before an app from elsewhere is taken off the list.
#[component]
pub fn DismissAppPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The app.
    known: ForeignApp,
    /// What the workspace says of such apps.
    mode: SelfRegistration,
) -> impl IntoView {
    let here = format!("/w/{slug}/apps/elsewhere/{}", known.app.id);
    let action = format!("{here}/remove");
    let back = match mode {
        SelfRegistration::Open => "It may come back when somebody allows it again, because the rule is open.",
        SelfRegistration::Approval => "Its approval is gone: it has to be approved once more before it may come back.",
        SelfRegistration::Off => "It cannot come back while the rule is off.",
    };
    view! {
        <div class="question-page">
            <section class="card question" data-question="">
                <h1 class="question__title" id="confirm-title">"Remove “" <bdi>{known.app.name}</bdi> "”?"</h1>
                <ul class="prose-list">
                    <li>"Everything that members here allowed it ends."</li>
                    <li>{back}</li>
                </ul>
                <form class="question__form" method="post" action=action novalidate>
                    <div class="question__actions">
                        <a class="button" href=here data-cancel="" autofocus>"Keep the app"</a>
                        <button class="button button--danger-solid">"Remove app"</button>
                    </div>
                </form>
            </section>
        </div>
    }
    .into_any()
}
