//! `/oauth/authorize`: a person is asked whether an app may act for them.

mod app_facts;
mod no_app;
mod places;

pub(crate) use app_facts::AppFacts;
pub use no_app::{LeavePage, LeavePageProps, NoAppPage, NoAppPageProps};
pub(crate) use places::{Places, can_go_on};

use crate::components::{Glyph, Icon};
use keywright_core::{oauth::ConsentRequest, profile::Profile};
use leptos::prelude::*;
use std::sync::Arc;

/// Who asks, for what, and where it leads. Yes and no are of one size.
#[component]
pub fn ConsentPage(
    /// What is asked.
    request: ConsentRequest,
) -> impl IntoView {
    let product = use_context::<Arc<Profile>>().map(|profile| profile.product.clone()).unwrap_or_default();
    let ConsentRequest { id, app, destination, is_loopback, user, candidates, resources } = request;
    let possible = can_go_on(&candidates);
    let warning = match (app.is_unverified(), is_loopback) {
        (_, true) => Some("It leads to a program on this computer. Go on only if you have just started it yourself."),
        (true, false) => Some(
            "Nobody has checked this app: the name is what it calls itself. Go on only if you know where it leads.",
        ),
        (false, false) => None,
    };
    view! {
        <section class="card door-card consent">
            <h1><bdi>{app.name.clone()}</bdi> {format!(" wants to use {product} for you")}</h1>
            {warning.map(|warning| view! {
                <div class="notice notice--warning">
                    <Icon glyph=Glyph::Alert />
                    <p class="notice__text">{warning}</p>
                </div>
            })}
            <AppFacts app leads_to=Some(destination) user resources />
            <form class="form" method="post" action="/oauth/authorize/decision">
                <input type="hidden" name="request" value=id.to_string() />
                <Places candidates />
                <div class="consent__answers">
                    <button class="button" name="decision" value="deny">"Deny"</button>
                    {possible.then(|| view! { <button class="button" name="decision" value="allow">"Allow"</button> })}
                </div>
            </form>
            <p class="quiet consent__foot">"You can take this back at any time under “Connected apps” in your account."</p>
        </section>
    }
    .into_any()
}
