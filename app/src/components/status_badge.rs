use super::{Badge, Tone};
use keywright_core::{
    Time,
    keys::{ApiKey, KeyStatus},
};
use leptos::prelude::*;

/// How a key stands, as people ask about it: a working key that wants something says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Active,
    Disabled,
    Rotating,
    EndsSoon,
    Expired,
    Revoked,
}

impl Standing {
    /// How many days before its end a key is said to end soon.
    const SOON: i64 = 7;

    pub(crate) fn of(key: &ApiKey, now: Time) -> Self {
        match key.status(now) {
            KeyStatus::Revoked => Self::Revoked,
            KeyStatus::Expired => Self::Expired,
            KeyStatus::Disabled => Self::Disabled,
            KeyStatus::Active if key.rotation.as_ref().is_some_and(|rotation| rotation.ends_at > now) => Self::Rotating,
            KeyStatus::Active if ends_soon(key.expires_at, now) => Self::EndsSoon,
            KeyStatus::Active => Self::Active,
        }
    }

    /// Whether the key is over for good.
    pub(crate) const fn is_over(self) -> bool {
        match self {
            Self::Expired | Self::Revoked => true,
            Self::Active | Self::Disabled | Self::Rotating | Self::EndsSoon => false,
        }
    }
}

/// Whether a key that ends then wants to be replaced now.
pub(crate) fn ends_soon(at: Option<Time>, now: Time) -> bool {
    at.is_some_and(|at| (at - now).num_days() < Standing::SOON)
}

/// How a key stands, in a word or two.
#[component]
pub(crate) fn StatusBadge(standing: Standing) -> impl IntoView {
    let (tone, text) = match standing {
        Standing::Active => (Tone::Good, "Active"),
        Standing::Disabled => (Tone::Warning, "Disabled"),
        Standing::Rotating => (Tone::Warning, "Rotating"),
        Standing::EndsSoon => (Tone::Warning, "Expires soon"),
        Standing::Expired => (Tone::Plain, "Expired"),
        Standing::Revoked => (Tone::Danger, "Revoked"),
    };
    view! { <Badge tone text /> }
}
