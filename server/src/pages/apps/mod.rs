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

use super::{Look, flash, look::see_other, reveal::Reveal};
use crate::{problem::Problem, state::App};
use axum::{http::StatusCode, response::Response};
use keywright_app::pages::apps::Endpoints;
use keywright_core::{
    actor::Actor,
    apps::{App as OAuthApp, RegisteredApp},
    error::{Error, FieldError},
    ids::AppId,
};
use show::app_page;

/// Carries a secret from the form that made it to the page that shows it, once.
const REVEAL: Reveal = Reveal("app_reveal");

fn app_path(actor: &Actor, id: AppId) -> String {
    format!("/w/{}/apps/{id}", actor.workspace.slug)
}

/// On to the app's page, which shows the secret, if there is one, this once.
fn reveal_next(app: &App, actor: &Actor, registered: &RegisteredApp) -> Result<Response, Problem> {
    let path = app_path(actor, registered.app.id);
    match &registered.secret {
        Some(secret) => REVEAL.next(app, &path, registered.app.id, secret.expose()),
        None => Ok(flash(app, see_other(&path), &format!("“{}” is registered.", registered.app.name))),
    }
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
        if let Error::Invalid(errors) = error {
            return Ok(Self { status: StatusCode::UNPROCESSABLE_ENTITY, errors, refusal: None });
        }
        let refusal = if let Error::Conflict(text) = error {
            text
        } else if error == Error::Stale {
            "This app was changed meanwhile. Here is how it is now.".to_owned()
        } else {
            return Err(error);
        };
        Ok(Self { status: StatusCode::CONFLICT, errors: Vec::new(), refusal: Some(refusal) })
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
