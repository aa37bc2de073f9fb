//! What is known of a key's use.

use crate::Time;

/// The last request that a key was let through for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastUse {
    /// When.
    pub at: Time,
    /// For what: `GET /api/v1/workflows`, as the profile spells the route.
    pub route: String,
    /// From where.
    pub address: String,
}
