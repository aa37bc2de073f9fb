//! Reading `?limit=` and `?cursor=`, and ids in paths.

use crate::problem::Problem;
use keywright_core::{
    ids::{InvitationId, KeyId, UserId},
    page::PageRequest,
};
use std::{collections::HashMap, str::FromStr};

/// The part of a list that the query asks for.
pub fn page_request<Id: FromStr>(query: &HashMap<String, String>) -> Result<PageRequest<Id>, Problem> {
    let mut request = PageRequest::<Id>::first();
    if let Some(cursor) = query.get("cursor") {
        let id = cursor.parse().map_err(|_| Problem::malformed("The cursor is not one of this list."))?;
        request.after = Some(id);
    }
    if let Some(limit) = query.get("limit") {
        let most = PageRequest::<Id>::MOST;
        let fits = limit.parse().ok().filter(|n| (1..=most).contains(n));
        request.limit = fits.ok_or_else(|| Problem::malformed(format!("The limit is a number from 1 to {most}.")))?;
    }
    Ok(request)
}

/// A key's id. What cannot be one is as unknown as one that nobody has.
pub fn key_id(text: &str) -> Result<KeyId, Problem> {
    text.parse().map_err(|_| Problem::not_found("key"))
}

/// A member's id, likewise.
pub fn user_id(text: &str) -> Result<UserId, Problem> {
    text.parse().map_err(|_| Problem::not_found("member"))
}

/// An invitation's id, likewise.
pub fn invitation_id(text: &str) -> Result<InvitationId, Problem> {
    text.parse().map_err(|_| Problem::not_found("invitation"))
}
