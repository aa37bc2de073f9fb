//! `/w/{slug}/apps/policy`.

use super::Why;
use crate::{
    body::Fields,
    pages::{Look, flash, look::see_other},
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{extract::State, response::Response};
use keywright_app::pages::apps::{AppPolicyPage, AppPolicyPageProps};
use keywright_core::{actor::Actor, apps::PolicyForm, error::Error, profile::Right};
use std::sync::Arc;

const FIELDS: &[&str] = &["mode", "scopes"];

/// `GET /w/{slug}/apps/policy`.
pub async fn policy(State(app): State<Shared>, look: Look, Member(actor): Member) -> Result<Response, Problem> {
    actor.require(Right::AppsManage)?;
    let policy = app.services.apps.policy(&actor).await?;
    let form = PolicyForm { mode: policy.mode.code().to_owned(), scopes: policy.scopes };
    Ok(form_page(&app, look, &actor, form, Why::default()))
}

/// `POST /w/{slug}/apps/policy`.
pub async fn set_policy(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    fields: Fields,
) -> Result<Response, Problem> {
    let form = PolicyForm { mode: fields.one("mode"), scopes: fields.all("scopes") };
    let done = match (actor.require(Right::AppsManage), fields.only(FIELDS)) {
        (Ok(()), Err(error)) => Err(Error::Invalid(vec![error])),
        (Ok(()), Ok(())) | (Err(_), _) => app.services.apps.set_policy(&actor, &form).await,
    };
    match done {
        Ok(_) => {
            let back = see_other(&format!("/w/{}/apps", actor.workspace.slug));
            Ok(flash(&app, back, "The rule for apps from elsewhere is saved."))
        }
        Err(error) => Ok(form_page(&app, look, &actor, form, Why::of(error)?)),
    }
}

fn form_page(app: &App, look: Look, actor: &Actor, form: PolicyForm, why: Why) -> Response {
    let props = AppPolicyPageProps {
        slug: actor.workspace.slug.clone(),
        form,
        errors: why.errors,
        profile: Arc::clone(&app.services.profile),
    };
    look.of_member(actor).page(why.status, "Apps from elsewhere", move || AppPolicyPage(props))
}
