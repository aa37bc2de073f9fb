//! Connections: how a customer lets us use their account at another product. The paths name no integration, so it is
//! held here, not at the gate, to those that the key may use.

use crate::{
    answer::Fault,
    caller::{Called, Caller},
    catalog,
    shelf::{Noun, Shelf},
    skills::{Done, Failed, done},
    state::{Shared, State as Everything},
};
use axum::{
    Json, Router,
    extract::{Path, State, rejection::JsonRejection},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Connection {
    connection_id: String,
    integration: &'static str,
    status: Status,
    /// Where the customer agrees.
    url: String,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Pending,
    Connected,
}

impl Noun for Connection {
    const NAME: &'static str = "connection";

    fn shelf(state: &mut Everything) -> &mut Shelf<Self> {
        &mut state.connections
    }

    fn id(&self) -> &str {
        &self.connection_id
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewConnection {
    integration: String,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/connect", post(start)).route("/connect/{id}", get(poll))
}

async fn start(
    State(state): State<Shared>,
    Called(caller): Called,
    body: Result<Json<NewConnection>, JsonRejection>,
) -> Result<Done<Connection>, Failed> {
    let Json(new) = body?;
    let integration = catalog::find(&new.integration);
    let integration = integration.ok_or_else(|| Fault::Invalid(format!("There is no `{}`.", new.integration)))?;
    if !reaches(caller.as_ref(), integration.slug) {
        return Err(Fault::Forbidden(format!("This key may not use {}.", integration.name)).into());
    }
    let mut state = state.lock();
    let id = state.next_id("con");
    let url = format!("https://app.skillett.dev/connect/{id}");
    let connection =
        Connection { connection_id: id.clone(), integration: integration.slug, status: Status::Pending, url };
    state.connections.insert(id, connection.clone());
    Ok(done(connection))
}

/// Whoever asks for the first time still has to wait; the customer is quick.
async fn poll(
    State(state): State<Shared>,
    Called(caller): Called,
    Path(id): Path<String>,
) -> Result<Done<Connection>, Failed> {
    let mut state = state.lock();
    let found = state.connections.get_mut(&id).filter(|found| reaches(caller.as_ref(), found.integration));
    let kept = found.ok_or(Fault::NotFound(Connection::NAME))?;
    let now = kept.clone();
    kept.status = Status::Connected;
    Ok(done(now))
}

/// Where nobody stands in front of this API, nobody holds callers to anything.
fn reaches(caller: Option<&Caller>, integration: &str) -> bool {
    caller.is_none_or(|caller| caller.scopes.iter().any(|scope| scope == integration))
}
