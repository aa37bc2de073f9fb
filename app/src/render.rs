//! From a frame and a page to the text of an HTML document.

use crate::{
    Frame, Theme,
    components::{Doorway, Shell},
};
use hydration_context::SsrSharedContext;
use leptos::{config::LeptosOptions, hydration::HydrationScripts, nonce::Nonce, prelude::*};
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
        provide_context(Arc::clone(&frame.profile));
        let nonce = Nonce::new();
        let body = format!("<!DOCTYPE html>{}", document(frame, page, nonce.clone()).to_html());
        Html { body, nonce: nonce.to_string() }
    });
    owner.unset_with_forced_cleanup();
    html
}

/// Renders a part of a page alone, for an island that puts it in its place.
pub fn part<V: IntoView + 'static>(part: impl FnOnce() -> V) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new())));
    let html = owner.with(|| part().into_any().to_html());
    owner.unset_with_forced_cleanup();
    html
}

fn document<V: IntoView + 'static>(frame: Frame, page: impl FnOnce() -> V, nonce: Nonce) -> impl IntoView {
    // The attribute is absent for the system's theme: the style sheet then asks the browser.
    let theme = (frame.theme != Theme::System).then(|| frame.theme.as_str());
    let title = frame.full_title();
    let assets = Arc::clone(&frame.assets);
    let options = script_options(&assets.package);
    // Before the page is made: this tells islands that nothing around them hydrates. The nonce is given
    // here and not by context, so that the preloads carry it too, and the script not twice: browsers
    // run no script that has an attribute twice.
    let scripts = view! { <HydrationScripts options islands=true attr:nonce=nonce /> };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Assets, fixtures};

    #[test]
    fn a_title_is_text_whatever_it_is_made_of() {
        let frame = Frame { title: "</title><script>alert(1)</script>".into(), ..fixtures::frame() };
        let html = render(frame, || ());
        assert!(html.body.contains("<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt; · Acme</title>"));
    }

    #[test]
    fn the_one_script_carries_the_nonce_and_no_two_pages_share_it() {
        let [one, two] = [(); 2].map(|()| render(fixtures::frame(), || ()));
        assert!(one.body.contains(&format!(r#"<script type="module" nonce="{}""#, one.nonce)));
        assert_eq!(one.body.matches("<script").count(), 1);
        assert_eq!(one.body.matches(&one.nonce).count(), 3, "the script and the two files that it loads");
        assert_ne!(one.nonce, two.nonce);
    }

    #[test]
    fn the_script_is_asked_for_by_the_name_that_the_build_gave_it() {
        let assets = Assets { package: "keywright-0a1b".into(), ..fixtures::frame().assets.as_ref().clone() };
        let html = render(Frame { assets: Arc::new(assets), ..fixtures::frame() }, || ());
        assert!(html.body.contains(r#"href="/assets/keywright-0a1b.js""#));
        assert!(html.body.contains(r#"href="/assets/keywright-0a1b.wasm""#));
    }

    #[test]
    fn the_systems_theme_leaves_the_choice_to_the_browser() {
        assert!(render(fixtures::frame(), || ()).body.contains(r#"<html lang="en"><head>"#));
        let dark = Frame { theme: Theme::Dark, ..fixtures::frame() };
        assert!(render(dark, || ()).body.contains(r#"<html lang="en" data-theme="dark">"#));
    }
}
