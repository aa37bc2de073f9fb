//! A secret goes from the form that made it to the page that shows it, once: in a sealed cookie of a minute.

use super::look::{see_other, set_cookie};
use crate::{problem::Problem, state::App};
use axum::{http::HeaderMap, response::Response};
use chrono::TimeDelta;
use cookie::SameSite;
use keywright_core::error::Error;
use serde::{Serialize, de::DeserializeOwned};

const LIFE: TimeDelta = TimeDelta::minutes(1);

/// The name of the cookie.
pub struct Reveal(pub &'static str);

impl Reveal {
    /// On to the page that shows the secret of what has this id.
    pub fn next(&self, app: &App, path: &str, id: impl Serialize, secret: &str) -> Result<Response, Problem> {
        let cookie = app.sealer.seal(self.0, &(id, secret), app.now(), LIFE, SameSite::Strict).map_err(|error| {
            tracing::error!(%error, cookie = self.0, "A new secret could not be sealed");
            Error::Internal
        })?;
        let mut response = see_other(path);
        set_cookie(&mut response, &cookie);
        Ok(response)
    }

    /// The secret that was made a moment ago, if it is of what has this id.
    pub fn secret<Id: DeserializeOwned + PartialEq>(&self, app: &App, id: Id, headers: &HeaderMap) -> Option<String> {
        let (of, secret) = app.sealer.open::<(Id, String)>(self.0, headers, app.now())?;
        (of == id).then_some(secret)
    }

    /// The page that shows it is the only one.
    pub fn shown(&self, app: &App, mut page: Response) -> Response {
        set_cookie(&mut page, &app.sealer.clear(self.0));
        page
    }
}
