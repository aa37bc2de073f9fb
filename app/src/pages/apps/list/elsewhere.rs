use crate::{
    components::{Badge, Glyph, Icon, Moment, Tone},
    pages::apps::standing_elsewhere,
};
use keywright_core::{
    Time,
    apps::{AppPolicy, ForeignApp},
    profile::{Profile, SelfRegistration},
    words,
};
use leptos::prelude::*;
use std::sync::Arc;

/// Apps that nobody here has registered, and what the workspace says of them.
#[component]
pub(crate) fn Elsewhere(
    slug: String,
    profile: Arc<Profile>,
    foreign: Vec<ForeignApp>,
    next: Option<String>,
    policy: AppPolicy,
    can_manage: bool,
    now: Time,
) -> impl IntoView {
    let rule = rule(&policy, &profile);
    let none = foreign.is_empty();
    let mode = policy.mode;
    let items = foreign.into_iter().map(|known| item(&slug, known, mode, now)).collect_view();
    view! {
        <section class="card section" id="elsewhere" aria-labelledby="elsewhere-title">
            <div class="rule">
                <div>
                    <h2 id="elsewhere-title">"Apps from elsewhere"</h2>
                    <p class="quiet">{rule}</p>
                </div>
                {can_manage.then(|| view! { <a class="button" href=format!("/w/{slug}/apps/policy")>"Change rule"</a> })}
            </div>
            {if none {
                view! { <p class="quiet">"Nobody here has wanted to use one."</p> }.into_any()
            } else {
                view! { <ul class="rows">{items}</ul> }.into_any()
            }}
            {next.map(|href| view! {
                <nav class="pager" aria-label="Pages of apps from elsewhere">
                    <a class="button" href=href>"Older apps from elsewhere"<Icon glyph=Glyph::ArrowRight /></a>
                </nav>
            })}
        </section>
    }
    .into_any()
}

fn item(slug: &str, known: ForeignApp, mode: SelfRegistration, now: Time) -> impl IntoView + use<> {
    let (tone, status) = standing_elsewhere(&known, mode);
    let ForeignApp { app, asked_by, asked_at, .. } = known;
    let href = format!("/w/{slug}/apps/elsewhere/{}", app.id);
    let unverified = app.is_unverified();
    let destination = app.redirect_uris.first().map(|uri| format!("{} · ", uri.destination()));
    view! {
        <li class="rows__item">
            <span class="stack">
                <span>
                    <a class="row__label" href=href><bdi>{app.name}</bdi></a>
                    {unverified.then(|| view! { " " <Badge tone=Tone::Warning text="Unverified" /> })}
                </span>
                <span class="quiet">
                    {destination}
                    "first wanted "
                    <Moment at=asked_at text=words::ago(asked_at, now) />
                    {asked_by.map(|person| view! { " by " <bdi>{person.name}</bdi> })}
                </span>
            </span>
            <Badge tone text=status />
        </li>
    }
    .into_any()
}

/// The workspace's rule in a sentence.
pub(crate) fn rule(policy: &AppPolicy, profile: &Profile) -> String {
    let workspace = &profile.words.workspace;
    let may = match policy.mode {
        SelfRegistration::Off => {
            return format!("Off: only apps that are registered here may be used in this {workspace}.");
        }
        SelfRegistration::Approval => "Each has to be approved before members may allow it",
        SelfRegistration::Open => "Members may allow them, within their own role",
    };
    let most = profile.known_scopes(&policy.scopes);
    if most == profile.all_scopes() {
        return format!("{may}.");
    }
    format!("{may}, for {} at most.", words::list(&profile.scope_names(most)))
}
