//! The server's answers for people in a terminal.

use crate::cli::table::columns;
use serde_json::Value;

const HEAD: [&str; 7] = ["SLUG", "NAME", "PLAN", "KEYS", "MEMBERS", "STATUS", "CREATED"];

/// A line for each workspace, in columns.
pub(super) fn workspaces(answer: &Value) -> String {
    let data = answer["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    if data.is_empty() {
        return "No workspaces.\n".to_owned();
    }
    columns(HEAD, data.iter().map(row))
}

/// One workspace, a line for each member.
pub(super) fn workspace(answer: &Value) -> String {
    let names = HEAD.iter().map(|name| name.to_lowercase());
    let lines = names.zip(row(answer)).map(|(name, value)| format!("{name:<10}{value}\n"));
    lines.collect()
}

/// A line for each signing key.
pub(super) fn signing_keys(answer: &Value) -> String {
    let data = answer["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    let members = ["kid", "algorithm", "signs_from", "signs_until"];
    columns(
        ["KEY", "ALGORITHM", "SIGNS FROM", "SIGNS UNTIL"],
        data.iter().map(|key| members.map(|member| text(&key[member]))),
    )
}

/// A sign-in link, and until when it can be used.
pub(super) fn link(answer: &Value, until: &str) -> String {
    let (url, until) = (text(&answer["url"]), text(&answer[until]));
    format!("{url}\n\nIt works once, until {until}. Whoever opens it is signed in: send it to nobody else.\n")
}

fn row(workspace: &Value) -> [String; 7] {
    let keys = &workspace["keys"];
    let status = match workspace["suspended_at"].as_str() {
        Some(since) => format!("suspended since {since}"),
        None => "active".to_owned(),
    };
    [
        text(&workspace["slug"]),
        text(&workspace["name"]),
        text(&workspace["plan"]),
        format!("{} of {}", text(&keys["used"]), text(&keys["limit"])),
        text(&workspace["members"]),
        status,
        text(&workspace["created_at"]),
    ]
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_stand_under_each_other_whatever_the_names() {
        let workspace = |slug: &str, name: &str, suspended: Value| {
            json!({"slug": slug, "name": name, "plan": "pro", "keys": {"used": 1, "limit": 3}, "members": 2,
                "suspended_at": suspended, "created_at": "2026-11-21T12:00:00Z"})
        };
        let since = json!("2026-11-22T12:00:00Z");
        let data = [workspace("acme", "Acme", json!(null)), workspace("s-hne", "Söhne & Töchter", since)];
        let table = workspaces(&json!({"data": data}));
        let at = |line: &str, word: &str| line.find(word).map(|at| line[..at].chars().count());
        let lines: Vec<_> = table.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(at(lines[0], "PLAN") == at(lines[1], "pro") && at(lines[1], "pro") == at(lines[2], "pro"), "{table}");
        assert!(lines[2].contains("1 of 3") && lines[2].contains("suspended since 2026-11-22"), "{table}");
    }
}
