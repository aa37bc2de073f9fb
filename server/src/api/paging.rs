//! Reading `?limit=` and `?cursor=`.

use super::openapi::query;
use crate::problem::Problem;
use keywright_core::{error::FieldError, ids::KeyId, page::PageRequest};
use std::{collections::HashMap, str::FromStr};
use utoipa::{
    IntoParams,
    openapi::{
        ObjectBuilder, Type,
        path::{Parameter, ParameterIn},
    },
};

/// `limit` and `cursor`, for the description of every list.
pub struct Paging;

impl IntoParams for Paging {
    fn into_params(_place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let most = PageRequest::<KeyId>::MOST;
        let usual = PageRequest::<KeyId>::first().limit;
        let limit = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(most));
        vec![
            query("limit", &format!("How many, at most {most}; {usual} if absent."), limit),
            query("cursor", "The `next_cursor` of the page before.", ObjectBuilder::new().schema_type(Type::String)),
        ]
    }
}

/// The part of a list that the query asks for.
pub fn page_request<Id: FromStr>(query: &HashMap<String, String>) -> Result<PageRequest<Id>, Problem> {
    let mut request = PageRequest::<Id>::first();
    if let Some(cursor) = query.get("cursor") {
        let wrong = || FieldError::new("cursor", "The cursor is not one of this list.");
        request.after = Some(cursor.parse().map_err(|_| Problem::bad_query(vec![wrong()]))?);
    }
    if let Some(limit) = query.get("limit") {
        let most = PageRequest::<Id>::MOST;
        let wrong = || FieldError::new("limit", format!("The limit is a number from 1 to {most}."));
        let fits = limit.parse().ok().filter(|n| (1..=most).contains(n));
        request.limit = fits.ok_or_else(|| Problem::bad_query(vec![wrong()]))?;
    }
    Ok(request)
}
