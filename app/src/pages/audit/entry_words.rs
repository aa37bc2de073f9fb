//! A line of the log as a sentence.

use keywright_core::audit::{Action, AuditEntry, Change};

/// "Created a key"; for what was refused, "Tried to create a key".
pub(crate) fn sentence(entry: &AuditEntry) -> String {
    if entry.refused.is_none() {
        return Action::words(&entry.action).to_owned();
    }
    match Action::ALL.iter().find(|(_, code, _)| *code == entry.action) {
        Some((action, ..)) => format!("Tried to {}", attempt(*action)),
        None => format!("Tried: {}", entry.action),
    }
}

const fn attempt(action: Action) -> &'static str {
    match action {
        Action::WorkspaceCreated => "create the workspace",
        Action::KeyCreated => "create a key",
        Action::KeyRevoked => "revoke a key",
        Action::KeyHandedOver => "hand over a key",
        Action::MemberInvited => "invite a member",
        Action::InvitationRevoked => "revoke an invitation",
        Action::MemberJoined => "join",
        Action::MemberRoleChanged => "change a member’s role",
        Action::MemberRemoved => "remove a member",
        Action::SignedIn => "sign in",
        Action::SignedOut => "sign out",
        Action::SignedOutEverywhere => "sign out everywhere",
        Action::PasswordChanged => "change the password",
    }
}

/// Why it was refused, for people; a code that is not known here is shown as it is.
pub(crate) fn reason(code: &str) -> &str {
    match code {
        "validation_failed" => "the form was not valid",
        "unauthorized" => "wrong credentials",
        "forbidden" => "not allowed for this role",
        "key_limit_reached" => "all keys of the plan are in use",
        "plan_required" => "not included in the plan",
        "not_found" => "no such thing here",
        "conflict" => "it had changed meanwhile",
        "too_many_attempts" => "too many attempts",
        code => code,
    }
}

/// "scopes: workflows:read → workflows:read, executions:read".
pub(crate) fn change(change: &Change) -> (String, String) {
    let what = change.what.replace('_', " ");
    let value = match (&change.from, &change.to) {
        (Some(from), Some(to)) => format!("{from} → {to}"),
        (None, Some(to)) => to.clone(),
        (Some(from), None) => format!("{from} → removed"),
        (None, None) => "changed".to_owned(),
    };
    (what, value)
}
