//! What is kept of a request that was refused.

use crate::{
    Time,
    error::FieldError,
    gate::{Explanation, Facts, Reason, explain},
    ids::{KeyId, RefusalId, WorkspaceId},
    profile::Profile,
    usage::LastUse,
};
use chrono::TimeDelta;

/// For how long refused requests are kept.
pub const KEPT: TimeDelta = TimeDelta::days(7);

/// A request that was refused, though its key is one of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRequest {
    /// What tells it from all others.
    pub id: RefusalId,
    /// What its caller was told that it is called. A proxy may have called several by one name.
    pub request_id: String,
    /// When it came.
    pub at: Time,
    /// The key.
    pub key: KeyId,
    /// Whose key it is.
    pub workspace: WorkspaceId,
    /// Why.
    pub reason: Reason,
    /// What was seen.
    pub facts: Facts,
}

impl RefusedRequest {
    /// The checks in their order, and what would have let it pass.
    #[must_use]
    pub fn explain(&self, profile: &Profile) -> Explanation {
        explain(Some(self.reason), &self.facts, profile)
    }

    /// The status that the caller got, where the product's own door answered.
    #[must_use]
    pub fn status(&self, profile: &Profile) -> u16 {
        self.reason.status(profile, self.facts.place)
    }

    /// What failed, in one sentence.
    #[must_use]
    pub fn sentence(&self, profile: &Profile) -> String {
        let failed = crate::gate::Outcome::Failed;
        let checks = self.explain(profile).checks;
        checks.into_iter().find(|checked| checked.outcome == failed).map(|checked| checked.words).unwrap_or_default()
    }
}

/// A refused request in a list, with what people call its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The request.
    pub request: RefusedRequest,
    /// The key's label.
    pub label: String,
}

/// Which refused requests a list shows. The blank one shows all, the latest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RefusalQuery {
    /// With this key.
    pub key: Option<KeyId>,
    /// For this reason.
    pub reason: Option<Reason>,
}

impl RefusalQuery {
    /// Reads a query string; what is absent or empty does not narrow. Every wrong member is reported.
    pub fn parse<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let given = |name: &str| value(name).map(str::trim).filter(|text| !text.is_empty());
        let key = given("key").and_then(|text| {
            text.parse().map_err(|_| errors.push(FieldError::new("key", "The key is named by its id: key_…"))).ok()
        });
        let reason = given("reason").and_then(|code| {
            let reason = Reason::parse(code);
            if reason.is_none() {
                errors.push(FieldError::new("reason", "Choose one of the reasons, such as insufficient_scope."));
            }
            reason
        });
        if errors.is_empty() { Ok(Self { key, reason }) } else { Err(errors) }
    }

    /// The query as names and words, for links. Each is made of letters, digits and `_` alone.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let key = self.key.map(|key| ("key", key.to_string()));
        let reason = self.reason.map(|reason| ("reason", reason.code().to_owned()));
        key.into_iter().chain(reason).collect()
    }

    /// `key=key_…&reason=insufficient_scope`, without the member of one name.
    #[must_use]
    pub fn query_without(&self, name: &str) -> String {
        let pairs = self.pairs().into_iter().filter(|(n, _)| *n != name);
        pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }
}

/// What has come of a new secret so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FirstCall {
    /// Nothing has come with it.
    Waiting,
    /// A request was let through.
    Passed(LastUse),
    /// None was yet, and this is the latest that was refused.
    Refused(Box<RefusedRequest>),
}

impl FirstCall {
    /// What is not known of an answer after this time will not be: only the gateway sees any.
    const ANSWERED_WITHIN: TimeDelta = TimeDelta::seconds(30);

    /// Whether there is nothing to wait for any more.
    #[must_use]
    pub fn is_over(&self, now: Time) -> bool {
        match self {
            Self::Passed(last) => last.status.is_some() || now - last.at >= Self::ANSWERED_WITHIN,
            Self::Waiting | Self::Refused(_) => false,
        }
    }
}
