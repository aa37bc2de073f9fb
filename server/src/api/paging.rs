//! Lists: reading `?limit=` and `?cursor=`, and answering a page.

use super::openapi::query;
use crate::problem::Problem;
use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
    response::{IntoResponse as _, Response},
};
use keywright_core::{
    error::FieldError,
    page::{Page, PageRequest},
};
use serde::Serialize;
use std::{borrow::Cow, collections::HashMap, str::FromStr};
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema, Type,
        path::{Parameter, ParameterIn},
    },
};

/// The part of a list that the query asks for with `limit` and `cursor`.
pub struct Paging<Id>(pub PageRequest<Id>);

/// A page of a list. What lists `App` is described as `AppList`.
#[derive(Serialize)]
pub struct ListBody<T> {
    data: Vec<T>,
    meta: Meta,
}

/// Where the next page begins.
#[derive(Serialize, ToSchema)]
#[schema(as = ListMeta)]
struct Meta {
    /// Pass it as `cursor` for the next page; `null`: this was the last.
    #[schema(example = json!(null))]
    next_cursor: Option<String>,
}

/// The answer with a page, whose rows `show` shows.
pub fn listed<T, Id: ToString, B: Serialize>(page: Page<T, Id>, show: impl FnMut(T) -> B) -> Response {
    let data = page.items.into_iter().map(show).collect();
    let next_cursor = page.next.map(|id| id.to_string());
    axum::Json(ListBody { data, meta: Meta { next_cursor } }).into_response()
}

impl<S: Send + Sync, Id: FromStr> FromRequestParts<S> for Paging<Id> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<HashMap<String, String>>::from_request_parts(parts, state).await;
        let Query(query) = query.map_err(|_| Problem::malformed("The query is not well-formed."))?;
        page_request(&query).map(Self)
    }
}

impl<Id> IntoParams for Paging<Id> {
    fn into_params(_place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let most = PageRequest::<Id>::MOST;
        let usual = PageRequest::<Id>::first().limit;
        let limit = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(most));
        vec![
            query("limit", &format!("How many, at most {most}; {usual} if absent."), limit),
            query("cursor", "The `next_cursor` of the page before.", ObjectBuilder::new().schema_type(Type::String)),
        ]
    }
}

impl<T: ToSchema> ToSchema for ListBody<T> {
    fn name() -> Cow<'static, str> {
        format!("{}List", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        for (name, schema) in [(T::name(), T::schema()), (Meta::name(), Meta::schema())] {
            schemas.push((name.into_owned(), schema));
        }
        T::schemas(schemas);
    }
}

impl<T: ToSchema> PartialSchema for ListBody<T> {
    fn schema() -> RefOr<Schema> {
        let rows =
            ArrayBuilder::new().items(Ref::from_schema_name(T::name())).description(Some("The rows of the page."));
        ObjectBuilder::new()
            .description(Some("A page of a list."))
            .property("data", rows)
            .required("data")
            .property("meta", Ref::from_schema_name(Meta::name()))
            .required("meta")
            .into()
    }
}

fn page_request<Id: FromStr>(query: &HashMap<String, String>) -> Result<PageRequest<Id>, Problem> {
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
