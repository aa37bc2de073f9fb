//! One type per kind of id, so that a workspace's id can never be passed for a key's.
//!
//! Ids are UUIDv7 (RFC 9562 §5.7), so they sort by creation. Outside they are written with the name
//! of their kind, `key_0198c0de…`: a pasted id says what it is.

/// Text that is not an id of the kind asked for. The caller answers "not found".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind")]
pub struct NotAnId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $kind:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "server", derive(sqlx::Type), sqlx(transparent, no_pg_array))]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// The id with these bits.
            #[must_use]
            pub const fn from_uuid(id: uuid::Uuid) -> Self {
                Self(id)
            }
            /// The bits alone, where a neighbour wants no prefix.
            #[must_use]
            pub const fn uuid(self) -> uuid::Uuid {
                self.0
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($kind, "_{}"), self.0.simple())
            }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{self}")
            }
        }
        impl std::str::FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let hex = text.strip_prefix(concat!($kind, "_")).ok_or(NotAnId)?;
                // One spelling only: 32 lower-case digits, no hyphens, so that equal ids are equal text.
                if hex.len() != 32 || !hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
                    return Err(NotAnId);
                }
                uuid::Uuid::try_parse(hex).map(Self).map_err(|_| NotAnId)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                text.parse()
            }
        }
    )*};
}

ids! {
    /// An API key. It stays the same when the secret is rotated.
    KeyId = "key";
    /// A person who signs in.
    UserId = "user";
    /// A customer of the operator.
    WorkspaceId = "ws";
    /// One line of the audit log.
    AuditId = "audit";
    /// A browser session as the account page lists it; never the cookie's value.
    SessionId = "session";
    /// An invitation to a workspace; never its link's token.
    InvitationId = "invitation";
    /// What an execution holds while it runs.
    LeaseId = "lease";
    /// A request that was refused, as it is kept; its caller knows it by the request's id.
    RefusalId = "refusal";
    /// An app that may ask for tokens; never its `client_id`, which it sends.
    AppId = "app";
    /// A line in the trace of an app.
    AppEventId = "event";
    /// A question whether an app may be let in, as somebody is being asked it.
    ConsentId = "consent";
    /// What somebody, or an app for itself, has been granted.
    GrantId = "grant";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_writes() {
        let id = KeyId::from_uuid(uuid::Uuid::from_u128(7));
        assert_eq!(id.to_string(), "key_00000000000000000000000000000007");
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn an_id_of_another_kind_or_spelling_is_refused() {
        for text in [
            "",
            "key_",
            "ws_00000000000000000000000000000007",
            "00000000000000000000000000000007",
            "key_0000000000000000000000000000000G",
            "key_0000000000000000000000000000000A",
            "key_00000000-0000-0000-0000-000000000007",
        ] {
            assert_eq!(text.parse::<KeyId>(), Err(NotAnId), "{text}");
        }
    }
}
