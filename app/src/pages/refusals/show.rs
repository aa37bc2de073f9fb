use super::links::{fix_link, is_open_to_all};
use crate::components::{Checklist, Moment, Notice, PageHeader, Tone};
use keywright_core::{
    Time,
    gate::Fix,
    profile::Profile,
    refusals::{Listed, RefusedRequest},
    words,
};
use leptos::prelude::*;
use std::sync::Arc;

/// One refused request: what was checked, what failed, and what would have let it pass.
#[component]
pub fn RefusalPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The product.
    profile: Arc<Profile>,
    /// The request.
    listed: Listed,
    /// Whether the viewer may change keys.
    can_manage: bool,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let Listed { request, label } = listed;
    let explanation = request.explain(&profile);
    let (sentence, status) = (request.sentence(&profile), request.status(&profile));
    let RefusedRequest { request_id, at, key, reason, facts, .. } = request;
    let fix = explanation.fix.map(|(fix, words)| {
        let link = fix_link(&slug, key, fix).filter(|_| can_manage || is_open_to_all(fix));
        view! { <Advice fix words link /> }
    });
    view! {
        <PageHeader
            title=reason.title().into_any()
            lead=view! { "Refused with " {status} ", " <Moment at text=words::ago(at, now) /> }.into_any()
            up=("Why was this refused?".to_owned(), format!("/w/{slug}/refusals"))
        />
        <Notice tone=Tone::Danger>
            <strong>{sentence}</strong>
            {fix}
        </Notice>
        <section class="card section" aria-labelledby="checks-title">
            <div>
                <h2 id="checks-title">"What was checked"</h2>
                <p class="quiet">
                    "In this order. The first that fails refuses the request, and none after it is looked at."
                </p>
            </div>
            <Checklist checks=explanation.checks />
        </section>
        <section class="card section" aria-labelledby="request-title">
            <h2 id="request-title">"The request"</h2>
            <dl class="facts">
                <div><dt>"Request id"</dt><dd><code>{request_id}</code></dd></div>
                <div><dt>"When"</dt><dd>{words::exact(at)}</dd></div>
                <div><dt>"Key"</dt><dd><a href=format!("/w/{slug}/keys/{key}")><bdi>{label}</bdi></a></dd></div>
                <div><dt>"Route"</dt><dd>{facts.route.unwrap_or_else(|| "None of the API".to_owned())}</dd></div>
                <div>
                    <dt>"From"</dt>
                    <dd class="mono">{facts.address.map_or_else(|| "–".to_owned(), |address| address.to_string())}</dd>
                </div>
            </dl>
        </section>
    }
    .into_any()
}

/// What would let the request pass, and where that is done.
#[component]
fn Advice(fix: Fix, words: String, link: Option<(String, &'static str)>) -> impl IntoView {
    view! {
        <span data-fix=fix.code()>" " {words}</span>
        {link.map(|(href, text)| view! { " " <a href=href>{text}</a> })}
    }
    .into_any()
}
