use crate::{components::Moment, pages::keys::use_words::tries_sentence};
use keywright_core::{
    Time,
    keys::{ApiKey, KeyOwner, KeyStatus, network_text},
    profile::Profile,
    usage::Agent,
    words,
};
use leptos::prelude::*;
use std::sync::Arc;

/// All that is known of a key, its secret excepted.
#[component]
pub(crate) fn Facts(here: String, key: ApiKey, profile: Arc<Profile>, can_hand_over: bool, now: Time) -> impl IntoView {
    let moment = move |at: Time, text: String| view! { <Moment at text /> };
    let environment = profile.key.environment(&key.environment).map(|environment| environment.title.clone());
    let environment = environment.or_else(|| Some(key.environment.clone()).filter(|name| !name.is_empty()));
    // Of what is over, a notice above says who still tries it, and nobody else can have it.
    let over = matches!(key.status(now), KeyStatus::Expired | KeyStatus::Revoked);
    let can_hand_over = can_hand_over && !over;
    view! {
        <dl class="facts">
            <div><dt>"Last used"</dt>{last_used(&key, &here, now)}</div>
            {key.revoked_at.is_none().then(|| view! { <div><dt>"Expires"</dt>{expires(&key, now)}</div> })}
            {key.revoked_at.map(|at| view! {
                <div>
                    <dt>"Revoked"</dt>
                    <dd>
                        {moment(at, words::ago(at, now))}
                        {key.revoked_reason.clone().map(|reason| view! { <span class="facts__more"><bdi>{reason}</bdi></span> })}
                    </dd>
                </div>
            })}
            {key.disabled_at.map(|at| view! { <div><dt>"Disabled"</dt><dd>{moment(at, words::ago(at, now))}</dd></div> })}
            {key.refused.as_ref().filter(|_| !over).map(|tries| view! {
                <div><dt>"Tried in vain"</dt><dd>{tries_sentence(tries, now)}</dd></div>
            })}
            <div><dt>"Owner"</dt>{owner(&key.owner, &profile, &here, can_hand_over)}</div>
            {environment.map(|title| view! { <div><dt>"Environment"</dt><dd>{title}</dd></div> })}
            <div><dt>"Addresses"</dt>{addresses(&key)}</div>
            <div>
                <dt>"Created"</dt>
                <dd>{moment(key.created_at, words::ago(key.created_at, now))}<span class="quiet">" by " <bdi>{key.creator.name}</bdi></span></dd>
            </div>
            {(!key.note.is_empty()).then(|| view! { <div><dt>"Note"</dt><dd class="prose" dir="auto">{key.note}</dd></div> })}
            <div><dt>"Id"</dt><dd><code class="breakable">{key.id.to_string()}</code></dd></div>
        </dl>
    }
    .into_any()
}

fn last_used(key: &ApiKey, here: &str, now: Time) -> AnyView {
    let usage = view! { <a class="facts__link" href=format!("{here}/usage")>"Usage"</a> };
    match key.last_use.clone() {
        None => view! { <dd>"Never used" {usage}</dd> }.into_any(),
        Some(last) => view! {
            <dd>
                <Moment at=last.at text=words::ago(last.at, now) />
                <span class="quiet">" from " <span class="mono">{last.address}</span>{with(last.agent)}{answered(last.status)}</span>
                {usage}
                <code class="facts__code">{last.route}</code>
            </dd>
        }
        .into_any(),
    }
}

fn with(agent: Option<Agent>) -> Option<String> {
    agent.map(|agent| format!(", with {}", agent.title()))
}

fn answered(status: Option<u16>) -> Option<String> {
    status.map(|status| format!(", answered {status}"))
}

fn expires(key: &ApiKey, now: Time) -> AnyView {
    let Some(at) = key.expires_at else { return view! { <dd>"Never"</dd> }.into_any() };
    let over = key.status(now) == KeyStatus::Expired || at <= now;
    let text = if over { words::ago(at, now) } else { words::until(at, now) };
    view! { <dd><Moment at text />" "<span class="quiet">{words::date(at)}</span></dd> }.into_any()
}

fn owner(owner: &KeyOwner, profile: &Profile, here: &str, can_hand_over: bool) -> AnyView {
    let hand_over =
        can_hand_over.then(|| view! { " " <a class="facts__link" href=format!("{here}/owner")>"Hand over"</a> });
    match owner {
        KeyOwner::Workspace => view! {
            <dd>{format!("The {} itself", profile.words.workspace)}<span class="quiet">", so it outlives people"</span></dd>
        }
        .into_any(),
        KeyOwner::Member { person, role: Some(role) } => {
            let title = profile.role(role).map_or_else(|| role.clone(), |role| role.title.clone());
            view! { <dd><bdi>{person.name.clone()}</bdi><span class="quiet">{format!(" ({title})")}</span>{hand_over}</dd> }
                .into_any()
        }
        KeyOwner::Member { person, role: None } => view! {
            <dd><bdi>{person.name.clone()}</bdi><span class="soon">", who has left"</span>{hand_over}</dd>
        }
        .into_any(),
    }
}

fn addresses(key: &ApiKey) -> AnyView {
    if key.networks.is_empty() {
        return view! { <dd>"From anywhere"</dd> }.into_any();
    }
    let items = key.networks.iter().map(|network| view! { <li class="chip">{network_text(network)}</li> });
    view! { <dd><ul class="chips chips--wide">{items.collect_view()}</ul></dd> }.into_any()
}
