//! `/api/v1/workspaces/{workspace}/usage`, and the same of one key.

pub mod export;

use super::openapi::{choices, query};
use crate::{path::PathId, problem::Problem, problem::whole_seconds, state::Shared, visitor::Member};
use axum::{
    extract::{Query, State},
    response::{IntoResponse as _, Response},
};
use keywright_core::{
    Time,
    gate::Gauge,
    ids::{AppId, KeyId},
    usage::{Count, CredentialShare, Range, Report},
};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::{
    ToSchema,
    openapi::path::{Parameter, ParameterIn},
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Requests of some time, and how the limits stand now.
#[derive(Serialize, ToSchema)]
#[schema(as = Usage)]
struct UsageBody {
    /// It, in the envelope of a list.
    data: UsageData,
}

/// Requests of some time, and how the limits stand now.
#[derive(Serialize, ToSchema)]
struct UsageData {
    /// The time.
    #[schema(example = "24h")]
    range: &'static str,
    /// Its beginning.
    #[schema(value_type = String, format = DateTime, example = "2026-11-20T15:00:00Z")]
    from: Time,
    /// Its end: now.
    #[schema(value_type = String, format = DateTime, example = "2026-11-21T14:03:11Z")]
    to: Time,
    /// By what requests are added up below: `minute`, `hour` or `day`, in UTC.
    #[schema(example = "hour")]
    grain: &'static str,
    /// How many were let through.
    #[schema(example = 412)]
    allowed: u64,
    /// How many were not.
    #[schema(example = 3)]
    refused: u64,
    /// Every minute, hour or day, the earliest first.
    buckets: Vec<BucketBody>,
    /// Of the ten keys and apps with the most requests, the keys; none where the usage is that of a key.
    keys: Vec<KeyShareBody>,
    /// Of the same ten, the apps.
    apps: Vec<AppShareBody>,
    /// The ten routes with the most requests.
    routes: Vec<RouteShareBody>,
    /// Why requests were refused, the most frequent reason first.
    refusals: Vec<ReasonBody>,
    /// Every limit of the plan.
    limits: Vec<LimitBody>,
}

/// A minute, an hour or a day.
#[derive(Serialize, ToSchema)]
#[schema(as = UsageBucket)]
struct BucketBody {
    /// When it began.
    #[schema(value_type = String, format = DateTime, example = "2026-11-21T14:00:00Z")]
    start: Time,
    /// How many were let through.
    #[schema(example = 412)]
    allowed: u64,
    /// How many were not.
    #[schema(example = 3)]
    refused: u64,
}

/// The requests with one key.
#[derive(Serialize, ToSchema)]
#[schema(as = UsageOfKey)]
struct KeyShareBody {
    /// Its id.
    #[schema(value_type = String, example = "<key-id>")]
    id: KeyId,
    /// What people call it.
    #[schema(example = "CI deploy")]
    label: String,
    /// How many were let through.
    #[schema(example = 412)]
    allowed: u64,
    /// How many were not.
    #[schema(example = 3)]
    refused: u64,
}

/// The requests with the tokens of one app, whoever let it in.
#[derive(Serialize, ToSchema)]
#[schema(as = UsageOfApp)]
struct AppShareBody {
    /// Its id. The app may be gone.
    #[schema(value_type = String, example = "<app-id>")]
    id: AppId,
    /// What it calls itself; `A deleted app` if it is gone.
    #[schema(example = "Reporter")]
    name: String,
    /// How many were let through.
    #[schema(example = 412)]
    allowed: u64,
    /// How many were not.
    #[schema(example = 3)]
    refused: u64,
}

/// The requests for one route.
#[derive(Serialize, ToSchema)]
#[schema(as = UsageOfRoute)]
struct RouteShareBody {
    /// As the product spells it.
    #[schema(example = "<route>")]
    route: String,
    /// How many were let through.
    #[schema(example = 412)]
    allowed: u64,
    /// How many were not.
    #[schema(example = 3)]
    refused: u64,
}

/// Why requests were refused.
#[derive(Serialize, ToSchema)]
#[schema(as = UsageRefusals)]
struct ReasonBody {
    /// The reason: the same word as the `code` of `/gate/verify`.
    #[schema(example = "insufficient_scope")]
    reason: String,
    /// How many.
    #[schema(example = 3)]
    requests: u64,
}

/// A limit of the plan, and what is left of it.
#[derive(Serialize, ToSchema)]
#[schema(as = LimitLeft)]
struct LimitBody {
    /// What it is called; `concurrent` for executions at once.
    #[schema(example = "minute")]
    name: String,
    /// How much there is.
    #[schema(example = 15)]
    limit: u64,
    /// How much is left.
    #[schema(example = 12)]
    remaining: u64,
    /// In how many seconds all of it is free again; `null` where no time decides.
    #[schema(example = 43)]
    resets_in: Option<u64>,
}

/// Everything about usage, below the address of its workspace.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(of_workspace)).routes(routes!(of_key))
}

/// Over which time, for the description.
struct Ranges;

impl utoipa::IntoParams for Ranges {
    fn into_params(_place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = "The time that ends now: an hour by the minute, 24 hours by the hour, or days. `24h` if absent.";
        vec![query("range", text, choices(Range::ALL))]
    }
}

/// Get the usage of the workspace
///
/// Requests with its keys and by apps in it, and how much of each limit that they share is left now. A request is seen
/// here within five seconds.
#[utoipa::path(
    get, path = "/usage", tag = "Usage", operation_id = "getUsage", params(Ranges),
    responses((status = 200, description = "The usage.", body = UsageBody)),
    extensions(("x-right" = json!("keys:read"))),
)]
async fn of_workspace(
    State(app): State<Shared>,
    Member(actor): Member,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let report = app.services.usage.report(&actor, None, range(&query)?).await?;
    Ok(answer(report, app.services.gate.gauges(&actor, None).await?))
}

/// Get the usage of a key
///
/// Requests with it, and how much of each limit is left for it now, those that it shares with the other keys included.
#[utoipa::path(
    get, path = "/api-keys/{id}/usage", tag = "Usage", operation_id = "getKeyUsage", params(PathId<KeyId>, Ranges),
    responses((status = 200, description = "The usage.", body = UsageBody)),
    extensions(("x-right" = json!("keys:read"))),
)]
async fn of_key(
    State(app): State<Shared>,
    Member(actor): Member,
    PathId(id): PathId<KeyId>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let report = app.services.usage.report(&actor, Some(id), range(&query)?).await?;
    Ok(answer(report, app.services.gate.gauges(&actor, Some(id)).await?))
}

/// The time that a query string asks for.
pub fn range(query: &HashMap<String, String>) -> Result<Range, Problem> {
    Range::parse(query.get("range").map(String::as_str)).map_err(|error| Problem::bad_query(vec![error]))
}

fn answer(report: Report, gauges: Vec<Gauge>) -> Response {
    let (range, total) = (report.range, report.total());
    let data = UsageData {
        range: range.code(),
        from: report.buckets.first().map_or(report.until, |bucket| bucket.start),
        to: report.until,
        grain: range.grain().word(),
        allowed: total.allowed,
        refused: total.refused,
        buckets: report.buckets.into_iter().map(|bucket| BucketBody::of(bucket.start, bucket.count)).collect(),
        keys: report.shares.iter().filter_map(KeyShareBody::of).collect(),
        apps: report.shares.iter().filter_map(AppShareBody::of).collect(),
        routes: report.routes.into_iter().map(|route| RouteShareBody::of(route.route, route.count)).collect(),
        refusals: report
            .reasons
            .into_iter()
            .map(|reason| ReasonBody { reason: reason.code, requests: reason.requests })
            .collect(),
        limits: gauges.into_iter().map(LimitBody::from).collect(),
    };
    axum::Json(UsageBody { data }).into_response()
}

impl BucketBody {
    const fn of(start: Time, Count { allowed, refused }: Count) -> Self {
        Self { start, allowed, refused }
    }
}

impl KeyShareBody {
    /// None of an app.
    fn of(share: &CredentialShare) -> Option<Self> {
        let Count { allowed, refused } = share.count;
        Some(Self { id: share.by.key()?, label: share.label.clone(), allowed, refused })
    }
}

impl AppShareBody {
    /// None of a key.
    fn of(share: &CredentialShare) -> Option<Self> {
        let Count { allowed, refused } = share.count;
        Some(Self { id: share.by.app()?, name: share.label.clone(), allowed, refused })
    }
}

impl RouteShareBody {
    const fn of(route: String, Count { allowed, refused }: Count) -> Self {
        Self { route, allowed, refused }
    }
}

impl From<Gauge> for LimitBody {
    fn from(gauge: Gauge) -> Self {
        match gauge {
            Gauge::Window { limit, remaining, resets_in } => {
                let resets_in = Some(whole_seconds(resets_in));
                Self { name: limit.name, limit: limit.requests, remaining, resets_in }
            }
            Gauge::Running { limit, held } => Self {
                name: "concurrent".to_owned(),
                limit: limit.into(),
                remaining: limit.saturating_sub(held).into(),
                resets_in: None,
            },
        }
    }
}
