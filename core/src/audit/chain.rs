//! The chain: each entry's hash covers all that the entry says, and the hash of the entry before. Whoever
//! alters or removes one would have to rewrite all that follow, and would still not have the hash that an
//! operator has kept elsewhere.

use super::{EntryHash, store::Entry};
use crate::{ids::WorkspaceId, secret::SecretHash};
use serde_json::json;
use uuid::Uuid;

/// The chain that an entry belongs to: its workspace's, or the one of all that belong to none.
pub(super) fn of(workspace: Option<WorkspaceId>) -> Uuid {
    workspace.map_or(Uuid::nil(), WorkspaceId::uuid)
}

/// The hash of the entry that has this number, after an entry with this hash.
pub(super) fn hash(before: EntryHash, seq: i64, entry: &Entry) -> EntryHash {
    // The first part has a fixed length, so no byte can move from one part to the other.
    let mut bytes = before.as_bytes().to_vec();
    bytes.extend_from_slice(encode(seq, entry).as_bytes());
    EntryHash(*SecretHash::of(&bytes).as_bytes())
}

/// An array with a fixed order: what is none, what is empty and where a member ends cannot be mistaken.
/// The moment is a number, because the databases write it differently.
fn encode(seq: i64, entry: &Entry) -> String {
    let changes: Vec<_> = entry.changes.0.iter().map(|change| (&change.what, &change.from, &change.to)).collect();
    json!([
        "keywright.audit.1",
        seq,
        entry.id,
        entry.workspace_id,
        entry.at.timestamp_micros(),
        entry.actor_id,
        entry.actor,
        entry.via,
        entry.action,
        entry.refused,
        entry.subject_id,
        entry.subject,
        changes,
        entry.address,
        entry.user_agent,
    ])
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Time,
        audit::Change,
        ids::{AuditId, UserId},
    };
    use sqlx::types::Json;

    fn entry() -> Entry {
        Entry {
            id: AuditId::from_uuid(Uuid::from_u128(1)),
            workspace_id: Some(WorkspaceId::from_uuid(Uuid::from_u128(2))),
            at: Time::from_timestamp_micros(1_795_262_400_000_001).unwrap_or_default(),
            actor_id: Some(UserId::from_uuid(Uuid::from_u128(3))),
            actor: Some("Ada".into()),
            via: Some("operator".into()),
            action: "key.revoked".into(),
            refused: None,
            subject_id: Some("key_1".into()),
            subject: Some("ci".into()),
            changes: Json(vec![Change::of("status", "active", "revoked"), Change::removed("note", "x")]),
            address: Some("203.0.113.7".into()),
            user_agent: Some("test".into()),
        }
    }

    #[test]
    fn the_encoding_does_not_change() {
        let expected = concat!(
            r#"["keywright.audit.1",7,"audit_00000000000000000000000000000001","ws_00000000000000000000000000000002","#,
            r#"1795262400000001,"user_00000000000000000000000000000003","Ada","operator","key.revoked",null,"key_1","ci","#,
            r#"[["status","active","revoked"],["note","x",null]],"203.0.113.7","test"]"#
        );
        assert_eq!(encode(7, &entry()), expected, "logs that are written already would not be verified any more");
    }

    #[test]
    fn every_member_counts() {
        let of = |change: fn(&mut Entry)| {
            let mut entry = entry();
            change(&mut entry);
            hash(EntryHash::START, 7, &entry)
        };
        let mut hashes = vec![
            of(|_| ()),
            hash(EntryHash::START, 8, &entry()),
            hash(EntryHash([1; 32]), 7, &entry()),
            of(|e| e.id = AuditId::from_uuid(Uuid::nil())),
            of(|e| e.workspace_id = None),
            of(|e| e.at += chrono::TimeDelta::microseconds(1)),
            of(|e| e.actor_id = None),
            of(|e| e.actor = None),
            of(|e| e.actor = Some(String::new())),
            of(|e| e.via = None),
            of(|e| e.action = "key.created".into()),
            of(|e| e.refused = Some("forbidden".into())),
            of(|e| e.subject_id = None),
            of(|e| e.subject = None),
            of(|e| e.changes.0.truncate(1)),
            of(|e| e.changes.0[1].to = Some(String::new())),
            of(|e| e.address = None),
            of(|e| e.user_agent = None),
        ];
        let count = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), count);
    }
}
