use crate::pages::keys::reveal::{Snippets, variable};
use keywright_core::{keys::ApiKey, profile::Profile};
use leptos::prelude::*;
use std::sync::Arc;

/// The same examples as when the key was made, with a variable where the secret was.
#[component]
pub(crate) fn UseIt(
    key: ApiKey,
    profile: Arc<Profile>,
    gateway: String,
    sample: Option<(String, String)>,
) -> impl IntoView {
    let name = variable(&profile.product);
    let secret = format!("${name}");
    let line = format!("# {} “{}”\n{name}=", key.masked(), key.label);
    view! { <Snippets secret line=Some(line) gateway sample /> }
}
