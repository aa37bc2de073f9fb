use crate::components::{Badge, Standing, Tone};
use keywright_core::{
    keys::{ApiKey, EffectiveScope, KeyOwner, Missing},
    profile::{Plan, Profile},
    words,
};
use leptos::prelude::*;
use std::sync::Arc;

/// What a key may do now: what it was given, within its owner's role and the plan. What is missing says why.
#[component]
pub(crate) fn ScopeList(key: ApiKey, profile: Arc<Profile>, plan: Option<Plan>, standing: Standing) -> impl IntoView {
    let scopes = key.effective(&profile, plan.as_ref());
    let all = key.scopes.iter().any(|name| name == Profile::WILDCARD);
    let summary = summary(&scopes, all, standing, &profile);
    let items = scopes.into_iter().map(|scope| {
        let why = scope.missing.map(|missing| reason(&missing, &key.owner, &profile));
        let off = why.is_some();
        view! {
            <li class="rows__item" class:rows__item--off=off>
                <span class="stack">
                    <code>{scope.name}</code>
                    <span class="quiet">{scope.description}</span>
                </span>
                {why.map(|why| view! { <Badge tone=Tone::Warning text=format!("Not in effect: {why}") /> })}
            </li>
        }
    });
    view! {
        <section class="card section" aria-labelledby="scopes-title">
            <div>
                <h2 id="scopes-title">"Scopes"</h2>
                <p class="quiet">{summary}</p>
            </div>
            <ul class="rows">{items.collect_view()}</ul>
        </section>
    }
    .into_any()
}

fn summary(scopes: &[EffectiveScope], all: bool, standing: Standing, profile: &Profile) -> String {
    let working = scopes.iter().filter(|scope| scope.missing.is_none()).count();
    let total = words::plural(i64::try_from(scopes.len()).unwrap_or(i64::MAX), "scope");
    let effect = match standing {
        Standing::Disabled => "None is in effect while the key is disabled.".to_owned(),
        Standing::Expired => "None is in effect: the key has expired.".to_owned(),
        Standing::Revoked => "None is in effect: the key is revoked.".to_owned(),
        Standing::Active | Standing::Rotating | Standing::EndsSoon if working == scopes.len() => match working {
            1 => "In effect now.".to_owned(),
            _ => "All in effect now.".to_owned(),
        },
        Standing::Active | Standing::Rotating | Standing::EndsSoon => format!("{working} of {total} in effect now."),
    };
    if all { format!("Everything that {} offers, what comes later too. {effect}", profile.product) } else { effect }
}

fn reason(missing: &Missing, owner: &KeyOwner, profile: &Profile) -> String {
    let name = owner.person().map_or("its owner", |person| person.name.as_str());
    match missing {
        Missing::Role { role } if role.is_empty() => format!("beyond the role of {name}"),
        Missing::Role { role } => format!("beyond the role of {name} ({role})"),
        Missing::Plan { plan } => format!("not included in the {plan} plan"),
        Missing::OwnerLeft => format!("{name} has left"),
        Missing::Dropped => format!("{} has no such scope any more", profile.product),
    }
}
