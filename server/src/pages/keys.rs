//! The keys of a workspace.

use super::{
    Look, flash,
    look::{see_other, set_cookie},
};
use crate::{
    api::paging::{key_id, page_request},
    body::Fields,
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use chrono::TimeDelta;
use cookie::SameSite;
use keywright_app::pages::keys::{
    KeyListPage, KeyListPageProps, KeyPage, KeyPageProps, NewKeyPage, NewKeyPageProps, RevealPage, RevealPageProps,
    RevokePage, RevokePageProps, ScopeChoice, ScopeGroup,
};
use keywright_core::{
    actor::Actor,
    error::{Error, FieldError},
    ids::KeyId,
    keys::{ApiKey, CreatedKey, KeyForm, KeyQuery},
    profile::{Right, Role, RouteNeeds, ScopeSet, ScopeSpec},
};
use std::collections::HashMap;

/// Carries a secret from the form that made it to the page that shows it, once.
const REVEAL: &str = "reveal";
const REVEAL_LIFE: TimeDelta = TimeDelta::minutes(1);
const FIELDS: &[&str] = &["label", "note", "scopes", "expiry", "expires_on", "confirmed"];

/// `GET /w/{slug}/keys`.
pub async fn list(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let request = page_request(&query)?;
    let page = app.services.keys.list(&actor, &KeyQuery::default(), request).await?;
    let quota = app.services.keys.quota(&actor).await?;
    let (profile, slug) = (&app.services.profile, actor.workspace.slug.clone());
    let props = KeyListPageProps {
        words: profile.words.clone(),
        menu: profile.menu.clone(),
        next: page.next.map(|id| format!("/w/{slug}/keys?cursor={id}")),
        slug,
        keys: page.items,
        quota,
        can_manage: actor.role.may(Right::KeysManage),
        now: app.now(),
        first: request.after.is_none(),
    };
    Ok(look.of_member(&actor).page(StatusCode::OK, "API keys", move || KeyListPage(props)))
}

/// `GET /w/{slug}/keys/new`.
pub async fn new(State(app): State<Shared>, look: Look, Member(actor): Member) -> Result<Response, Problem> {
    actor.require(Right::KeysManage)?;
    let form = KeyForm::blank(&app.services.profile);
    form_page(&app, look, &actor, StatusCode::OK, Refused { form, ..Refused::default() }).await
}

/// `POST /w/{slug}/keys/new`: makes the key, and shows its secret on the next page.
pub async fn create(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    fields: Fields,
) -> Result<Response, Problem> {
    let form = KeyForm {
        label: fields.one("label"),
        note: fields.one("note"),
        scopes: fields.all("scopes"),
        expiry: fields.one("expiry"),
        expires_on: fields.one("expires_on"),
        ..KeyForm::default()
    };
    // Who may not create gets no form back, only the refusal, which the service also writes down.
    let manages = actor.role.may(Right::KeysManage);
    if let (true, Err(error)) = (manages, fields.only(FIELDS)) {
        let refused = Refused { form, errors: vec![error], same_label: None };
        return form_page(&app, look, &actor, StatusCode::UNPROCESSABLE_ENTITY, refused).await;
    }
    // Two keys may have one label, but it should not happen by accident.
    if manages
        && fields.one("confirmed") != "1"
        && let Some(other) = app.services.keys.same_label(&actor, &form.label).await?
    {
        let refused = Refused { form, errors: Vec::new(), same_label: Some(other.masked()) };
        return form_page(&app, look, &actor, StatusCode::CONFLICT, refused).await;
    }
    match app.services.keys.create(&actor, &form).await {
        Ok(created) => reveal_next(&app, &actor, &created),
        Err(Error::Invalid(errors)) => {
            let refused = Refused { form, errors, same_label: None };
            form_page(&app, look, &actor, StatusCode::UNPROCESSABLE_ENTITY, refused).await
        }
        Err(error @ (Error::KeyLimitReached { .. } | Error::PlanRequired { .. })) => {
            let refused = Refused { form, errors: vec![FieldError::new("form", error.to_string())], same_label: None };
            form_page(&app, look, &actor, StatusCode::FORBIDDEN, refused).await
        }
        Err(error) => Err(error.into()),
    }
}

fn reveal_next(app: &App, actor: &Actor, created: &CreatedKey) -> Result<Response, Problem> {
    let value = (created.key.id, created.secret.expose());
    let cookie = app.sealer.seal(REVEAL, &value, app.now(), REVEAL_LIFE, SameSite::Strict).map_err(|error| {
        tracing::error!(%error, "A new key's secret could not be sealed");
        Error::Internal
    })?;
    let mut response = see_other(&format!("/w/{}/keys/{}", actor.workspace.slug, created.key.id));
    set_cookie(&mut response, &cookie);
    Ok(response)
}

/// `GET /w/{slug}/keys/{id}`: the key; and right after it was made, once, its secret instead.
pub async fn show(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    Path(path): Path<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let key = app.services.keys.get(&actor, id(&path)?).await?;
    let revealed = app.sealer.open::<(KeyId, String)>(REVEAL, &headers, app.now());
    match revealed {
        Some((of, secret)) if of == key.id => Ok(reveal(&app, look, &actor, key, secret)),
        Some(_) | None => key_page(&app, look, &actor, key).await,
    }
}

fn reveal(app: &App, look: Look, actor: &Actor, key: ApiKey, secret: String) -> Response {
    let profile = &app.services.profile;
    let granted = profile.known_scopes(&key.scopes).and(actor.role.scopes);
    // The first request that needs nothing but this key: no body, no id in the path.
    let sample = profile.routes.iter().find(|route| {
        route.method == "GET"
            && !route.path.contains('{')
            && match &route.needs {
                RouteNeeds::Nothing => true,
                RouteNeeds::Scopes(needed) => granted.covers(*needed),
                RouteNeeds::Segment(_) => false,
            }
    });
    let props = RevealPageProps {
        slug: actor.workspace.slug.clone(),
        key,
        secret,
        gateway: app.gateway_url.as_str().trim_end_matches('/').to_owned(),
        sample: sample.map(|route| (route.method.clone(), route.path.clone())),
    };
    let mut response = look.of_member(actor).page(StatusCode::OK, "Your new API key", move || RevealPage(props));
    set_cookie(&mut response, &app.sealer.clear(REVEAL));
    response
}

async fn key_page(app: &App, look: Look, actor: &Actor, key: ApiKey) -> Result<Response, Problem> {
    let history = app.services.audit.of_key(actor, key.id).await?;
    let granted = app.services.profile.known_scopes(&key.scopes);
    // What its owner's role does not cover is shown, and that it is not in effect.
    let scopes = choices(app, key.role_scopes(&app.services.profile).unwrap_or_default()).into_iter().enumerate();
    let props = KeyPageProps {
        slug: actor.workspace.slug.clone(),
        scopes: scopes.filter(|(i, _)| granted.has(*i)).map(|(_, (_, choice))| choice).collect(),
        history,
        can_manage: actor.role.may(Right::KeysManage),
        now: app.now(),
        key,
    };
    let title = props.key.label.clone();
    Ok(look.of_member(actor).page(StatusCode::OK, &title, move || KeyPage(props)))
}

/// `GET /w/{slug}/keys/{id}/revoke`: what will happen.
pub async fn confirm_revoke(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    Path(path): Path<HashMap<String, String>>,
) -> Result<Response, Problem> {
    actor.require(Right::KeysManage)?;
    let key = app.services.keys.get(&actor, id(&path)?).await?;
    let props = RevokePageProps { slug: actor.workspace.slug.clone(), key, now: app.now() };
    Ok(look.of_member(&actor).page(StatusCode::OK, "Revoke key", move || RevokePage(props)))
}

/// `POST /w/{slug}/keys/{id}/revoke`.
pub async fn revoke(
    State(app): State<Shared>,
    Member(actor): Member,
    Path(path): Path<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let key = app.services.keys.revoke(&actor, id(&path)?, "", None).await?;
    let done = see_other(&format!("/w/{}/keys", actor.workspace.slug));
    Ok(flash(&app, done, &format!("“{}” is revoked. The next request with it is refused.", key.label)))
}

/// A form that comes back: as it was typed, with what is wrong.
#[derive(Default)]
struct Refused {
    form: KeyForm,
    errors: Vec<FieldError>,
    same_label: Option<String>,
}

async fn form_page(
    app: &App,
    look: Look,
    actor: &Actor,
    status: StatusCode,
    refused: Refused,
) -> Result<Response, Problem> {
    let props = NewKeyPageProps {
        slug: actor.workspace.slug.clone(),
        form: refused.form,
        errors: refused.errors,
        groups: groups(app, &actor.role),
        expiry: app.services.profile.expiry.clone(),
        now: app.now(),
        quota: app.services.keys.quota(actor).await?,
        role_title: actor.role.title.clone(),
        same_label: refused.same_label,
    };
    Ok(look.of_member(actor).page(status, "Create API key", move || NewKeyPage(props)))
}

/// The profile's scopes under their headings, each heading where its first scope stands.
fn groups(app: &App, role: &Role) -> Vec<ScopeGroup> {
    let mut groups = Vec::<ScopeGroup>::new();
    for (title, choice) in choices(app, role.scopes) {
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.scopes.push(choice),
            None => groups.push(ScopeGroup { title, scopes: vec![choice] }),
        }
    }
    groups
}

fn choices(app: &App, covered: ScopeSet) -> Vec<(String, ScopeChoice)> {
    let scopes = app.services.profile.scopes.iter().enumerate();
    let choice = |(i, spec): (usize, &ScopeSpec)| {
        let allowed = covered.covers(ScopeSet::one(i));
        let choice = ScopeChoice { name: spec.name.clone(), description: spec.description.clone(), allowed };
        (spec.group.clone(), choice)
    };
    scopes.map(choice).collect()
}

fn id(path: &HashMap<String, String>) -> Result<KeyId, Problem> {
    key_id(path.get("id").map(String::as_str).unwrap_or_default())
}
