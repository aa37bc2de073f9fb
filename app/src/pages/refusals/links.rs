//! Where what is in the way can be changed.

use keywright_core::{gate::Fix, ids::KeyId};

/// The address in the dashboard where this is done, and what the link says; none for what is done elsewhere.
#[must_use]
pub fn fix_link(slug: &str, key: KeyId, fix: Fix) -> Option<(String, &'static str)> {
    let of_key = |path: &str| format!("/w/{slug}/keys/{key}{path}");
    Some(match fix {
        Fix::SendItRight | Fix::UseRoute | Fix::AskOperator => return None,
        Fix::CopyAgain => (format!("/w/{slug}/keys/new"), "Make a new key"),
        Fix::MakeKey => (format!("/w/{slug}/keys/new?like={key}"), "Make one like it"),
        Fix::UseNewSecret | Fix::Enable => (of_key(""), "Open the key"),
        Fix::ChangePlan | Fix::Wait => (format!("/w/{slug}/plan"), "See the plans"),
        Fix::HandOver => (of_key("/owner"), "Hand it over"),
        Fix::EditNetworks => (of_key("/edit"), "Edit its addresses"),
        Fix::EditScopes => (of_key("/edit"), "Edit its scopes"),
        Fix::ChangeRole => (format!("/w/{slug}/members"), "Go to the members"),
    })
}

/// Whether whoever changes nothing may follow the link all the same.
pub(super) const fn is_open_to_all(fix: Fix) -> bool {
    match fix {
        Fix::UseNewSecret | Fix::Enable | Fix::ChangePlan | Fix::Wait => true,
        Fix::SendItRight
        | Fix::UseRoute
        | Fix::AskOperator
        | Fix::CopyAgain
        | Fix::MakeKey
        | Fix::HandOver
        | Fix::EditNetworks
        | Fix::EditScopes
        | Fix::ChangeRole => false,
    }
}
