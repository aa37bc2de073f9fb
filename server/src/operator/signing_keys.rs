//! `/operator/signing-keys`.

use crate::{body::MaybeJson, problem::Problem, state::Shared};
use axum::{
    Extension,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use keywright_core::{Time, operator::Operator, signing::SigningKey};
use serde::{Deserialize, Serialize};

/// The body of a rotation; there need not be one.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotate {
    /// Whether somebody else may have the keys: then nothing that they have signed is good any more.
    #[serde(default)]
    compromised: bool,
}

#[derive(Serialize)]
struct Body {
    kid: String,
    algorithm: &'static str,
    signs_from: Time,
    signs_until: Time,
}

#[derive(Serialize)]
struct ListBody {
    data: Vec<Body>,
}

/// `GET /operator/signing-keys`: what is in `jwks.json`, in the order in which it was made.
pub async fn list(State(app): State<Shared>, Extension(by): Extension<Operator>) -> Result<Response, Problem> {
    let keys = app.services.operations.signing_keys(&by).await?;
    Ok(axum::Json(ListBody::from(keys)).into_response())
}

/// `POST /operator/signing-keys`: a new one takes its turn.
pub async fn rotate(
    State(app): State<Shared>,
    Extension(by): Extension<Operator>,
    MaybeJson(wanted): MaybeJson<Rotate>,
) -> Result<Response, Problem> {
    let keys = app.services.operations.rotate_signing_key(&by, wanted.compromised).await?;
    Ok((StatusCode::CREATED, axum::Json(ListBody::from(keys))).into_response())
}

impl From<Vec<SigningKey>> for ListBody {
    fn from(keys: Vec<SigningKey>) -> Self {
        let body = |key: SigningKey| Body {
            kid: key.kid,
            algorithm: key.algorithm.code(),
            signs_from: key.signs_from,
            signs_until: key.signs_until,
        };
        Self { data: keys.into_iter().map(body).collect() }
    }
}
