//! What a workspace is.

use crate::{
    Time,
    error::FieldError,
    ids::WorkspaceId,
    profile::Role,
    text::{self},
};

/// One customer of the operator. The product may call it a team or an agency.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its place in URLs: `/w/{slug}`.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// The name of its plan in the profile.
    pub plan: String,
    /// Since when the operator has suspended it, if it is: nothing can be changed, and its keys are refused.
    pub suspended_at: Option<Time>,
}

/// What a person is in a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The workspace.
    pub workspace: Workspace,
    /// Their role in it.
    pub role: Role,
    /// Whether they are its last owner, who cannot leave.
    pub last_owner: bool,
}

impl Workspace {
    /// Whether this may be a slug. What no slug can be is not asked for: PostgreSQL would refuse even to
    /// compare a NUL.
    #[must_use]
    pub fn is_slug(text: &str) -> bool {
        text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    }
}

/// A workspace's name: one line of 1 to 80 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceName(String);

impl WorkspaceName {
    /// Reads what was typed into the field `workspace`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let name = text::line(text, 80).map_err(|f| FieldError::new("workspace", f.message("The name")))?;
        Ok(Self(name))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as it may stand in a URL: `Acme & Söhne` gives `acme-s-hne`. Never empty.
    #[must_use]
    pub fn slug(&self) -> String {
        let mut slug = String::new();
        for c in self.0.to_lowercase().chars() {
            if c.is_ascii_alphanumeric() {
                slug.push(c);
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.truncate(40);
        let slug = slug.trim_end_matches('-');
        if slug.is_empty() { "workspace".to_owned() } else { slug.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_makes_a_slug_that_is_safe_in_a_url() {
        let slug = |name| WorkspaceName::parse(name).map(|n| n.slug());
        assert_eq!(slug("Acme & Söhne"), Ok("acme-s-hne".to_owned()));
        assert_eq!(slug("  ../../etc  "), Ok("etc".to_owned()));
        assert_eq!(slug("株式会社"), Ok("workspace".to_owned()));
        assert!(slug("").is_err());
    }
}
