use crate::components::{Notice, Tone};
use keywright_core::profile::Profile;
use leptos::prelude::*;
use std::sync::Arc;

/// Said on every page of a workspace that the operator has stopped.
#[component]
pub(crate) fn Suspension(profile: Arc<Profile>) -> impl IntoView {
    let (product, noun) = (&profile.product, &profile.words.workspace);
    let what = format!("This {noun} is suspended by {product}.");
    let then =
        format!(" Its API keys are refused, and nothing in it can be changed. Contact {product} to have it resumed.");
    view! { <Notice tone=Tone::Danger><p><strong>{what}</strong>{then}</p></Notice> }.into_any()
}
