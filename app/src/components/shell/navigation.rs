use crate::{
    Place,
    components::{Glyph, Icon},
};
use keywright_core::profile::Right;
use leptos::prelude::*;

/// The places of a workspace that the viewer may see.
#[component]
pub(crate) fn Navigation(
    place: Place,
    /// The current path: its entry is marked.
    path: String,
    /// What the product calls the page of keys.
    keys: String,
    /// What it calls that of apps.
    apps: String,
) -> impl IntoView {
    let slug = place.workspace.slug;
    let entries = [
        (Right::KeysRead, Glyph::Key, keys, format!("/w/{slug}/keys")),
        (Right::AppsRead, Glyph::Apps, apps, format!("/w/{slug}/apps")),
        (Right::KeysRead, Glyph::Chart, "Usage".to_owned(), format!("/w/{slug}/usage")),
        (Right::MembersRead, Glyph::Users, "Members".to_owned(), format!("/w/{slug}/members")),
        (Right::AuditRead, Glyph::Log, "Audit log".to_owned(), format!("/w/{slug}/audit")),
        (Right::KeysRead, Glyph::Card, "Plan".to_owned(), format!("/w/{slug}/plan")),
    ];
    let links = entries.into_iter().filter(|(right, ..)| place.role.may(*right)).map(|(_, glyph, name, href)| {
        // Why requests were refused is a question about keys, and who has let which app in one about apps.
        let refusals = glyph == Glyph::Key && is_within(&path, &format!("/w/{slug}/refusals"));
        let connected = glyph == Glyph::Apps && is_within(&path, &format!("/w/{slug}/connected"));
        let current = (refusals || connected || is_within(&path, &href)).then_some("page");
        view! {
            <li>
                <a class="nav__link" href=href aria-current=current>
                    <Icon glyph />
                    {name}
                </a>
            </li>
        }
    });
    view! { <nav class="nav" aria-label="Main"><ul>{links.collect_view()}</ul></nav> }.into_any()
}

/// Whether `path` is the page at `href` or one below it.
fn is_within(path: &str, href: &str) -> bool {
    path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

#[cfg(test)]
mod tests {
    use super::is_within;

    #[test]
    fn a_page_belongs_to_the_entry_above_it_and_to_no_neighbour() {
        for inside in ["/w/acme/keys", "/w/acme/keys/new", "/w/acme/keys?after=key_1"] {
            assert!(is_within(inside, "/w/acme/keys"), "{inside}");
        }
        for outside in ["/w/acme/keysmiths", "/w/acme", "/w/acme/audit"] {
            assert!(!is_within(outside, "/w/acme/keys"), "{outside}");
        }
    }
}
