//! `/api-keys`.

mod sent;
mod shown;

use super::{
    answer,
    etag::{IfNoneMatch, Seen, tag},
    openapi::{choices, query},
    paging::Paging,
};
use crate::{
    body::{Json, MaybeJson, Nothing},
    path::PathId,
    problem::Problem,
    state::Shared,
    visitor::Member,
};
use axum::{
    extract::{Query, State},
    http::{StatusCode, header::ETAG},
    response::{IntoResponse, Response},
};
use keywright_core::{
    error::Error,
    ids::KeyId,
    keys::{BulkDone, KeyQuery, Quota},
};
use sent::{BulkChange, Change, Create, Find, Grace, HandOver, Revoke, in_json_names};
use shown::{BulkBody, BulkData, KeyBody, ListBody, Meta, SecretBody};
use std::collections::HashMap;
use utoipa::openapi::{
    ObjectBuilder, Type,
    path::{Parameter, ParameterIn},
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Everything about keys, below the address of their workspace.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(bulk))
        .routes(routes!(find))
        .routes(routes!(get, update, delete))
        .routes(routes!(revoke))
        .routes(routes!(hand_over))
        .routes(routes!(disable))
        .routes(routes!(enable))
        .routes(routes!(rotate))
        .routes(routes!(finish_rotation))
        .routes(routes!(extend_rotation))
        .routes(routes!(undo_rotation))
}

/// What a list can be asked, for its description: the words are those that [`KeyQuery::parse`] reads.
struct Filters;

impl utoipa::IntoParams for Filters {
    fn into_params(_place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        vec![
            query("q", "Part of a label, a note or a visible beginning.", text()),
            query("status", "How they stand.", choices(KeyQuery::STATUS)),
            query("scope", "A scope that they were given.", text()),
            query("owner", "Whose they are: the id of a member, `workspace`, or `left`.", text()),
            query("expiry", "When they end: within days, or `never`.", choices(KeyQuery::EXPIRY)),
            query("last_used", "When they were last used.", choices(KeyQuery::LAST_USE)),
            query("sort", "The order; those that are over come last in each.", choices(KeyQuery::SORT)),
        ]
    }
}

/// List keys
///
/// Keys that work or can be switched on come first, then those that are over. Without `sort` the newest is first.
#[utoipa::path(
    get, path = "/api-keys", tag = "Keys", operation_id = "listKeys", params(Filters, Paging<KeyId>),
    responses((status = 200, description = "A page of keys.", body = ListBody)),
    extensions(("x-right" = json!("keys:read"))),
)]
async fn list(
    State(app): State<Shared>,
    Member(actor): Member,
    Query(query): Query<HashMap<String, String>>,
    Paging(request): Paging<KeyId>,
) -> Result<Response, Problem> {
    let asked = KeyQuery::parse(|name| query.get(name).map(String::as_str)).map_err(Problem::bad_query)?;
    let page = app.services.keys.list(&actor, &asked, request).await?;
    let Quota { used, limit, .. } = app.services.keys.quota(&actor).await?;
    let total = app.services.keys.count(&actor).await?;
    let data = page.items.into_iter().map(|key| shown::key(&app, &actor, key)).collect();
    let meta = Meta { total, used, limit, next_cursor: page.next };
    Ok(axum::Json(ListBody { data, meta }).into_response())
}

/// Create a key
///
/// The answer holds the secret as `key`. It is shown this once: a repetition with the same `Idempotency-Key` answers
/// 409 `idempotency_replayed` with the key's `id`.
#[utoipa::path(
    post, path = "/api-keys", tag = "Keys", operation_id = "createKey", request_body = Create,
    responses((status = 201, description = "The new key, with its secret.", body = SecretBody<'_>)),
    extensions(("x-right" = json!("keys:manage"))),
)]
async fn create(
    State(app): State<Shared>,
    Member(actor): Member,
    Json(create): Json<Create>,
) -> Result<Response, Problem> {
    let created = app.services.keys.create(&actor, &create.form()?).await.map_err(in_json_names)?;
    let location = answer::location(&actor, "api-keys", created.key.id);
    Ok((location, shown::with_secret(&app, &actor, StatusCode::CREATED, created)).into_response())
}

/// Disable or revoke many keys
///
/// All at once or none: if one of them is not there, nothing happens.
#[utoipa::path(
    post, path = "/api-keys/bulk", tag = "Keys", operation_id = "changeManyKeys", request_body = BulkChange,
    responses((status = 200, description = "Those that were changed, and those that needed no change.", body = BulkBody)),
    extensions(("x-right" = json!("keys:manage"))),
)]
async fn bulk(
    State(app): State<Shared>,
    Member(actor): Member,
    Json(change): Json<BulkChange>,
) -> Result<Response, Problem> {
    let keys = &app.services.keys;
    let BulkDone { changed, skipped } =
        keys.bulk(&actor, change.action.into(), &change.ids()?, &change.reason).await.map_err(in_json_names)?;
    let show = |keys: Vec<_>| keys.into_iter().map(|key| shown::key(&app, &actor, key)).collect();
    let data = BulkData { changed: show(changed), skipped: show(skipped) };
    Ok(answer::plain(StatusCode::OK, &BulkBody { data }))
}

/// Find a key by its hash
///
/// For a key that turned up somewhere: whose is it? The old secret of a rotated key is found as well.
#[utoipa::path(
    post, path = "/api-keys/find", tag = "Keys", operation_id = "findKey", request_body = Find,
    responses((status = 200, description = "The key.", body = KeyBody)),
    extensions(("x-right" = json!("keys:read"))),
)]
async fn find(State(app): State<Shared>, Member(actor): Member, Json(find): Json<Find>) -> Result<Response, Problem> {
    let found = app.services.keys.find_by_hash(&actor, find.hash()?).await?;
    Ok(shown::one(&app, &actor, found.ok_or(Error::NotFound("key"))?))
}

/// Get a key
#[utoipa::path(
    get, path = "/api-keys/{id}", tag = "Keys", operation_id = "getKey", params(PathId<KeyId>, IfNoneMatch),
    responses((status = 200, description = "The key.", body = KeyBody)),
    extensions(("x-right" = json!("keys:read"))),
)]
async fn get(
    State(app): State<Shared>,
    Member(actor): Member,
    known: IfNoneMatch,
    PathId(id): PathId<KeyId>,
) -> Result<Response, Problem> {
    let key = app.services.keys.get(&actor, id).await?;
    if known.has(key.version) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag(key.version))]).into_response());
    }
    Ok(shown::one(&app, &actor, key))
}

/// Change a key
///
/// Its label, note, scopes or addresses. Its expiry and its owner stay.
#[utoipa::path(
    patch, path = "/api-keys/{id}", tag = "Keys", operation_id = "changeKey", params(Seen<KeyId>),
    request_body = Change,
    responses((status = 200, description = "The key as it is now.", body = KeyBody)),
    extensions(("x-right" = json!("keys:manage"))),
)]
async fn update(
    State(app): State<Shared>,
    Seen { actor, id, version }: Seen<KeyId>,
    Json(change): Json<Change>,
) -> Result<Response, Problem> {
    let key = app.services.keys.update(&actor, id, &change.patch(version)).await.map_err(in_json_names)?;
    Ok(shown::one(&app, &actor, key))
}

/// Revoke a key
///
/// The same as `POST …/revoke` without a reason. The key stays in the list.
#[utoipa::path(
    delete, path = "/api-keys/{id}", tag = "Keys", operation_id = "deleteKey", params(Seen<KeyId>),
    responses((status = 200, description = "The key as it is now.", body = KeyBody)),
    extensions(("x-right" = json!("keys:manage"))),
)]
async fn delete(State(app): State<Shared>, Seen { actor, id, version }: Seen<KeyId>) -> Result<Response, Problem> {
    let key = app.services.keys.revoke(&actor, id, "", version).await?;
    Ok(shown::one(&app, &actor, key))
}

/// Revoke a key, and say why
///
/// For good: from the next request on it is refused. It stays in the list, and goes on counting what is tried with it.
#[utoipa::path(
    post, path = "/api-keys/{id}/revoke", tag = "Keys", operation_id = "revokeKey", params(Seen<KeyId>),
    request_body = Option<Revoke>,
    responses((status = 200, description = "The key as it is now.", body = KeyBody)),
    extensions(("x-right" = json!("keys:manage"))),
)]
async fn revoke(
    State(app): State<Shared>,
    Seen { actor, id, version }: Seen<KeyId>,
    MaybeJson(revoke): MaybeJson<Revoke>,
) -> Result<Response, Problem> {
    let key = app.services.keys.revoke(&actor, id, &revoke.reason, version).await?;
    Ok(shown::one(&app, &actor, key))
}

/// Hand a key over
///
/// It works on, bounded by the new owner's role, which must cover what the key may do; so must yours.
#[utoipa::path(
    post, path = "/api-keys/{id}/hand-over", tag = "Keys", operation_id = "handOverKey", params(PathId<KeyId>),
    request_body = HandOver,
    responses((status = 204, description = "It is theirs.")),
    extensions(("x-right" = json!("keys:manage"))),
)]
async fn hand_over(
    State(app): State<Shared>,
    Member(actor): Member,
    PathId(id): PathId<KeyId>,
    Json(sent): Json<HandOver>,
) -> Result<Response, Problem> {
    app.services.keys.hand_over(&actor, id, sent.to()?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Disable a key
///
/// From the next request on it is refused, until it is enabled again.
#[utoipa::path(
    post, path = "/api-keys/{id}/disable", tag = "Keys", operation_id = "disableKey", params(Seen<KeyId>),
    responses((status = 200, description = "The key as it is now.", body = KeyBody)),
    extensions(("x-right" = json!("keys:manage"))),
)]
async fn disable(
    State(app): State<Shared>,
    Seen { actor, id, version }: Seen<KeyId>,
    _: MaybeJson<Nothing>,
) -> Result<Response, Problem> {
    let key = app.services.keys.disable(&actor, id, version).await?;
    Ok(shown::one(&app, &actor, key))
}

/// Enable a key
#[utoipa::path(
    post, path = "/api-keys/{id}/enable", tag = "Keys", operation_id = "enableKey", params(Seen<KeyId>),
    responses((status = 200, description = "The key as it is now.", body = KeyBody)),
    extensions(("x-right" = json!("keys:manage"))),
)]
async fn enable(
    State(app): State<Shared>,
    Seen { actor, id, version }: Seen<KeyId>,
    _: MaybeJson<Nothing>,
) -> Result<Response, Problem> {
    let key = app.services.keys.enable(&actor, id, version).await?;
    Ok(shown::one(&app, &actor, key))
}

/// Rotate a key
///
/// The key gets a second secret, which the answer holds as `key`, this once. The old one goes on working for a while.
#[utoipa::path(
    post, path = "/api-keys/{id}/rotate", tag = "Keys", operation_id = "rotateKey", params(Seen<KeyId>),
    request_body = Option<Grace>,
    responses((status = 200, description = "The key with its new secret.", body = SecretBody<'_>)),
    extensions(("x-right" = json!("keys:manage"))),
)]
async fn rotate(
    State(app): State<Shared>,
    Seen { actor, id, version }: Seen<KeyId>,
    MaybeJson(grace): MaybeJson<Grace>,
) -> Result<Response, Problem> {
    let rotated = app.services.keys.rotate(&actor, id, &grace.form(version)).await.map_err(in_json_names)?;
    Ok(shown::with_secret(&app, &actor, StatusCode::OK, rotated))
}

/// Finish a rotation
///
/// The old secret stops working now.
#[utoipa::path(
    post, path = "/api-keys/{id}/rotation/finish", tag = "Keys", operation_id = "finishRotation",
    params(Seen<KeyId>),
    responses((status = 200, description = "The key as it is now.", body = KeyBody)),
    extensions(("x-right" = json!("keys:manage"))),
)]
async fn finish_rotation(
    State(app): State<Shared>,
    Seen { actor, id, version }: Seen<KeyId>,
    _: MaybeJson<Nothing>,
) -> Result<Response, Problem> {
    let key = app.services.keys.finish_rotation(&actor, id, version).await?;
    Ok(shown::one(&app, &actor, key))
}

/// Extend a rotation
///
/// The old secret goes on working for so long from now: it may be more or less than before.
#[utoipa::path(
    post, path = "/api-keys/{id}/rotation/extend", tag = "Keys", operation_id = "extendRotation",
    params(Seen<KeyId>), request_body = Grace,
    responses((status = 200, description = "The key as it is now.", body = KeyBody)),
    extensions(("x-right" = json!("keys:manage"))),
)]
async fn extend_rotation(
    State(app): State<Shared>,
    Seen { actor, id, version }: Seen<KeyId>,
    Json(grace): Json<Grace>,
) -> Result<Response, Problem> {
    let form = grace.required_form(version)?;
    let key = app.services.keys.extend_rotation(&actor, id, &form).await.map_err(in_json_names)?;
    Ok(shown::one(&app, &actor, key))
}

/// Undo a rotation
///
/// The new secret stops working now, and the old one is the key's only one again.
#[utoipa::path(
    post, path = "/api-keys/{id}/rotation/undo", tag = "Keys", operation_id = "undoRotation",
    params(Seen<KeyId>),
    responses((status = 200, description = "The key as it is now.", body = KeyBody)),
    extensions(("x-right" = json!("keys:manage"))),
)]
async fn undo_rotation(
    State(app): State<Shared>,
    Seen { actor, id, version }: Seen<KeyId>,
    _: MaybeJson<Nothing>,
) -> Result<Response, Problem> {
    let key = app.services.keys.undo_rotation(&actor, id, version).await?;
    Ok(shown::one(&app, &actor, key))
}
