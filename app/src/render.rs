//! From a frame and a page to the text of an HTML document.

use crate::{
    Frame, Theme,
    components::{Doorway, Shell},
};
use hydration_context::SsrSharedContext;
use leptos::{
    config::LeptosOptions,
    hydration::HydrationScripts,
    nonce::{provide_nonce, use_nonce},
    prelude::*,
};
use std::sync::Arc;

/// A document, and the nonce that its one script carries: the content security policy must name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Html {
    /// The whole document.
    pub body: String,
    /// For `script-src 'nonce-…'`.
    pub nonce: String,
}

/// Renders a page in its frame. Synchronous: pages have all their data when they are made.
///
/// `page` runs with the frame's [`Profile`](keywright_core::profile::Profile) in Leptos's context.
pub fn render<V: IntoView + 'static>(frame: Frame, page: impl FnOnce() -> V) -> Html {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new())));
    let html = owner.with(|| {
        provide_nonce();
        provide_context(Arc::clone(&frame.profile));
        let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
        let body = format!("<!DOCTYPE html>{}", document(frame, page).to_html());
        Html { body, nonce }
    });
    owner.unset_with_forced_cleanup();
    html
}

fn document<V: IntoView + 'static>(frame: Frame, page: impl FnOnce() -> V) -> impl IntoView {
    // The attribute is absent for the system's theme: the style sheet then asks the browser.
    let theme = (frame.theme != Theme::System).then(|| frame.theme.as_str());
    let title = frame.full_title();
    let assets = Arc::clone(&frame.assets);
    let options = script_options(&assets.package);
    // Before the page is made: this tells islands that nothing around them hydrates.
    let scripts = view! { <HydrationScripts options islands=true /> };
    let page = page().into_any();
    let body = if frame.viewer.is_some() {
        view! { <Shell frame>{page}</Shell> }.into_any()
    } else {
        view! { <Doorway frame>{page}</Doorway> }.into_any()
    };
    view! {
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="referrer" content="same-origin" />
                <title>{title}</title>
                <link rel="stylesheet" href=assets.css.clone() />
                <link rel="icon" href=assets.favicon.clone() type="image/svg+xml" />
                {scripts}
            </head>
            <body>{body}</body>
        </html>
    }
}

/// Built in code: the site's file names are known to whoever embedded them, not to Cargo metadata.
fn script_options(package: &str) -> LeptosOptions {
    LeptosOptions::builder().output_name(package).site_pkg_dir("assets").hash_files(false).build()
}
