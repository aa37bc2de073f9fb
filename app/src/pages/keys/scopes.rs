//! Scopes as pages show them.

/// Scopes under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeGroup {
    /// The heading: "Workflows".
    pub title: String,
    /// The scopes, in the profile's order.
    pub scopes: Vec<ScopeChoice>,
}

/// One scope, and whether the member's role covers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeChoice {
    /// `workflows:read`.
    pub name: String,
    /// What it allows, in words.
    pub description: String,
    /// Whether the member's role covers it now.
    pub allowed: bool,
}
