//! `/api/v1/workspaces/{workspace}/refusals`.

use super::{
    openapi::{choices, query},
    paging::{ListBody, Paging, listed},
};
use crate::{
    path::PathRequestId,
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use keywright_app::pages::refusals::fix_link;
use keywright_core::{
    Time,
    actor::Actor,
    gate::{Check, Checked, Explanation, Facts, Fix, Outcome, Reason},
    ids::{KeyId, RefusalId},
    refusals::{Listed, RefusalQuery},
};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use utoipa::{
    ToSchema,
    openapi::{
        ObjectBuilder, Type,
        path::{Parameter, ParameterIn},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// A refused request in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = Refusal)]
struct RefusalBody {
    /// What its caller was told that it is called: the `X-Request-Id` of the answer.
    #[schema(example = "0198c0de-7f3a-7000-8000-000000000006")]
    request_id: String,
    /// When it came.
    #[schema(value_type = String, format = DateTime, example = "2026-11-20T14:03:11Z")]
    at: Time,
    /// Why it was refused, for programs.
    #[schema(example = "insufficient_scope")]
    code: &'static str,
    /// Why it was refused, for people.
    #[schema(example = "The request needs a scope. The key lacks it.")]
    message: String,
    /// The key that it brought.
    #[schema(value_type = String, example = "<key-id>")]
    key_id: KeyId,
    /// What people call that key.
    #[schema(example = "CI deploy")]
    key_label: String,
    /// The route that it was for, as the product spells it; none if it was for none.
    #[schema(value_type = Option<String>, example = "<route>")]
    route: Option<String>,
    /// From where.
    #[schema(value_type = Option<String>, example = "203.0.113.7")]
    ip: Option<String>,
}

/// A page of refused requests.
type RefusalList = ListBody<RefusalBody>;

/// A refused request, explained.
#[derive(Serialize, ToSchema)]
#[schema(as = ExplainedRefusal)]
struct ExplainedBody {
    /// The request.
    #[serde(flatten)]
    #[schema(inline)]
    refusal: RefusalBody,
    /// Every check, in the order of the gate.
    checks: Vec<CheckBody>,
    /// What would have let it pass.
    fix: Option<FixBody>,
}

/// A check, and what came of it.
#[derive(Serialize, ToSchema)]
#[schema(as = Check)]
pub struct CheckBody {
    /// Which.
    #[schema(example = "scopes")]
    check: &'static str,
    /// `passed`, `failed`, or `not_reached` because an earlier one had failed.
    #[schema(example = "failed")]
    outcome: &'static str,
    /// What was seen, for people.
    #[schema(example = "The request needs a scope. The key lacks it.")]
    message: String,
    /// What was seen, for programs; each check has its own members.
    #[schema(value_type = Object, example = json!({
        "needed": ["<scope>"], "effective": [], "missing": [{"scope": "<scope>", "from": "key"}]
    }))]
    values: Value,
}

/// What would let a request pass.
#[derive(Serialize, ToSchema)]
#[schema(as = Fix)]
pub struct FixBody {
    /// For programs.
    #[schema(example = "edit_scopes")]
    code: &'static str,
    /// For people.
    #[schema(example = "Give the key the scope.")]
    message: String,
    /// Where that is done, if it is done in the dashboard.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://keys.example.com/w/acme/keys")]
    url: Option<String>,
}

/// Everything about refusals, below the address of their workspace.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get))
}

/// By what the list can be narrowed, for its description.
struct Filters;

impl utoipa::IntoParams for Filters {
    fn into_params(_place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let reasons: Vec<_> = Reason::ALL.iter().map(|(reason, _)| (reason.code(), *reason)).collect();
        let key = ObjectBuilder::new().schema_type(Type::String);
        vec![query("key", "With which key: its id.", key), query("reason", "Why they were refused.", choices(&reasons))]
    }
}

/// List refused requests
///
/// Those of the last seven days, the latest first. Of a key that is refused over and over not every request is kept;
/// the usage counts all of them.
#[utoipa::path(
    get, path = "/refusals", tag = "Refusals", operation_id = "listRefusals", params(Filters, Paging<RefusalId>),
    responses((status = 200, description = "A page of refused requests.", body = RefusalList)),
    extensions(("x-right" = json!("keys:read"))),
)]
async fn list(
    State(app): State<Shared>,
    Member(actor): Member,
    Query(query): Query<HashMap<String, String>>,
    Paging(request): Paging<RefusalId>,
) -> Result<Response, Problem> {
    let asked = RefusalQuery::parse(|name| query.get(name).map(String::as_str)).map_err(Problem::bad_query)?;
    let page = app.services.refusals.list(&actor, &asked, request).await?;
    Ok(listed(page, |listed| refusal(&app, listed)))
}

/// Explain a refused request
///
/// The checks in the order in which the gate makes them, each with what was seen at that moment, and what would have
/// let the request pass.
#[utoipa::path(
    get, path = "/refusals/{request_id}", tag = "Refusals", operation_id = "explainRefusal", params(PathRequestId),
    responses((status = 200, description = "The request, explained.", body = ExplainedBody)),
    extensions(("x-right" = json!("keys:read"))),
)]
async fn get(
    State(app): State<Shared>,
    Member(actor): Member,
    PathRequestId(request_id): PathRequestId,
) -> Result<Response, Problem> {
    let listed = app.services.refusals.get(&actor, &request_id).await?;
    let explanation = listed.request.explain(&app.services.profile);
    let checks = checks(&explanation, &listed.request.facts);
    let fix = explanation.fix.map(|fix| FixBody { url: url(&app, &actor, listed.request.key, fix.0), ..fix.into() });
    Ok(axum::Json(ExplainedBody { refusal: refusal(&app, listed), checks, fix }).into_response())
}

fn refusal(app: &App, Listed { request, label }: Listed) -> RefusalBody {
    RefusalBody {
        message: request.sentence(&app.services.profile),
        code: request.reason.code(),
        request_id: request.request_id,
        at: request.at,
        key_id: request.key,
        key_label: label,
        route: request.facts.route,
        ip: request.facts.address.map(|address| address.to_string()),
    }
}

fn url(app: &App, actor: &Actor, key: KeyId, fix: Fix) -> Option<String> {
    let (path, _) = fix_link(&actor.workspace.slug, key, fix)?;
    Some(app.public_url.join(&path))
}

/// The checks, as programs get them.
#[must_use]
pub fn checks(explanation: &Explanation, facts: &Facts) -> Vec<CheckBody> {
    let body = |checked: &Checked| CheckBody {
        check: checked.check.code(),
        outcome: checked.outcome.code(),
        message: checked.words.clone(),
        values: if checked.outcome == Outcome::NotReached { json!({}) } else { values(checked, facts) },
    };
    explanation.checks.iter().map(body).collect()
}

fn values(checked: &Checked, facts: &Facts) -> Value {
    match checked.check {
        Check::Place => facts.place.map_or_else(|| json!({}), |place| json!({ "place": place })),
        Check::Route => json!({ "route": facts.route }),
        Check::NotReplaced => json!({ "retires_at": facts.retires_at }),
        Check::NotExpired => json!({ "expires_at": facts.expires_at }),
        Check::OwnerIsMember => json!({ "user_id": facts.owner }),
        Check::Address => json!({ "ip": facts.address, "allowed_ips": facts.networks }),
        Check::Scopes => json!({ "needed": facts.needed, "effective": facts.effective, "missing": facts.lacking }),
        Check::Limits => checked.limit.as_ref().map_or_else(|| json!({}), |limit| json!(limit)),
        Check::Known | Check::NotRevoked | Check::Enabled | Check::NotSuspended | Check::PlanHasApi | Check::AtOnce => {
            json!({})
        }
    }
}

impl From<(Fix, String)> for FixBody {
    fn from((fix, message): (Fix, String)) -> Self {
        Self { code: fix.code(), message, url: None }
    }
}
