//! The keys of a workspace.

mod bulk;
mod edit;
mod find;
mod first_call;
mod list;
mod new;
mod revoke;
mod rotate;
mod show;
mod switch;

pub use bulk::bulk;
pub use edit::{edit, update};
pub use find::{Pasted, find};
pub use first_call::first_call;
pub use list::list;
pub use new::{create, new};
pub use revoke::{confirm_revoke, revoke};
pub use rotate::{ask_rotate, extend_rotation, finish_rotation, rotate, undo_rotation};
pub use show::show;
pub(super) use show::{gateway, sample};
pub use switch::{disable, enable};

use super::{Look, flash, look::see_other, reveal::Reveal};
use crate::{problem::Problem, state::App};
use axum::{http::StatusCode, response::Response};
use keywright_app::pages::keys::KeyRefusal;
use keywright_core::{
    actor::Actor,
    error::{Error, FieldError},
    ids::KeyId,
    keys::{ApiKey, CreatedKey},
};
use show::{Said, key_page};

/// Carries a secret from the form that made it to the page that shows it, once.
const REVEAL: Reveal = Reveal("reveal");

fn key_path(actor: &Actor, id: KeyId) -> String {
    format!("/w/{}/keys/{id}", actor.workspace.slug)
}

/// On to the page that shows the secret, this once.
fn reveal_next(app: &App, actor: &Actor, created: &CreatedKey) -> Result<Response, Problem> {
    REVEAL.next(app, &key_path(actor, created.key.id), created.key.id, created.secret.expose())
}

/// Why a form is shown again.
#[derive(Default)]
struct Why {
    status: StatusCode,
    errors: Vec<FieldError>,
    refusal: Option<KeyRefusal>,
}

/// What a page says of an error that only means that the key is not any more as it was seen; none for others.
async fn refusal(app: &App, actor: &Actor, id: KeyId, error: &Error) -> Result<Option<KeyRefusal>, Problem> {
    if let Error::Conflict(message) = error {
        return Ok(Some(KeyRefusal::Said(message.clone())));
    }
    if *error != Error::Stale {
        return Ok(None);
    }
    let history = app.services.audit.of_key(actor, id).await?;
    let last = history.into_iter().find(|entry| entry.refused.is_none());
    Ok(Some(KeyRefusal::Changed(last.and_then(|entry| Some((entry.actor?, entry.at))))))
}

/// The answer to a button of the key's page: the page again, with what was done, or why not.
async fn settle(
    app: &App,
    look: Look,
    actor: &Actor,
    id: KeyId,
    done: Result<ApiKey, Error>,
    message: impl FnOnce(&ApiKey) -> String,
) -> Result<Response, Problem> {
    let error = match done {
        Ok(key) => return Ok(flash(app, see_other(&key_path(actor, id)), &message(&key))),
        Err(error) => error,
    };
    let refusal = refusal(app, actor, id, &error).await?.ok_or(error)?;
    let key = app.services.keys.get(actor, id).await?;
    key_page(app, look, actor, key, StatusCode::CONFLICT, Said { refusal: Some(refusal), ..Said::default() }).await
}
