//! `/w/{slug}/usage` and `/w/{slug}/keys/{id}/usage`: how many requests, when, with what and for what, and what became
//! of them.

mod chart;
mod empty;
mod figures;
mod ranges;
mod reasons;
mod shares;
#[cfg(test)]
mod tests;

pub use crate::components::{Meters, MetersProps};

use crate::components::{Glyph, Icon, LimitMeters, PageHeader};
use chart::Chart;
use empty::Empty;
use figures::Figures;
use keywright_core::{
    gate::Gauge,
    keys::{ApiKey, KeyStatus},
    profile::Profile,
    usage::{Range, Report},
};
use leptos::prelude::*;
use ranges::Ranges;
use reasons::Reasons;
use shares::{CredentialShares, RouteShares, has_apps};
use std::sync::Arc;

/// The usage of a workspace or of one of its keys.
#[component]
pub fn UsagePage(
    /// The workspace's place in URLs.
    slug: String,
    /// The product.
    profile: Arc<Profile>,
    /// The key; without one, all keys and apps of the workspace.
    key: Option<ApiKey>,
    /// The requests.
    report: Report,
    /// How the limits stand.
    gauges: Vec<Gauge>,
    /// Whether the viewer may make keys.
    can_manage: bool,
    /// Whether the viewer may see apps.
    sees_apps: bool,
    /// Where requests go: the base URL.
    gateway: String,
    /// A request to try: method and path.
    sample: Option<(String, String)>,
) -> impl IntoView {
    let here = key.as_ref().map_or_else(|| format!("/w/{slug}"), |key| format!("/w/{slug}/keys/{}", key.id));
    let (range, now, ever) = (report.range, report.until, report.ever);
    let header = header(&slug, &profile, key.as_ref(), range, ever);
    // What no longer works has no limits to stay within.
    let over = key.as_ref().is_some_and(|key| matches!(key.status(now), KeyStatus::Expired | KeyStatus::Revoked));
    let limits = (!gauges.is_empty() && !over).then(|| {
        let (again, source) = (format!("{here}/usage?range={}", range.code()), format!("{here}/usage/limits"));
        view! { <LimitMeters gauges now again source /> }
    });
    let body = if ever {
        let silent = report.total().total() == 0;
        let with_apps = has_apps(&report.shares);
        let shares = report.shares.clone();
        let shares = key.is_none().then(|| view! { <CredentialShares slug=slug.clone() shares sees_apps /> });
        view! {
            <Ranges here=here.clone() range />
            <div class="usage">
                <Figures slug report=report.clone() key sees_apps />
                <Chart report=report.clone() />
                {limits}
                {(!silent).then(|| view! {
                    <div class="usage__parts">
                        {shares}
                        <RouteShares routes=report.routes.clone() />
                        <Reasons reasons=report.reasons with_apps />
                    </div>
                })}
            </div>
        }
        .into_any()
    } else {
        view! { <Empty slug profile key can_manage gateway sample />{limits} }.into_any()
    };
    view! { {header}{body} }.into_any()
}

fn header(slug: &str, profile: &Profile, key: Option<&ApiKey>, range: Range, ever: bool) -> AnyView {
    let export = |here: &str| {
        let href = format!("{here}/usage.csv?range={}", range.code());
        ever.then(|| {
            view! { <a class="button" href=href download=""><Icon glyph=Glyph::Download />"Export CSV"</a> }.into_any()
        })
    };
    match key {
        None => {
            let lead = format!("Requests of this {}, with keys and by apps.", profile.words.workspace);
            let export = export(&format!("/w/{slug}"));
            view! { <PageHeader title="Usage".into_any() lead=lead.into_any()>{export}</PageHeader> }.into_any()
        }
        Some(key) => {
            let here = format!("/w/{slug}/keys/{}", key.id);
            let title = view! { "Usage of " <bdi>{key.label.clone()}</bdi> };
            let lead = view! { <code class="masked">{key.masked()}</code> };
            let export = export(&here);
            view! {
                <PageHeader title=title.into_any() lead=lead.into_any() up=(key.label.clone(), here)>{export}</PageHeader>
            }
            .into_any()
        }
    }
}
