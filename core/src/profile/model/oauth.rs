//! Apps and their tokens.

use super::ScopeSet;
use crate::codes;

/// What the product says of apps and of their tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuth {
    /// Where the apps page is found, as the documents of the product print it.
    pub menu: Vec<String>,
    /// What a workspace says of apps from elsewhere until its owner says otherwise.
    pub self_registration: SelfRegistration,
    /// The most that an app which registered itself may ever ask for.
    pub self_registration_scopes: ScopeSet,
    /// How many apps may register themselves from one address in an hour.
    pub registrations_per_hour: u32,
    /// How many devices may ask from one address in an hour to be let in.
    pub devices_per_hour: u32,
    /// For how long an access token works.
    pub access_token_minutes: u32,
    /// For how long a refresh token works that nobody uses.
    pub refresh_idle_days: u32,
    /// For how long a grant can be refreshed at all.
    pub refresh_absolute_days: u32,
    /// For how long a refresh token that was used gives the same successor once more; 0: never.
    pub refresh_grace_seconds: u32,
    /// Which of the two addresses of the token endpoint the metadata names. Both work.
    pub token_endpoint: String,
}

/// What becomes of an app from elsewhere when a member wants to use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelfRegistration {
    /// It may not be used.
    Off,
    /// It may be once somebody who manages apps has approved it.
    Approval,
    /// It may be used.
    Open,
}

impl SelfRegistration {
    /// Each, with the word that profiles, forms and the database have for it.
    pub const ALL: &[(Self, &'static str)] = &[(Self::Off, "off"), (Self::Approval, "approval"), (Self::Open, "open")];

    /// The word.
    #[must_use]
    pub fn code(self) -> &'static str {
        codes::code(Self::ALL, self)
    }

    /// What the word means.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        codes::parse(Self::ALL, code)
    }
}
