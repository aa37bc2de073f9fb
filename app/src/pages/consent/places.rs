use keywright_core::{
    oauth::{Answerable, AskedScope, Candidate, Withheld},
    profile::Profile,
};
use leptos::prelude::*;
use std::sync::Arc;

/// Where an app can be let in, and what it gets there. Of several places one is chosen; what it gets is shown of that
/// one, which needs no script.
#[component]
pub(crate) fn Places(candidates: Vec<Candidate>) -> impl IntoView {
    let words = use_context::<Arc<Profile>>().map(|profile| profile.words.clone());
    let (one, many) = words.map(|words| (words.workspace, words.workspaces)).unwrap_or_default();
    let (open, closed): (Vec<_>, Vec<_>) = candidates.into_iter().partition(is_open);
    let several = open.len() > 1;
    let none = open.is_empty();
    let closed = closed.into_iter().map(|candidate| {
        view! { <li><bdi>{candidate.workspace.name}</bdi> ": " {why_closed(&candidate.answer)}</li> }
    });
    let closed = closed.collect_view();
    let open = open.into_iter().enumerate().map(|(i, candidate)| {
        let Candidate { workspace, role, answer } = candidate;
        if several {
            view! {
                <div class="consent-place">
                    <label class="choice">
                        <input type="radio" name="workspace" value=workspace.slug checked={i == 0} required />
                        <span class="choice__title"><bdi>{workspace.name}</bdi></span>
                        <span class="choice__note">{role}</span>
                    </label>
                    <div class="consent-place__gets"><Gets answer /></div>
                </div>
            }
            .into_any()
        } else {
            view! {
                <input type="hidden" name="workspace" value=workspace.slug />
                <p>{format!("In the {one} ")} <strong><bdi>{workspace.name}</bdi></strong> {format!(", where your role is {role}, it could:")}</p>
                <Gets answer />
            }
            .into_any()
        }
    });
    let open = open.collect_view();
    view! {
        {if several {
            view! {
                <fieldset class="field">
                    <legend class="field__label">{format!("In which {one}?")}</legend>
                    <div class="choices">{open}</div>
                </fieldset>
            }.into_any()
        } else {
            open.into_any()
        }}
        {none.then(|| view! { <p>{format!("It cannot be let into any of your {many}:")}</p> })}
        {(!closed.is_empty()).then(|| view! { <ul class="prose-list consent__closed">{closed}</ul> })}
    }
    .into_any()
}

/// Whether there is a place where a yes does something.
pub(crate) fn can_go_on(candidates: &[Candidate]) -> bool {
    candidates.iter().any(is_open)
}

/// A yes where somebody has to approve the app asks them to.
fn is_open(candidate: &Candidate) -> bool {
    candidate.is_possible() || candidate.answer == Answerable::NeedsApproval
}

/// What an app gets in one place.
#[component]
fn Gets(answer: Answerable) -> impl IntoView {
    match answer {
        Answerable::Yes { scopes, .. } => {
            let scopes = scopes.into_iter().map(|scope| view! { <Scope scope /> });
            view! { <ul class="consent-scopes">{scopes.collect_view()}</ul> }.into_any()
        }
        Answerable::NeedsApproval => {
            view! { <p class="quiet">"Whoever manages apps there has to approve it first. “Allow” asks them."</p> }
                .into_any()
        }
        Answerable::Refused | Answerable::Suspended | Answerable::NoPlan => ().into_any(),
    }
}

#[component]
fn Scope(scope: AskedScope) -> impl IntoView {
    let reason = scope.missing.as_ref().map(|missing| match missing {
        Withheld::Role(role) => format!("Not given: your role ({role}) does not include it."),
        Withheld::Plan(plan) => format!("Not given: the {plan} plan does not include it."),
        Withheld::Policy => "Not given: no app from elsewhere gets it here.".to_owned(),
    });
    let withheld = reason.is_some();
    view! {
        <li class="consent-scope" class:consent-scope--withheld=withheld>
            <span class="consent-scope__words">{scope.description}</span>
            <code class="consent-scope__name">{scope.name}</code>
            {reason.map(|reason| view! { <span class="scope-option__reason">{reason}</span> })}
        </li>
    }
}

const fn why_closed(answer: &Answerable) -> &'static str {
    match answer {
        Answerable::Yes { .. } => "your role and the plan include nothing of what it asks for.",
        Answerable::NeedsApproval => "whoever manages apps has to approve it first.",
        Answerable::Refused => "apps from elsewhere may not be used there.",
        Answerable::Suspended => "it is suspended.",
        Answerable::NoPlan => "its plan has no API.",
    }
}
