//! A line of the log as a sentence.

use keywright_core::audit::{Action, AuditEntry, Change};

/// "Created a key"; for what was refused, "Tried to create a key".
pub(crate) fn sentence(entry: &AuditEntry) -> String {
    if entry.refused.is_none() {
        return Action::words(&entry.action).to_owned();
    }
    match Action::attempt(&entry.action) {
        Some(words) => format!("Tried to {words}"),
        None => format!("Tried: {}", entry.action),
    }
}

/// Who did it: a name, or what stands where no person does.
pub(crate) fn who(entry: &AuditEntry) -> String {
    let nobody = || match entry.via.as_deref() {
        Some("operator") => "The operator",
        Some("system") => "Keywright itself",
        Some(_) | None => "Somebody not signed in",
    };
    entry.actor.clone().unwrap_or_else(|| nobody().to_owned())
}

/// By what they came, for the details. Sessions are told apart by the end of their ids: the start is a time.
pub(crate) fn via(entry: &AuditEntry) -> Option<String> {
    let via = entry.via.as_deref()?;
    let end = |id: &str| id.get(id.len().saturating_sub(6)..).unwrap_or_default().to_owned();
    Some(match via.split_once(':') {
        Some(("session", id)) => format!("session …{}", end(id)),
        Some(("grant", id)) => format!("command line …{}", end(id)),
        None if via == "operator" => "operator's token".to_owned(),
        Some(_) | None => via.to_owned(),
    })
}

/// Why it was refused, for people; a code that is not known here is shown as it is.
pub(crate) fn reason(code: &str) -> &str {
    match code {
        "validation_failed" => "the form was not valid",
        "unauthorized" => "wrong credentials",
        "wrong_password" => "the current password was wrong",
        "insufficient_scope" => "scopes beyond this role",
        "forbidden" => "not allowed for this role",
        "key_limit_reached" => "all keys of the plan are in use",
        "plan_required" => "not included in the plan",
        "not_found" => "no such thing here",
        "workspace_suspended" => "the workspace is suspended",
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
