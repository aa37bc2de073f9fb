//! Everything this API holds, in memory.

use crate::{executions::Execution, gate::Gate, workflows::Workflow};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) workflows: BTreeMap<String, Workflow>,
    pub(crate) executions: BTreeMap<String, Execution>,
    made: u32,
}

impl State {
    /// The next id, such as `wf_1004`; ids sort by the order in which they were made.
    pub(crate) fn next_id(&mut self, prefix: &str) -> String {
        self.made += 1;
        format!("{prefix}_{}", 1000 + self.made)
    }
}

/// The state as handlers share it.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    state: Arc<Mutex<State>>,
    /// Who gives leases for executions; where nobody stands in front of this API, nobody does.
    pub(crate) gate: Option<Gate>,
}

impl Shared {
    /// The same few things at each start.
    pub(crate) fn seeded(gate: Option<Gate>) -> Self {
        let workflows = Workflow::seeds().map(|workflow| (workflow.id.clone(), workflow)).into();
        let executions = Execution::seeds().map(|execution| (execution.id.clone(), execution)).into();
        Self { state: Arc::new(Mutex::new(State { workflows, executions, made: 10 })), gate }
    }

    /// No handler waits for anything while it holds this.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
