use crate::components::{Badge, Moment, Tone};
use keywright_core::{Time, profile::Profile, refusals::FirstCall, words};
use leptos::prelude::*;
use std::sync::Arc;

/// What has come with a new secret so far. The island asks for it again and puts it in its own place.
#[component]
pub fn FirstCallState(
    /// The workspace's place in URLs.
    slug: String,
    /// The product.
    profile: Arc<Profile>,
    /// What has come.
    call: FirstCall,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let over = call.is_over(now);
    match call {
        FirstCall::Waiting => view! {
            <div class="first-call" data-first-call="waiting">
                <p class="first-call__waiting">"Waiting for the first request with this key…"</p>
            </div>
        }
        .into_any(),
        FirstCall::Passed(last) => view! {
            <div class="first-call" data-first-call=if over { "over" } else { "passed" }>
                <p>
                    <AnswerBadge status=last.status /> " "
                    <strong>{last.route}</strong> " · " <Moment at=last.at text=words::ago(last.at, now) />
                    <span class="quiet">" from " <span class="mono">{last.address}</span></span>
                </p>
                {last.status.filter(|status| *status >= 400).map(|_| view! {
                    <p>"The key was good, and let it through. It is the request that failed."</p>
                })}
            </div>
        }
        .into_any(),
        FirstCall::Refused(request) => {
            let (sentence, status) = (request.sentence(&profile), request.status(&profile));
            let advice = request.explain(&profile).fix.map(|(_, words)| words);
            let route = request.facts.route.clone().unwrap_or_else(|| "No route of the API".to_owned());
            let href = format!("/w/{slug}/refusals/{}", request.request_id);
            view! {
                <div class="first-call" data-first-call="refused">
                    <p>
                        <Badge tone=Tone::Danger text=status.to_string() /> " "
                        <strong>{route}</strong> " · " <Moment at=request.at text=words::ago(request.at, now) />
                    </p>
                    <p>{sentence} " " {advice} " " <a href=href data-stored="">"Why?"</a></p>
                </div>
            }
            .into_any()
        }
    }
}

/// What it was answered, where that is known.
#[component]
fn AnswerBadge(status: Option<u16>) -> impl IntoView {
    match status {
        None => view! { <Badge tone=Tone::Good text="Let through" /> },
        Some(status) => {
            let tone = match status {
                ..400 => Tone::Good,
                400..500 => Tone::Warning,
                500.. => Tone::Danger,
            };
            view! { <Badge tone text=status.to_string() /> }
        }
    }
}
