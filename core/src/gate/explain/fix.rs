//! What would let a request pass.

use super::{Check, Facts, Place, Source};
use crate::{profile::Profile, words};

/// What would let the request pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fix {
    /// Send the key where it is read.
    SendItRight,
    /// Ask for a route that there is.
    UseRoute,
    /// Copy the key again, or make one.
    CopyAgain,
    /// Make a new key: this one is over.
    MakeKey,
    /// Send the new secret.
    UseNewSecret,
    /// Switch it on.
    Enable,
    /// Only the operator can.
    AskOperator,
    /// Have another plan.
    ChangePlan,
    /// Give the key to somebody who is a member.
    HandOver,
    /// Allow the address, or come from another.
    EditNetworks,
    /// Give the key the scope.
    EditScopes,
    /// Give the owner another role.
    ChangeRole,
    /// Come later, or have a larger plan.
    Wait,
}

impl Fix {
    pub(super) fn of(check: Check, facts: &Facts) -> Self {
        match check {
            Check::Place => Self::SendItRight,
            Check::Route => Self::UseRoute,
            Check::Known => Self::CopyAgain,
            Check::NotRevoked | Check::NotExpired => Self::MakeKey,
            Check::NotReplaced => Self::UseNewSecret,
            Check::Enabled => Self::Enable,
            Check::NotSuspended => Self::AskOperator,
            Check::PlanHasApi => Self::ChangePlan,
            Check::OwnerIsMember => Self::HandOver,
            Check::Address => Self::EditNetworks,
            Check::Scopes => match facts.lacking.first().map(|lacking| lacking.from) {
                Some(Source::Role) => Self::ChangeRole,
                Some(Source::Plan) => Self::ChangePlan,
                Some(Source::Key) | None => Self::EditScopes,
            },
            Check::AtOnce | Check::Limits => Self::Wait,
        }
    }

    /// The word for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SendItRight => "send_key_right",
            Self::UseRoute => "use_route",
            Self::CopyAgain => "copy_again",
            Self::MakeKey => "make_key",
            Self::UseNewSecret => "use_new_secret",
            Self::Enable => "enable_key",
            Self::AskOperator => "ask_operator",
            Self::ChangePlan => "change_plan",
            Self::HandOver => "hand_over",
            Self::EditNetworks => "edit_addresses",
            Self::EditScopes => "edit_scopes",
            Self::ChangeRole => "change_role",
            Self::Wait => "wait",
        }
    }

    pub(super) fn words(self, facts: &Facts, profile: &Profile) -> String {
        let product = &profile.product;
        let lacking = || {
            let all: Vec<_> = facts.lacking.iter().map(|lacking| lacking.scope.clone()).collect();
            words::list(&all)
        };
        match self {
            Self::SendItRight => {
                let header =
                    profile.carriers.first().map_or("Authorization: Bearer <key>", |carrier| carrier.example());
                let replace = "Replace a key that stood in a URL: others may have read it.";
                let more = if facts.place == Some(Place::Query) { replace } else { "Send it there alone." };
                format!("Send the key as “{header}”. {more}")
            }
            Self::UseRoute => format!("Compare the method and the path with the documentation of {product}."),
            Self::CopyAgain => "Copy the whole key again from where it is kept, or make a new one.".to_owned(),
            Self::MakeKey => "Make a new key, and put it where this one is.".to_owned(),
            Self::UseNewSecret => "Put the key’s new secret where the old one is.".to_owned(),
            Self::Enable => "Switch the key on again.".to_owned(),
            Self::AskOperator => format!("Only {product} can end the suspension: ask there."),
            Self::ChangePlan if facts.lacking.is_empty() => "Choose a plan that includes the API.".to_owned(),
            Self::ChangePlan => format!("Choose a plan that includes {}.", lacking()),
            Self::HandOver => format!("Hand the key over to a member of the {}.", profile.words.workspace),
            Self::EditNetworks => {
                format!("Add {} to the key’s addresses, or send the request from one of them.", facts.origin())
            }
            Self::EditScopes => format!("Give the key {}.", lacking()),
            Self::ChangeRole => format!("Give the key’s owner a role that includes {}.", lacking()),
            Self::Wait => "Wait until the window is free again, or choose a larger plan.".to_owned(),
        }
    }
}
