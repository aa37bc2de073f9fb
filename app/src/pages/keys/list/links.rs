//! The list's own addresses: everything that is asked of it stands in the query string.

use form_urlencoded::Serializer;
use keywright_core::{ids::KeyId, keys::KeyQuery};

/// The list with this question, from this row on.
pub(super) fn list(slug: &str, query: &KeyQuery, cursor: Option<KeyId>) -> String {
    let mut pairs = Serializer::new(String::new());
    pairs.extend_pairs(query.pairs());
    if let Some(cursor) = cursor {
        pairs.append_pair("cursor", &cursor.to_string());
    }
    let pairs = pairs.finish();
    if pairs.is_empty() { format!("/w/{slug}/keys") } else { format!("/w/{slug}/keys?{pairs}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_keeps_what_is_asked_and_nothing_in_it_can_ask_for_more() {
        let query = KeyQuery { search: "a&sort=label #1".into(), ..KeyQuery::default() };
        assert_eq!(list("acme", &query, None), "/w/acme/keys?q=a%26sort%3Dlabel+%231");
        assert_eq!(list("acme", &KeyQuery::default(), None), "/w/acme/keys");
        let id = KeyId::from_uuid(Default::default());
        assert_eq!(list("acme", &KeyQuery::default(), Some(id)), format!("/w/acme/keys?cursor={id}"));
    }
}
