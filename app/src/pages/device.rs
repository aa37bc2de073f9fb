//! `/device`: a person lets in a device that has no browser.

use super::consent::{AppFacts, Places, can_go_on};
use crate::components::{Field, Glyph, Icon, Moment, message_for};
use keywright_core::{Time, error::FieldError, oauth::DeviceRequest, profile::Profile, words};
use leptos::prelude::*;
use std::sync::Arc;

/// Where the code is typed that the device shows.
#[component]
pub fn DeviceCodePage(
    /// The code as it was typed, or as a link brought it.
    code: String,
    /// What is wrong with it.
    errors: Vec<FieldError>,
) -> impl IntoView {
    view! {
        <section class="card door-card">
            <h1>"Connect a device"</h1>
            <p class="door-card__lead">"Type the code that your device or command line shows."</p>
            <form class="form" method="post" action="/device" novalidate>
                <Field name="user_code" label="Code" value=code hint="Eight letters, like WDJB-MJHT." autocomplete="one-time-code"
                    most=20 error=message_for(&errors, "user_code") autofocus=true />
                <button class="button button--primary button--wide">"Continue"</button>
            </form>
        </section>
    }
    .into_any()
}

/// Who asks, from where and since when: whoever was sent the code by somebody else sees that the device is not theirs.
#[component]
pub fn DeviceConfirmPage(
    /// What is asked.
    request: DeviceRequest,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let product = use_context::<Arc<Profile>>().map(|profile| profile.product.clone()).unwrap_or_default();
    let possible = can_go_on(&request.candidates);
    let address = request.address.unwrap_or_else(|| "an unknown address".to_owned());
    view! {
        <section class="card door-card consent">
            <h1>"Let this device use " {product} " for you?"</h1>
            <p class="user-code mono">{request.user_code.clone()}</p>
            <div class="notice notice--warning">
                <Icon glyph=Glyph::Alert />
                <p class="notice__text">
                    "Asked for by " <bdi>{request.app.name.clone()}</bdi> " from " <span class="mono">{address}</span> ", "
                    <Moment at=request.created_at text=words::ago(request.created_at, now) />
                    ". Allow it only if your own device shows this code. If somebody sent it to you, deny."
                </p>
            </div>
            <AppFacts app=request.app leads_to=None user=request.user resources=request.resources />
            <form class="form" method="post" action="/device/decision">
                <input type="hidden" name="user_code" value=request.user_code />
                <Places candidates=request.candidates />
                <div class="consent__answers">
                    <button class="button" name="decision" value="deny">"Deny"</button>
                    {possible.then(|| view! { <button class="button" name="decision" value="allow">"Allow"</button> })}
                </div>
            </form>
        </section>
    }
    .into_any()
}

/// What comes of it: the rest happens on the device.
#[component]
pub fn DeviceDonePage(
    /// Whether it was let in.
    allowed: bool,
) -> impl IntoView {
    let (title, words) = if allowed {
        ("The device is connected", "Go back to it: it goes on by itself in a few seconds. You can close this page.")
    } else {
        ("The device was not let in", "It learns that by itself. You can close this page.")
    };
    view! {
        <section class="card door-card">
            <h1>{title}</h1>
            <p>{words}</p>
            <a class="button button--wide" href="/account/apps">"See connected apps"</a>
        </section>
    }
    .into_any()
}
