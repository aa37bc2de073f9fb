use crate::components::{Badge, HEIGHT, share_of};
use keywright_core::{
    usage::{Count, CredentialShare, Home, RouteShare, UsedBy},
    words,
};
use leptos::prelude::*;

/// The keys and apps with the most requests.
#[component]
pub(crate) fn CredentialShares(slug: String, shares: Vec<CredentialShare>, sees_apps: bool) -> impl IntoView {
    let most = shares.iter().map(|share| share.count.total()).max().unwrap_or_default();
    let title = if has_apps(&shares) { "Keys and apps" } else { "Keys" };
    let items = shares.into_iter().map(|share| {
        let (count, is_app) = (share.count, share.by.app().is_some());
        let name = view! {
            {name(&slug, share, sees_apps)}
            {is_app.then(|| view! { " " <Badge text="App" /> })}
        };
        view! { <Share name=name.into_any() count most /> }
    });
    view! {
        <section class="card section" aria-labelledby="keys-title">
            <h2 id="keys-title">{title}</h2>
            <ol class="shares">{items.collect_view()}</ol>
        </section>
    }
    .into_any()
}

/// Whether an app is among them.
pub(crate) fn has_apps(shares: &[CredentialShare]) -> bool {
    shares.iter().any(|share| share.by.app().is_some())
}

/// What a key or an app is called, with the way to it if the viewer has one.
pub(crate) fn name(slug: &str, share: CredentialShare, sees_apps: bool) -> AnyView {
    let CredentialShare { by, home, label, .. } = share;
    let href = match (by, home) {
        (UsedBy::Key(id), _) => Some(format!("/w/{slug}/keys/{id}/usage")),
        (UsedBy::App(id), Home::Here) => sees_apps.then(|| format!("/w/{slug}/apps/{id}")),
        (UsedBy::App(id), Home::Elsewhere) => sees_apps.then(|| format!("/w/{slug}/apps/elsewhere/{id}")),
        (UsedBy::App(_), Home::Nowhere) => None,
    };
    match href {
        Some(href) => view! { <a href=href><bdi>{label}</bdi></a> }.into_any(),
        None => view! { <bdi>{label}</bdi> }.into_any(),
    }
}

/// The routes with the most requests.
#[component]
pub(crate) fn RouteShares(routes: Vec<RouteShare>) -> impl IntoView {
    let most = routes.iter().map(|route| route.count.total()).max().unwrap_or_default();
    let items = routes.into_iter().map(|route| {
        let name = view! { <code class="breakable">{route.route}</code> };
        view! { <Share name=name.into_any() count=route.count most /> }
    });
    view! {
        <section class="card section" aria-labelledby="routes-title">
            <h2 id="routes-title">"Routes"</h2>
            <ol class="shares">{items.collect_view()}</ol>
        </section>
    }
    .into_any()
}

/// A name, its requests, and how they compare with the most.
#[component]
pub(crate) fn Share(
    name: AnyView,
    count: Count,
    most: u64,
    /// Where nothing but refused requests is listed, and it need not be said of each.
    #[prop(optional)]
    refused_alone: bool,
) -> impl IntoView {
    let (allowed, refused) = (share_of(count.allowed, most), share_of(count.refused, most));
    let part = |class: &'static str, x: u64, width: u64| {
        (width > 0)
            .then(|| view! { <rect class=class x=x.to_string() y="0" width=width.to_string() height="10"></rect> })
    };
    let of_them = (count.refused > 0 && !refused_alone).then(|| {
        let how_many = if count.allowed > 0 { words::number(count.refused) } else { "all".to_owned() };
        view! { <span class="share__refused">{format!("{how_many} refused")}</span> }
    });
    view! {
        <li class="share">
            <span class="share__name">{name}</span>
            <span class="share__count">{words::number(count.total())}<span class="unseen">{if count.total() == 1 { " request" } else { " requests" }}</span></span>
            <svg class="bars share__bar" viewBox=format!("0 0 {HEIGHT} 10") preserveAspectRatio="none" aria-hidden="true">
                {part("bars__allowed", 0, allowed)}
                {part("bars__refused", allowed, refused)}
            </svg>
            {of_them}
        </li>
    }
    .into_any()
}
