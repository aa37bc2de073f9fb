//! `/w/{slug}/keys/bulk`: several keys at once.

use crate::{
    body::Fields,
    pages::{Look, flash, look::see_other},
    path::parse_id,
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{extract::State, http::StatusCode, response::Response};
use keywright_app::pages::keys::{BulkPage, BulkPageProps, BulkWork};
use keywright_core::{
    actor::Actor,
    error::{Error, FieldError},
    ids::KeyId,
    keys::{ApiKey, Bulk, BulkDone},
    profile::Right,
    words,
};

const FIELDS: &[&str] = &["work", "key", "reason", "confirmed"];

/// `POST /w/{slug}/keys/bulk`: first shows what would stop; confirmed, it does.
pub async fn bulk(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    fields: Fields,
) -> Result<Response, Problem> {
    fields.only(FIELDS).map_err(|error| Error::Invalid(vec![error]))?;
    let work = BulkWork::parse(&fields.one("work"));
    let work = work.ok_or_else(|| Error::field("work", "The keys can be disabled or revoked."))?;
    let ids = fields.all("key").iter().map(|text| parse_id(text)).collect::<Result<Vec<_>, _>>()?;
    let reason = fields.one("reason");
    if fields.one("confirmed") != "1" {
        actor.require(Right::KeysManage)?;
        return preview(&app, look, &actor, work, &ids, reason, Vec::new()).await;
    }
    let what = match work {
        BulkWork::Disable => Bulk::Disable,
        BulkWork::Revoke => Bulk::Revoke,
    };
    match app.services.keys.bulk(&actor, what, &ids, &reason).await {
        Ok(done) => {
            let next = see_other(&format!("/w/{}/keys", actor.workspace.slug));
            Ok(flash(&app, next, &message(work, &done)))
        }
        Err(Error::Invalid(errors)) => preview(&app, look, &actor, work, &ids, reason, errors).await,
        Err(error) => Err(error.into()),
    }
}

async fn preview(
    app: &App,
    look: Look,
    actor: &Actor,
    work: BulkWork,
    ids: &[KeyId],
    reason: String,
    errors: Vec<FieldError>,
) -> Result<Response, Problem> {
    let (keys, errors) = match app.services.keys.chosen(actor, ids).await {
        Ok(keys) => (keys, errors),
        Err(Error::Invalid(errors)) => (Vec::<ApiKey>::new(), errors),
        Err(error) => return Err(error.into()),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let slug = actor.workspace.slug.clone();
    let props = BulkPageProps { slug, work, keys, reason, errors, now: app.now() };
    let title = match work {
        BulkWork::Disable => "Disable keys",
        BulkWork::Revoke => "Revoke keys",
    };
    Ok(look.of_member(actor).page(status, title, move || BulkPage(props)))
}

/// "2 keys are revoked. 1 was not concerned."
fn message(work: BulkWork, done: &BulkDone) -> String {
    let count = |keys: &[ApiKey]| i64::try_from(keys.len()).unwrap_or(i64::MAX);
    let verb = match work {
        BulkWork::Disable => "disabled",
        BulkWork::Revoke => "revoked",
    };
    let changed = count(&done.changed);
    let is = if changed == 1 { "is" } else { "are" };
    let mut message = format!("{} {is} {verb}.", words::plural(changed, "key"));
    if !done.skipped.is_empty() {
        let skipped = count(&done.skipped);
        let were = if skipped == 1 { "1 was".to_owned() } else { format!("{skipped} were") };
        message.push_str(&format!(" {were} {verb} or over already."));
    }
    message
}
