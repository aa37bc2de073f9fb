//! The operator as an actor, and a workspace as the operator sees it.

use crate::{Time, actor::Origin, workspaces::Workspace};

/// The operator's own systems, which have shown the instance's token: the proof is that one of these exists.
#[derive(Clone, Debug)]
pub struct Operator {
    origin: Origin,
}

impl Operator {
    #[cfg(feature = "server")]
    pub(super) const fn new(origin: Origin) -> Self {
        Self { origin }
    }

    /// Where the request came from.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }
}

/// A workspace as the operator sees it: everything but its contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// The workspace.
    pub workspace: Workspace,
    /// When it was made.
    pub created_at: Time,
    /// How many people are in it.
    pub members: u32,
    /// How many of its keys count against the plan.
    pub keys_used: u32,
    /// How many the plan allows.
    pub keys_limit: u32,
}

/// A workspace to be made, as it was sent.
#[derive(Clone, Debug, Default)]
pub struct NewCustomer {
    /// What people will call it.
    pub name: String,
    /// The name of its plan.
    pub plan: String,
    /// Whose it will be.
    pub owner_email: String,
    /// What to call them, if they have no account yet.
    pub owner_name: String,
}

/// What is to be changed, as it was sent; what is not there stays.
#[derive(Clone, Debug, Default)]
pub struct CustomerChange {
    /// Another name. The slug stays: links must go on working.
    pub name: Option<String>,
    /// Another plan.
    pub plan: Option<String>,
}

/// Which workspaces to list.
#[derive(Clone, Debug, Default)]
pub struct CustomerFilter {
    /// Part of the name or of the slug; empty for all.
    pub text: String,
    /// The name of a plan; empty for all.
    pub plan: String,
}
