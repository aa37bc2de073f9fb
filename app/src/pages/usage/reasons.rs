use super::shares::Share;
use keywright_core::{
    gate::Verdict,
    usage::{Count, Reason},
};
use leptos::prelude::*;

/// Why requests were refused; nothing where none was.
#[component]
pub(crate) fn Reasons(reasons: Vec<Reason>, with_apps: bool) -> impl IntoView {
    let most = reasons.iter().map(|reason| reason.requests).max().unwrap_or_default();
    let items = reasons.into_iter().map(|Reason { code, requests }| {
        // A word of another release is shown as it is.
        let words = Verdict::from_code(&code).map_or(code, |verdict| words(verdict, with_apps).to_owned());
        view! { <Share name=words.into_any() count=Count { allowed: 0, refused: requests } most refused_alone=true /> }
    });
    let items = items.collect_view();
    let none = items.is_empty();
    view! {
        <section class="card section" aria-labelledby="reasons-title">
            <h2 id="reasons-title">"Refused because"</h2>
            {if none {
                view! { <p class="quiet">"No request was refused."</p> }.into_any()
            } else {
                view! { <ol class="shares">{items}</ol> }.into_any()
            }}
        </section>
    }
    .into_any()
}

/// It reads after "Refused because". Where apps are among those who asked, it may have been a token.
const fn words(verdict: Verdict, with_apps: bool) -> &'static str {
    match verdict {
        Verdict::Revoked if with_apps => "The key or the app's access was revoked",
        Verdict::Disabled if with_apps => "The key or the app was disabled",
        Verdict::Expired if with_apps => "The key or the token had expired",
        Verdict::OwnerGone if with_apps => "The owner of the key or the token had left",
        Verdict::ScopeMissing if with_apps => "The key or the token lacked a scope",

        Verdict::Allowed => "It was not",
        Verdict::Missing => "There was no key",
        Verdict::Unknown => "Nobody has this key",
        Verdict::Revoked => "The key was revoked",
        Verdict::Rotated => "The secret had been replaced",
        Verdict::Disabled => "The key was disabled",
        Verdict::Expired => "The key had expired",
        Verdict::Suspended => "The workspace was suspended",
        Verdict::PlanWithoutApi => "The plan had no API",
        Verdict::OwnerGone => "The key's owner had left",
        Verdict::AddressNotAllowed => "It came from an address that is not allowed",
        Verdict::ScopeMissing => "The key lacked a scope",
        Verdict::RateLimited => "The rate limit was reached",
        Verdict::DailyLimitReached => "The day's limit was reached",
        Verdict::ConcurrencyLimited => "Too many requests were under way",
        Verdict::NoRoute => "There is no such endpoint",
    }
}
