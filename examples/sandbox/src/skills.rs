//! Skills: what can be done with other products. Answers are `{status, data}`, errors say where they can be mended.

use crate::{
    answer::Fault,
    catalog::{self, Endpoint, INTEGRATIONS, Integration},
    shelf::Page,
    state::Shared,
};
use axum::{
    Json, Router,
    extract::{
        Path, Query, State,
        rejection::{JsonRejection, QueryRejection},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Where a caller finds out what it did wrong.
const HELP: &str = "https://app.skillett.dev/skills";

/// What was asked for.
#[derive(Serialize)]
pub(crate) struct Done<T> {
    status: u16,
    data: T,
}

impl<T: Serialize> IntoResponse for Done<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

pub(crate) const fn done<T>(data: T) -> Done<T> {
    Done { status: StatusCode::OK.as_u16(), data }
}

/// What went wrong, and where to go with it.
pub(crate) struct Failed(Fault);

impl<F: Into<Fault>> From<F> for Failed {
    fn from(fault: F) -> Self {
        Self(fault.into())
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let (status, error, message) = self.0.parts();
        (status, Json(json!({"error": error, "message": message, "action_url": HELP}))).into_response()
    }
}

#[derive(Serialize)]
struct Listed {
    integration: &'static str,
    name: &'static str,
    endpoints: usize,
}

#[derive(Serialize)]
struct Execution {
    id: String,
    integration: &'static str,
    endpoint: &'static str,
    params: Map<String, Value>,
}

#[derive(Serialize)]
struct Download {
    slug: &'static str,
    files: [File; 1],
}

#[derive(Serialize)]
struct File {
    path: &'static str,
    content: String,
}

/// Only integrations with this in their name: `?q=git`.
#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    q: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    params: Map<String, Value>,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/skills", get(index))
        .route("/skills/{integration}", get(endpoints))
        .route("/skills/{integration}/{endpoint}", get(show))
        .route("/{integration}/{endpoint}", post(execute))
        .route("/{integration}/download", get(download))
}

async fn index(
    page: Result<Query<Page>, QueryRejection>,
    search: Result<Query<Search>, QueryRejection>,
) -> Result<Done<Vec<Listed>>, Failed> {
    let (Query(page), Query(Search { q })) = (page?, search?);
    let found = INTEGRATIONS.iter().filter(|known| known.name.to_lowercase().contains(&q.to_lowercase()));
    let listed =
        found.map(|known| Listed { integration: known.slug, name: known.name, endpoints: known.endpoints.len() });
    let (data, _) = page.cut(listed.collect())?;
    Ok(done(data))
}

async fn endpoints(Path(slug): Path<String>) -> Result<Done<&'static [Endpoint]>, Failed> {
    Ok(done(integration(&slug)?.endpoints))
}

async fn show(Path((slug, endpoint)): Path<(String, String)>) -> Result<Done<&'static Endpoint>, Failed> {
    Ok(done(find(&slug, &endpoint)?.1))
}

/// Nothing is done in any other product: the answer repeats what would be.
async fn execute(
    State(state): State<Shared>,
    Path((slug, endpoint)): Path<(String, String)>,
    body: Result<Json<Params>, JsonRejection>,
) -> Result<Done<Execution>, Failed> {
    let (integration, endpoint) = find(&slug, &endpoint)?;
    let Json(Params { params }) = body?;
    let missing = endpoint.params.iter().find(|param| param.required && !params.contains_key(param.name));
    if let Some(missing) = missing {
        return Err(Fault::Invalid(format!("`params` lacks `{}`: {}.", missing.name, missing.description)).into());
    }
    let id = state.lock().next_id("run");
    Ok(done(Execution { id, integration: integration.slug, endpoint: endpoint.endpoint, params }))
}

async fn download(Path(slug): Path<String>) -> Result<Done<Download>, Failed> {
    let integration = integration(&slug)?;
    let lines = integration.endpoints.iter().map(|known| format!("- `{}`: {}\n", known.endpoint, known.description));
    let content = format!("# {}\n\n{}", integration.name, lines.collect::<Vec<_>>().concat());
    Ok(done(Download { slug: integration.slug, files: [File { path: "SKILL.md", content }] }))
}

fn integration(slug: &str) -> Result<&'static Integration, Fault> {
    catalog::find(slug).ok_or(Fault::NotFound("integration"))
}

fn find(slug: &str, endpoint: &str) -> Result<(&'static Integration, &'static Endpoint), Fault> {
    let integration = integration(slug)?;
    Ok((integration, integration.find(endpoint).ok_or(Fault::NotFound("endpoint"))?))
}
