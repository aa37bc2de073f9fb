//! Workflows: what a customer has automated.

use crate::{
    answer::{Answer, Created, Fault, list, one, required},
    caller::Called,
    executions::{Execution, Status},
    state::Shared,
};
use axum::{
    Json, Router,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Workflow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) trigger: Trigger,
    pub(crate) steps: u32,
    pub(crate) active: bool,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Trigger {
    #[default]
    Manual,
    Schedule,
    Webhook,
}

impl Workflow {
    pub(crate) fn seeds() -> [Self; 3] {
        let seed = |id: &str, name: &str, trigger, steps, active| Self {
            id: id.to_owned(),
            name: name.to_owned(),
            trigger,
            steps,
            active,
        };
        [
            seed("wf_1001", "Welcome new customers", Trigger::Webhook, 4, true),
            seed("wf_1002", "Weekly revenue report", Trigger::Schedule, 7, true),
            seed("wf_1003", "Clean up stale leads", Trigger::Manual, 3, false),
        ]
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewWorkflow {
    name: String,
    #[serde(default)]
    trigger: Trigger,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/workflows", get(index).post(create))
        .route("/workflows/{id}", get(show))
        .route("/workflows/{id}/run", post(run))
}

async fn index(State(state): State<Shared>, Called(caller): Called) -> Answer<Vec<Workflow>> {
    list(state.lock().workflows.values().cloned().collect(), caller)
}

async fn show(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Called(caller): Called,
) -> Result<Answer<Workflow>, Fault> {
    let workflow = state.lock().workflows.get(&id).cloned().ok_or(Fault::NotFound("workflow"))?;
    Ok(one(workflow, caller))
}

async fn create(
    State(state): State<Shared>,
    Called(caller): Called,
    body: Result<Json<NewWorkflow>, JsonRejection>,
) -> Result<Created<Workflow>, Fault> {
    let Json(new) = body?;
    let name = required("name", &new.name)?;
    let mut state = state.lock();
    let id = state.next_id("wf");
    let workflow = Workflow { id: id.clone(), name, trigger: new.trigger, steps: 1, active: true };
    state.workflows.insert(id, workflow.clone());
    Ok((StatusCode::CREATED, one(workflow, caller)))
}

async fn run(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Called(caller): Called,
) -> Result<Created<Execution>, Response> {
    let workflow = state.lock().workflows.get(&id).cloned().ok_or(Fault::NotFound("workflow").into_response())?;
    if !workflow.active {
        return Err(Fault::Conflict("This workflow is switched off.").into_response());
    }
    let customer = caller.as_ref().and_then(|caller| caller.workspace_id.as_deref());
    let lease = match (&state.gate, customer) {
        (Some(gate), Some(customer)) => Some(gate.take(customer).await?),
        (..) => None,
    };
    let mut state = state.lock();
    let execution =
        Execution { id: state.next_id("ex"), workflow_id: id, status: Status::Running, steps_done: 0, lease };
    state.executions.insert(execution.id.clone(), execution.clone());
    Ok((StatusCode::ACCEPTED, one(execution, caller)))
}
