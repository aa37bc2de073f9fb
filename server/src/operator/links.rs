//! `/operator/sign-in-links`.

use crate::{
    body::Json,
    problem::Problem,
    state::{App, Shared},
};
use axum::{
    Extension,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use keywright_core::{Time, accounts::SignInLink, operator::Operator};
use serde::{Deserialize, Serialize};

/// Whom a link is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    email: String,
    /// The slug of the workspace that it leads to.
    #[serde(default)]
    workspace: Option<String>,
}

#[derive(Serialize)]
struct LinkBody {
    url: String,
    expires_at: Time,
}

/// `POST /operator/sign-in-links`.
pub async fn create(
    State(app): State<Shared>,
    Extension(by): Extension<Operator>,
    Json(wanted): Json<Wanted>,
) -> Result<Response, Problem> {
    let link = app.services.operations.sign_in_link(&by, &wanted.email, wanted.workspace.as_deref()).await?;
    let body = LinkBody { url: url(&app, &link), expires_at: link.expires_at };
    Ok((StatusCode::CREATED, axum::Json(body)).into_response())
}

/// Where the person's browser is to be sent.
pub(super) fn url(app: &App, link: &SignInLink) -> String {
    app.public_url.join(&format!("/login/link?token={}", link.token()))
}
