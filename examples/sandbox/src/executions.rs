//! Executions: runs of workflows. They go on until they are stopped.

use crate::{
    answer::{Answer, Fault, list, one},
    caller::Called,
    state::Shared,
};
use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use serde::Serialize;
use std::time::Duration;

/// Well within the minute for which a lease is held.
const EXTEND: Duration = Duration::from_secs(20);

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Execution {
    pub(crate) id: String,
    pub(crate) workflow_id: String,
    pub(crate) status: Status,
    pub(crate) steps_done: u32,
    /// What it holds of the gate while it runs.
    #[serde(skip)]
    pub(crate) lease: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Running,
    Succeeded,
    Failed,
    Stopped,
}

impl Execution {
    pub(crate) fn seeds() -> [Self; 3] {
        let seed = |id: &str, workflow_id: &str, status, steps_done| Self {
            id: id.to_owned(),
            workflow_id: workflow_id.to_owned(),
            status,
            steps_done,
            lease: None,
        };
        [
            seed("ex_1004", "wf_1001", Status::Succeeded, 4),
            seed("ex_1005", "wf_1002", Status::Failed, 5),
            seed("ex_1006", "wf_1002", Status::Running, 2),
        ]
    }
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/executions", get(index))
        .route("/executions/{id}", get(show))
        .route("/executions/{id}/stop", post(stop))
}

/// Extends the leases of what runs, over and over.
pub(crate) async fn hold(state: Shared) {
    let Some(gate) = state.gate.clone() else { return };
    let mut ticks = tokio::time::interval(EXTEND);
    loop {
        ticks.tick().await;
        let held = |running: &Execution| Some((running.id.clone(), running.lease.clone()?));
        let leases: Vec<_> = state.lock().executions.values().filter_map(held).collect();
        for (id, lease) in leases {
            match gate.extend(&lease).await {
                Ok(true) => {}
                // Others may have its place already: it must not run on beside them.
                Ok(false) => {
                    if let Some(execution) = state.lock().executions.get_mut(&id) {
                        (execution.status, execution.lease) = (Status::Failed, None);
                    }
                }
                Err(_) => eprintln!("sandbox: the lease of an execution was not extended"),
            }
        }
    }
}

async fn index(State(state): State<Shared>, Called(caller): Called) -> Answer<Vec<Execution>> {
    list(state.lock().executions.values().cloned().collect(), caller)
}

async fn show(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Called(caller): Called,
) -> Result<Answer<Execution>, Fault> {
    let execution = state.lock().executions.get(&id).cloned().ok_or(Fault::NotFound("execution"))?;
    Ok(one(execution, caller))
}

async fn stop(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Called(caller): Called,
) -> Result<Answer<Execution>, Fault> {
    let (execution, lease) = {
        let mut state = state.lock();
        let execution = state.executions.get_mut(&id).ok_or(Fault::NotFound("execution"))?;
        match execution.status {
            Status::Running => execution.status = Status::Stopped,
            Status::Succeeded | Status::Failed | Status::Stopped => {
                return Err(Fault::Conflict("This execution has ended already."));
            }
        }
        let lease = execution.lease.take();
        (execution.clone(), lease)
    };
    if let (Some(gate), Some(lease)) = (&state.gate, lease) {
        gate.release(&lease).await;
    }
    Ok(one(execution, caller))
}
