use crate::components::Moment;
use keywright_core::{
    Time,
    apps::{App, AppKind, GrantType, Registrant},
    profile::Profile,
    words,
};
use leptos::prelude::*;
use std::sync::Arc;

/// All that is known of an app; what else a page has to say of it stands among it.
#[component]
pub(crate) fn AppFacts(
    app: App,
    profile: Arc<Profile>,
    /// Whether it is an app of somebody else: then who of them registered it, and how busy it is, is not told.
    #[prop(optional)]
    elsewhere: bool,
    now: Time,
    children: Children,
) -> impl IntoView {
    let pkce =
        app.may(GrantType::AuthorizationCode).then_some(if app.pkce_optional { "Optional" } else { "Required (S256)" });
    let website = app.client_uri.clone();
    let scopes = scopes(&app, &profile);
    let redirects = redirects(&app);
    let registered = registered(&app, &profile, elsewhere, now);
    view! {
        <dl class="facts">
            <div><dt>"Runs"</dt><dd>{runs(app.kind)}</dd></div>
            {(!elsewhere).then(|| view! { <div><dt>"Last token"</dt><dd>{last_token(app.last_used_at, now)}</dd></div> })}
            {app.disabled_at.map(|at| view! { <div><dt>"Disabled"</dt><dd><Moment at text=words::ago(at, now) /></dd></div> })}
            {children()}
            {redirects}
            <div><dt>"May ask for"</dt><dd>{scopes}</dd></div>
            {pkce.map(|words| view! { <div><dt>"PKCE"</dt><dd>{words}</dd></div> })}
            <div><dt>"Proves itself by"</dt><dd>{app.auth_method.words()}</dd></div>
            {website.map(|uri| view! {
                <div><dt>"Website"</dt><dd><a class="breakable" href=uri.clone() rel="noreferrer noopener nofollow">{uri.clone()}</a></dd></div>
            })}
            <div><dt>"Registered"</dt><dd>{registered}</dd></div>
        </dl>
    }
    .into_any()
}

fn last_token(at: Option<Time>, now: Time) -> AnyView {
    match at {
        Some(at) => view! { <Moment at text=words::ago(at, now) /> }.into_any(),
        None => "Never".into_any(),
    }
}

const fn runs(kind: AppKind) -> &'static str {
    match kind {
        AppKind::Server => "On a server; people allow it",
        AppKind::Public => "In a browser or on a device, without a secret; people allow it",
        AppKind::Device => "On a device without a browser; people allow it elsewhere",
        AppKind::Machine => "On a server; it acts for itself",
    }
}

fn redirects(app: &App) -> Option<AnyView> {
    let uris = app.redirect_uris.clone();
    (!uris.is_empty()).then(|| {
        let items = uris.into_iter().map(|uri| view! { <li><code class="breakable">{uri.to_string()}</code></li> });
        view! { <div><dt>"Redirect addresses"</dt><dd><ul class="facts__list">{items.collect_view()}</ul></dd></div> }
            .into_any()
    })
}

fn scopes(app: &App, profile: &Profile) -> AnyView {
    let items = app.scopes.iter().map(|name| {
        let words = profile.scopes.iter().find(|spec| spec.name == *name).map(|spec| spec.description.clone());
        let words = words.unwrap_or_else(|| format!("{} has no such scope any more", profile.product));
        view! { <li><code>{name.clone()}</code>" "<span class="quiet">{words}</span></li> }
    });
    view! { <ul class="facts__list">{items.collect_view()}</ul> }.into_any()
}

fn registered(app: &App, profile: &Profile, elsewhere: bool, now: Time) -> AnyView {
    let when = view! { <Moment at=app.created_at text=words::ago(app.created_at, now) /> };
    match app.registrant.clone() {
        Registrant::Member { workspace_name, .. } if elsewhere => {
            view! { {when}<span class="quiet">" by " <bdi>{workspace_name}</bdi></span> }.into_any()
        }
        Registrant::Member { person, role, .. } => {
            let has_left = role.is_none().then(|| view! { <span class="soon">", who has left"</span> });
            view! { {when}<span class="quiet">" by " <bdi>{person.name}</bdi></span>{has_left} }.into_any()
        }
        Registrant::Itself { address } => {
            let from = address.map(|address| view! { " from " <span class="mono">{address}</span> });
            let by = format!(" by itself, not by anybody of {}", profile.product);
            view! { {when}<span class="quiet">{by}{from}</span> }.into_any()
        }
        Registrant::BuiltIn => ().into_any(),
    }
}
