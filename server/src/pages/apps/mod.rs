//! The OAuth apps of a workspace, and those from elsewhere.

mod delete;
mod edit;
mod elsewhere;
mod list;
mod new;
mod policy;
mod rotate;
mod show;

pub use delete::{confirm_delete, delete};
pub use edit::{edit, update};
pub use elsewhere::{approve, confirm_remove, elsewhere, remove};
pub use list::list;
pub use new::{create, new};
pub use policy::{policy, set_policy};
pub use rotate::{ask_rotate, finish_rotation, rotate};
pub use show::{disable, enable, show};

use super::{
    Look, flash,
    look::{see_other, set_cookie},
};
use crate::{body::Fields, problem::Problem, state::App};
use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use chrono::TimeDelta;
use cookie::SameSite;
use keywright_app::pages::apps::Endpoints;
use keywright_core::{
    actor::Actor,
    apps::{App as OAuthApp, RegisteredApp},
    error::{Error, FieldError},
    ids::AppId,
    secret::Secret,
};
use show::app_page;

/// Carries a secret from the form that made it to the page that shows it, once.
const REVEAL: &str = "app_reveal";
const REVEAL_LIFE: TimeDelta = TimeDelta::minutes(1);

fn app_path(actor: &Actor, id: AppId) -> String {
    format!("/w/{}/apps/{id}", actor.workspace.slug)
}

/// The version that a form was opened on. What is no number is no version that an app ever has.
fn version(fields: &Fields) -> Option<i64> {
    match fields.one("version").trim() {
        "" => None,
        text => Some(text.parse().unwrap_or(-1)),
    }
}

/// On to the app's page, which shows the secret, if there is one, this once.
fn reveal_next(app: &App, actor: &Actor, registered: &RegisteredApp) -> Result<Response, Problem> {
    let mut response = see_other(&app_path(actor, registered.app.id));
    let Some(secret) = &registered.secret else {
        return Ok(flash(app, response, &format!("“{}” is registered.", registered.app.name)));
    };
    let value = (registered.app.id, Secret::expose(secret));
    let cookie = app.sealer.seal(REVEAL, &value, app.now(), REVEAL_LIFE, SameSite::Strict).map_err(|error| {
        tracing::error!(%error, "The secret of an app could not be sealed");
        Error::Internal
    })?;
    set_cookie(&mut response, &cookie);
    Ok(response)
}

/// The secret that was made a moment ago, if it is this app's.
fn revealed(app: &App, id: AppId, headers: &HeaderMap) -> Option<String> {
    let (of, secret) = app.sealer.open::<(AppId, String)>(REVEAL, headers, app.now())?;
    (of == id).then_some(secret)
}

/// Why a form is shown again.
#[derive(Default)]
struct Why {
    status: StatusCode,
    errors: Vec<FieldError>,
    refusal: Option<String>,
}

impl Why {
    /// What a form says of an error; an error that is no form's affair comes back.
    fn of(error: Error) -> Result<Self, Error> {
        match error {
            Error::Invalid(errors) => Ok(Self { status: StatusCode::UNPROCESSABLE_ENTITY, errors, refusal: None }),
            Error::Conflict(text) => Ok(Self { refusal: Some(text), ..Self::conflict() }),
            Error::Stale => {
                let text = "This app was changed meanwhile. Here is how it is now.";
                Ok(Self { refusal: Some(text.to_owned()), ..Self::conflict() })
            }
            Error::Malformed(_)
            | Error::Unauthenticated(_)
            | Error::Forbidden(_)
            | Error::KeyLimitReached { .. }
            | Error::PlanRequired { .. }
            | Error::Suspended
            | Error::NotFound(_)
            | Error::Throttled { .. }
            | Error::Unavailable
            | Error::Internal => Err(error),
        }
    }

    fn conflict() -> Self {
        Self { status: StatusCode::CONFLICT, ..Self::default() }
    }
}

/// The answer to a button of the app's page: the page again, with what was done, or why not.
async fn settle(
    app: &App,
    look: Look,
    actor: &Actor,
    id: AppId,
    done: Result<OAuthApp, Error>,
    message: &str,
) -> Result<Response, Problem> {
    let why = match done {
        Ok(_) => return Ok(flash(app, see_other(&app_path(actor, id)), message)),
        Err(error) => Why::of(error)?,
    };
    let found = app.services.apps.get(actor, id).await?;
    app_page(app, look, actor, found, None, why).await
}

/// Where apps ask, for whoever builds one.
fn endpoints(app: &App) -> Endpoints {
    let url = |path: &str| app.public_url.join(path);
    Endpoints {
        metadata: url("/.well-known/oauth-authorization-server"),
        authorize: url("/oauth/authorize"),
        token: url(&app.services.profile.oauth.token_endpoint),
        device: url("/auth/device/code"),
    }
}
