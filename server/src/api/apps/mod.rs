//! `/api/v1/workspaces/{workspace}/apps` and `…/foreign-apps`: OAuth apps, and those from elsewhere.

mod sent;
mod shown;

use super::{
    answer,
    etag::Seen,
    paging::{Paging, listed},
};
use crate::{
    body::{Json, MaybeJson, Nothing},
    path::PathId,
    problem::Problem,
    state::Shared,
    visitor::Member,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use keywright_core::ids::{AppEventId, AppId};
use sent::{Change, Create, Grace, Policy, in_json_names};
use shown::{AppBody, AppList, EventBody, EventList, ForeignBody, ForeignList, PolicyBody, SecretBody};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Everything about apps, below the address of their workspace.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(disable))
        .routes(routes!(enable))
        .routes(routes!(rotate))
        .routes(routes!(end_old_secret))
        .routes(routes!(events))
        .routes(routes!(policy, set_policy))
        .routes(routes!(list_foreign))
        .routes(routes!(get_foreign, dismiss))
        .routes(routes!(approve))
}

/// List apps
///
/// Those that members of the workspace registered, the newest first.
#[utoipa::path(
    get, path = "/apps", tag = "Apps", operation_id = "listApps", params(Paging<AppId>),
    responses((status = 200, description = "A page of apps.", body = AppList)),
    extensions(("x-right" = json!("apps:read"))),
)]
async fn list(
    State(app): State<Shared>,
    Member(actor): Member,
    Paging(request): Paging<AppId>,
) -> Result<Response, Problem> {
    Ok(listed(app.services.apps.list(&actor, request).await?, AppBody::from))
}

/// Register an app
///
/// The answer to an app on a server holds its `client_secret`. It is shown this once: a repetition with the same
/// `Idempotency-Key` answers 409 `idempotency_replayed` with the app's `id`.
#[utoipa::path(
    post, path = "/apps", tag = "Apps", operation_id = "registerApp", request_body = Create,
    responses((status = 201, description = "The new app.", body = SecretBody<'_>)),
    extensions(("x-right" = json!("apps:manage"))),
)]
async fn create(
    State(app): State<Shared>,
    Member(actor): Member,
    Json(create): Json<Create>,
) -> Result<Response, Problem> {
    let registered = app.services.apps.create(&actor, &create.form()).await?;
    let location = answer::location(&actor, "apps", registered.app.id);
    Ok((location, shown::with_secret(StatusCode::CREATED, registered)).into_response())
}

/// Get an app
#[utoipa::path(
    get, path = "/apps/{id}", tag = "Apps", operation_id = "getApp", params(PathId<AppId>),
    responses((status = 200, description = "The app.", body = AppBody)),
    extensions(("x-right" = json!("apps:read"))),
)]
async fn get(State(app): State<Shared>, Member(actor): Member, PathId(id): PathId<AppId>) -> Result<Response, Problem> {
    Ok(shown::one(app.services.apps.get(&actor, id).await?))
}

/// Change an app
///
/// Its name, addresses, scopes, website, or whether it may leave out PKCE. Where it runs stays.
#[utoipa::path(
    patch, path = "/apps/{id}", tag = "Apps", operation_id = "changeApp", params(Seen<AppId>),
    request_body = Change,
    responses((status = 200, description = "The app as it is now.", body = AppBody)),
    extensions(("x-right" = json!("apps:manage"))),
)]
async fn update(
    State(app): State<Shared>,
    Seen { actor, id, version }: Seen<AppId>,
    Json(change): Json<Change>,
) -> Result<Response, Problem> {
    Ok(shown::one(app.services.apps.update(&actor, id, &change.patch(version)).await?))
}

/// Delete an app
///
/// For good, with all that it was given.
#[utoipa::path(
    delete, path = "/apps/{id}", tag = "Apps", operation_id = "deleteApp", params(Seen<AppId>),
    responses((status = 204, description = "It is gone.")),
    extensions(("x-right" = json!("apps:manage"))),
)]
async fn delete(State(app): State<Shared>, Seen { actor, id, version }: Seen<AppId>) -> Result<Response, Problem> {
    app.services.apps.delete(&actor, id, version).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Disable an app
///
/// It is given nothing, and what it was given does not work, until it is enabled again.
#[utoipa::path(
    post, path = "/apps/{id}/disable", tag = "Apps", operation_id = "disableApp", params(Seen<AppId>),
    responses((status = 200, description = "The app as it is now.", body = AppBody)),
    extensions(("x-right" = json!("apps:manage"))),
)]
async fn disable(
    State(app): State<Shared>,
    Seen { actor, id, version }: Seen<AppId>,
    _: MaybeJson<Nothing>,
) -> Result<Response, Problem> {
    Ok(shown::one(app.services.apps.disable(&actor, id, version).await?))
}

/// Enable an app
#[utoipa::path(
    post, path = "/apps/{id}/enable", tag = "Apps", operation_id = "enableApp", params(Seen<AppId>),
    responses((status = 200, description = "The app as it is now.", body = AppBody)),
    extensions(("x-right" = json!("apps:manage"))),
)]
async fn enable(
    State(app): State<Shared>,
    Seen { actor, id, version }: Seen<AppId>,
    _: MaybeJson<Nothing>,
) -> Result<Response, Problem> {
    Ok(shown::one(app.services.apps.enable(&actor, id, version).await?))
}

/// Rotate an app's secret
///
/// The answer holds the new `client_secret`, this once. The old one goes on working for a while.
#[utoipa::path(
    post, path = "/apps/{id}/rotate-secret", tag = "Apps", operation_id = "rotateAppSecret",
    params(Seen<AppId>), request_body = Option<Grace>,
    responses((status = 200, description = "The app with its new secret.", body = SecretBody<'_>)),
    extensions(("x-right" = json!("apps:manage"))),
)]
async fn rotate(
    State(app): State<Shared>,
    Seen { actor, id, version }: Seen<AppId>,
    MaybeJson(grace): MaybeJson<Grace>,
) -> Result<Response, Problem> {
    let rotated = app.services.apps.rotate_secret(&actor, id, &grace.form(version)).await.map_err(in_json_names)?;
    Ok(shown::with_secret(StatusCode::OK, rotated))
}

/// End an app's old secret
///
/// It stops working now.
#[utoipa::path(
    post, path = "/apps/{id}/end-old-secret", tag = "Apps", operation_id = "endOldAppSecret",
    params(Seen<AppId>),
    responses((status = 200, description = "The app as it is now.", body = AppBody)),
    extensions(("x-right" = json!("apps:manage"))),
)]
async fn end_old_secret(
    State(app): State<Shared>,
    Seen { actor, id, version }: Seen<AppId>,
    _: MaybeJson<Nothing>,
) -> Result<Response, Problem> {
    Ok(shown::one(app.services.apps.end_old_secret(&actor, id, version).await?))
}

/// List what was refused to an app
///
/// The latest 200 of 30 days, with what would have been right, the latest first.
#[utoipa::path(
    get, path = "/apps/{id}/refusals", tag = "Apps", operation_id = "listAppRefusals", params(PathId<AppId>, Paging<AppEventId>),
    responses((status = 200, description = "A page of refusals.", body = EventList)),
    extensions(("x-right" = json!("apps:read"))),
)]
async fn events(
    State(app): State<Shared>,
    Member(actor): Member,
    PathId(id): PathId<AppId>,
    Paging(request): Paging<AppEventId>,
) -> Result<Response, Problem> {
    Ok(listed(app.services.apps.events(&actor, id, request).await?, EventBody::from))
}

/// Get the rule for apps from elsewhere
#[utoipa::path(
    get, path = "/app-policy", tag = "Apps", operation_id = "getAppPolicy",
    responses((status = 200, description = "The rule.", body = PolicyBody)),
    extensions(("x-right" = json!("apps:read"))),
)]
async fn policy(State(app): State<Shared>, Member(actor): Member) -> Result<Response, Problem> {
    Ok(axum::Json(PolicyBody::from(app.services.apps.policy(&actor).await?)).into_response())
}

/// Change the rule for apps from elsewhere
///
/// Those that registered themselves, and those of other workspaces. It holds from the next request on.
#[utoipa::path(
    put, path = "/app-policy", tag = "Apps", operation_id = "setAppPolicy", request_body = Policy,
    responses((status = 200, description = "The rule as it is now.", body = PolicyBody)),
    extensions(("x-right" = json!("apps:manage"))),
)]
async fn set_policy(
    State(app): State<Shared>,
    Member(actor): Member,
    Json(policy): Json<Policy>,
) -> Result<Response, Problem> {
    let policy = app.services.apps.set_policy(&actor, &policy.into()).await?;
    Ok(axum::Json(PolicyBody::from(policy)).into_response())
}

/// List apps from elsewhere
///
/// Those that somebody of the workspace uses or wanted to, the newest first.
#[utoipa::path(
    get, path = "/foreign-apps", tag = "Apps", operation_id = "listForeignApps", params(Paging<AppId>),
    responses((status = 200, description = "A page of apps.", body = ForeignList)),
    extensions(("x-right" = json!("apps:read"))),
)]
async fn list_foreign(
    State(app): State<Shared>,
    Member(actor): Member,
    Paging(request): Paging<AppId>,
) -> Result<Response, Problem> {
    Ok(listed(app.services.apps.list_foreign(&actor, request).await?, ForeignBody::from))
}

/// Get an app from elsewhere
#[utoipa::path(
    get, path = "/foreign-apps/{id}", tag = "Apps", operation_id = "getForeignApp", params(PathId<AppId>),
    responses((status = 200, description = "The app.", body = ForeignBody)),
    extensions(("x-right" = json!("apps:read"))),
)]
async fn get_foreign(
    State(app): State<Shared>,
    Member(actor): Member,
    PathId(id): PathId<AppId>,
) -> Result<Response, Problem> {
    Ok(axum::Json(ForeignBody::from(app.services.apps.get_foreign(&actor, id).await?)).into_response())
}

/// Approve an app from elsewhere
#[utoipa::path(
    post, path = "/foreign-apps/{id}/approve", tag = "Apps", operation_id = "approveForeignApp",
    params(PathId<AppId>),
    responses((status = 204, description = "It is let in.")),
    extensions(("x-right" = json!("apps:manage"))),
)]
async fn approve(
    State(app): State<Shared>,
    Member(actor): Member,
    PathId(id): PathId<AppId>,
    _: MaybeJson<Nothing>,
) -> Result<Response, Problem> {
    app.services.apps.approve(&actor, id, None).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Remove an app from elsewhere
///
/// With its approval, and all that members of the workspace allowed it.
#[utoipa::path(
    delete, path = "/foreign-apps/{id}", tag = "Apps", operation_id = "removeForeignApp", params(PathId<AppId>),
    responses((status = 204, description = "It is off the list.")),
    extensions(("x-right" = json!("apps:manage"))),
)]
async fn dismiss(
    State(app): State<Shared>,
    Member(actor): Member,
    PathId(id): PathId<AppId>,
) -> Result<Response, Problem> {
    app.services.apps.dismiss(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
