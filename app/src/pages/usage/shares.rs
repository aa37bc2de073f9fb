use crate::components::{HEIGHT, share_of};
use keywright_core::{
    usage::{Count, KeyShare, RouteShare},
    words,
};
use leptos::prelude::*;

/// The keys with the most requests.
#[component]
pub(crate) fn KeyShares(slug: String, keys: Vec<KeyShare>) -> impl IntoView {
    let most = keys.iter().map(|key| key.count.total()).max().unwrap_or_default();
    let items = keys.into_iter().map(|key| {
        let href = format!("/w/{slug}/keys/{}/usage", key.id);
        let name = view! { <a href=href><bdi>{key.label}</bdi></a> };
        view! { <Share name=name.into_any() count=key.count most /> }
    });
    view! {
        <section class="card section" aria-labelledby="keys-title">
            <h2 id="keys-title">"Keys"</h2>
            <ol class="shares">{items.collect_view()}</ol>
        </section>
    }
    .into_any()
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
pub(crate) fn Share(name: AnyView, count: Count, most: u64) -> impl IntoView {
    let (allowed, refused) = (share_of(count.allowed, most), share_of(count.refused, most));
    let part = |class: &'static str, x: u64, width: u64| {
        (width > 0)
            .then(|| view! { <rect class=class x=x.to_string() y="0" width=width.to_string() height="10"></rect> })
    };
    let of_them = (count.refused > 0 && count.allowed > 0).then(|| {
        view! { <span class="share__refused">{format!("{} refused", words::number(count.refused))}</span> }
    });
    view! {
        <li class="share">
            <span class="share__name">{name}</span>
            <span class="share__count">{words::number(count.total())}<span class="unseen">" requests"</span></span>
            <svg class="bars share__bar" viewBox=format!("0 0 {HEIGHT} 10") preserveAspectRatio="none" aria-hidden="true">
                {part("bars__allowed", 0, allowed)}
                {part("bars__refused", allowed, refused)}
            </svg>
            {of_them}
        </li>
    }
    .into_any()
}
