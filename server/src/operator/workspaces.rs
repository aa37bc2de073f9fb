//! `/operator/workspaces` and `/operator/plans`.

use super::links;
use crate::{
    api::paging::{Paging, listed},
    body::{Json, MaybeJson},
    problem::Problem,
    state::Shared,
};
use axum::{
    Extension,
    extract::{Path, Query, State},
    http::{HeaderName, StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
};
use keywright_core::{
    Time,
    ids::WorkspaceId,
    operator::{Customer, CustomerChange, CustomerFilter, NewCustomer, Operator},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The body of a create.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Create {
    name: String,
    plan: String,
    owner: Owner,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Owner {
    email: String,
    name: String,
}

/// The body of a change.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Update {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    plan: Option<String>,
}

/// The body of a suspension; there need not be one.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suspend {
    #[serde(default)]
    reason: String,
}

/// The body of a delete.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delete {
    #[serde(default)]
    confirm: String,
}

/// A workspace as the operator sees it.
#[derive(Serialize)]
struct Body {
    id: WorkspaceId,
    slug: String,
    name: String,
    plan: String,
    suspended_at: Option<Time>,
    created_at: Time,
    keys: Keys,
    members: u32,
}

#[derive(Serialize)]
struct Keys {
    used: u32,
    limit: u32,
}

/// A new workspace, with the link for its owner.
#[derive(Serialize)]
struct CreatedBody {
    #[serde(flatten)]
    workspace: Body,
    url: String,
    url_expires_at: Time,
}

#[derive(Serialize)]
struct PlanBody {
    name: String,
    title: String,
    /// How many keys a workspace may have.
    keys: u32,
    /// Whether requests pass the gate.
    api: bool,
    scopes: Vec<String>,
}

#[derive(Serialize)]
struct PlansBody {
    data: Vec<PlanBody>,
}

/// `GET /operator/workspaces?q=&plan=&limit=&cursor=`, the latest first.
pub async fn list(
    State(app): State<Shared>,
    Extension(by): Extension<Operator>,
    Query(query): Query<HashMap<String, String>>,
    Paging(request): Paging<WorkspaceId>,
) -> Result<Response, Problem> {
    let text = |name: &str| query.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let filter = CustomerFilter { text: text("q"), plan: text("plan") };
    let page = app.services.operations.list(&by, &filter, request).await?;
    Ok(listed(page, Body::from))
}

/// `POST /operator/workspaces`.
pub async fn create(
    State(app): State<Shared>,
    Extension(by): Extension<Operator>,
    Json(create): Json<Create>,
) -> Result<Response, Problem> {
    let new = NewCustomer {
        name: create.name,
        plan: create.plan,
        owner_email: create.owner.email,
        owner_name: create.owner.name,
    };
    let (customer, link) = app.services.operations.create(&by, &new).await?;
    let headers: [(HeaderName, String); 1] = [(LOCATION, format!("/operator/workspaces/{}", customer.workspace.slug))];
    let url = links::url(&app, &link);
    let body = CreatedBody { workspace: Body::from(customer), url, url_expires_at: link.expires_at };
    Ok((StatusCode::CREATED, headers, axum::Json(body)).into_response())
}

/// `GET /operator/workspaces/{slug}`.
pub async fn get(
    State(app): State<Shared>,
    Extension(by): Extension<Operator>,
    Path(slug): Path<String>,
) -> Result<Response, Problem> {
    Ok(shown(app.services.operations.get(&by, &slug).await?))
}

/// `PATCH /operator/workspaces/{slug}`.
pub async fn change(
    State(app): State<Shared>,
    Extension(by): Extension<Operator>,
    Path(slug): Path<String>,
    Json(update): Json<Update>,
) -> Result<Response, Problem> {
    let change = CustomerChange { name: update.name, plan: update.plan };
    Ok(shown(app.services.operations.change(&by, &slug, &change).await?))
}

/// `POST /operator/workspaces/{slug}/suspend`.
pub async fn suspend(
    State(app): State<Shared>,
    Extension(by): Extension<Operator>,
    Path(slug): Path<String>,
    MaybeJson(suspend): MaybeJson<Suspend>,
) -> Result<Response, Problem> {
    Ok(shown(app.services.operations.suspend(&by, &slug, &suspend.reason).await?))
}

/// `POST /operator/workspaces/{slug}/resume`.
pub async fn resume(
    State(app): State<Shared>,
    Extension(by): Extension<Operator>,
    Path(slug): Path<String>,
) -> Result<Response, Problem> {
    Ok(shown(app.services.operations.resume(&by, &slug).await?))
}

/// `DELETE /operator/workspaces/{slug}`, with the slug once more in the body.
pub async fn delete(
    State(app): State<Shared>,
    Extension(by): Extension<Operator>,
    Path(slug): Path<String>,
    Json(delete): Json<Delete>,
) -> Result<StatusCode, Problem> {
    app.services.operations.delete(&by, &slug, &delete.confirm).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /operator/plans`: the profile's, from the smallest to the largest.
pub async fn plans(State(app): State<Shared>) -> Response {
    let profile = &app.services.profile;
    let plans = profile.plans.iter().map(|plan| PlanBody {
        name: plan.name.clone(),
        title: plan.title.clone(),
        keys: plan.keys,
        api: plan.api,
        scopes: profile.scope_names(plan.scopes),
    });
    axum::Json(PlansBody { data: plans.collect() }).into_response()
}

fn shown(customer: Customer) -> Response {
    axum::Json(Body::from(customer)).into_response()
}

impl From<Customer> for Body {
    fn from(customer: Customer) -> Self {
        let workspace = customer.workspace;
        Self {
            id: workspace.id,
            slug: workspace.slug,
            name: workspace.name,
            plan: workspace.plan,
            suspended_at: workspace.suspended_at,
            created_at: customer.created_at,
            keys: Keys { used: customer.keys_used, limit: customer.keys_limit },
            members: customer.members,
        }
    }
}
