//! Everything this API holds, in memory.

use crate::{
    agency::Agency,
    bookings::Booking,
    calls::Call,
    connections::Connection,
    contacts::Contact,
    executions::Execution,
    gate::Gate,
    leads::Lead,
    schedules::Schedule,
    services::Service,
    shelf::{Shelf, shelve},
    staff::Colleague,
    workflows::Workflow,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) agency: Agency,
    pub(crate) bookings: Shelf<Booking>,
    pub(crate) calls: Shelf<Call>,
    pub(crate) connections: Shelf<Connection>,
    pub(crate) contacts: Shelf<Contact>,
    pub(crate) executions: Shelf<Execution>,
    pub(crate) leads: Shelf<Lead>,
    pub(crate) schedules: Shelf<Schedule>,
    pub(crate) services: Shelf<Service>,
    pub(crate) staff: Shelf<Colleague>,
    pub(crate) workflows: Shelf<Workflow>,
    made: u32,
}

impl State {
    /// The same few things at each start.
    fn seeded() -> Self {
        Self {
            agency: Agency::seed(),
            bookings: shelve(Booking::seeds()),
            calls: shelve(Call::seeds()),
            connections: Shelf::new(),
            contacts: shelve(Contact::seeds()),
            executions: Execution::seeds().map(|execution| (execution.id.clone(), execution)).into(),
            leads: shelve(Lead::seeds()),
            schedules: shelve(Schedule::seeds()),
            services: shelve(Service::seeds()),
            staff: shelve(Colleague::seeds()),
            workflows: Workflow::seeds().map(|workflow| (workflow.id.clone(), workflow)).into(),
            made: 10,
        }
    }

    /// The next id, such as `wf_1011`; ids sort by the order in which they were made.
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
    /// What there is at a start.
    pub(crate) fn seeded(gate: Option<Gate>) -> Self {
        Self { state: Arc::new(Mutex::new(State::seeded())), gate }
    }

    /// No handler waits for anything while it holds this.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
