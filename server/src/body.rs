//! Reading what was sent: within the size limit, in the right type, and nothing that was not asked for.

use crate::{guard::BODY_LIMIT, problem::Problem};
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
};
use http_body_util::{BodyExt as _, Limited};
use keywright_core::error::{Error, FieldError};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::error::Category;
use std::{fmt, marker::PhantomData, time::Duration};

/// How long a form or a JSON body may take to arrive, however steadily.
const READ_TIME: Duration = Duration::from_secs(30);
/// What is still taken in of a body that is too large, so that its sender gets to read the answer.
const DRAINED: usize = 8 * 1024 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// A JSON body. Members that the type does not have are refused by the types themselves.
pub struct Json<T>(pub T);

/// A JSON body, or none at all: then the type's default.
pub struct MaybeJson<T>(pub T);

/// The body of an action that needs none.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// The fields of a form, in the order in which they were sent.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        Self::read(&parts.headers, body).await
    }
}

impl<T: DeserializeOwned> Json<T> {
    /// Reads the body of a request with these headers.
    pub async fn read(headers: &HeaderMap, body: Body) -> Result<Self, Problem> {
        if !has_type(headers, "application/json") {
            return Err(wrong_type("application/json"));
        }
        parse(&read(body).await?).map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for MaybeJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let is_json = has_type(request.headers(), "application/json");
        let bytes = read(request.into_body()).await?;
        match (bytes.is_empty(), is_json) {
            (true, _) => Ok(Self(T::default())),
            (false, true) => parse(&bytes).map(Self),
            (false, false) => Err(wrong_type("application/json")),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        if !has_type(request.headers(), "application/x-www-form-urlencoded") {
            return Err(wrong_type("application/x-www-form-urlencoded"));
        }
        let bytes = read(request.into_body()).await?;
        Ok(Self(form_urlencoded::parse(&bytes).into_owned().collect()))
    }
}

impl Fields {
    /// The value of a field; empty if it was not sent.
    #[must_use]
    pub fn one(&self, name: &str) -> String {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// The values of a field that may be sent several times.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(n, _)| n == name).map(|(_, value)| value.clone()).collect()
    }

    /// The version that the form was opened on. What is no number is no version that anything ever has.
    #[must_use]
    pub fn version(&self) -> Option<i64> {
        match self.one("version").trim() {
            "" => None,
            text => Some(text.parse().unwrap_or(-1)),
        }
    }

    /// Refuses fields that the form does not have: whoever adds one wants something that is not offered.
    pub fn only(&self, known: &[&str]) -> Result<(), FieldError> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(_) => Err(FieldError::new("form", "The form was sent with a field that it does not have.")),
        }
    }
}

/// An object with the members of `T`. Left to themselves, types with members are read from lists as well, in their order.
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct OfMembers<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for OfMembers<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members)).map(Object)
            }
        }

        from.deserialize_map(OfMembers(PhantomData))
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map(|Object(parsed)| parsed).map_err(|error| match error.classify() {
        Category::Data => misfit::<T>(bytes, &error),
        Category::Syntax | Category::Eof | Category::Io => {
            Problem::malformed(format!("The body is not JSON: {error}."))
        }
    })
}

/// Names the member that does not fit, where there is one. It is found by reading the body again: most bodies fit.
fn misfit<T: DeserializeOwned>(bytes: &[u8], error: &serde_json::Error) -> Problem {
    let again = serde_path_to_error::deserialize::<_, Object<T>>(&mut serde_json::Deserializer::from_slice(bytes));
    let place = again.err().map(|error| error.path().to_string()).filter(|place| place != ".");
    let why = error.to_string();
    // What is not there has no place, nor has what is there twice: serde says its name.
    let named = ["missing field `", "duplicate field `"].iter().find_map(|start| why.strip_prefix(start));
    let named = named.and_then(|rest| rest.split('`').next()).map(str::to_owned);
    let member = [place, named].into_iter().flatten().collect::<Vec<_>>().join(".");
    let member = if member.is_empty() { "body".to_owned() } else { member };
    Error::field(member, format!("The JSON body does not fit: {why}.")).into()
}

fn has_type(headers: &HeaderMap, wanted: &str) -> bool {
    let sent = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    sent.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case(wanted))
}

fn wrong_type(wanted: &str) -> Problem {
    let message = format!("Send the body as {wanted}.");
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message)
}

/// Takes a body in whole, within [`BODY_LIMIT`] and in time.
pub async fn read(body: Body) -> Result<Bytes, Problem> {
    let mut body = body;
    let whole = tokio::time::timeout(READ_TIME, Limited::new(&mut body, BODY_LIMIT).collect()).await;
    let Ok(whole) = whole else {
        let message = "The body did not arrive in time.";
        return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "request_timeout", message));
    };
    match whole {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            drain(body).await;
            let message = format!("The body is larger than {} kB.", BODY_LIMIT / 1024);
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message))
        }
        Err(_) => Err(Problem::malformed("The body could not be read to its end.")),
    }
}

/// An answer that is sent while the caller is still sending is often lost with the connection.
async fn drain(mut body: Body) {
    let rest = async {
        let mut taken = 0;
        while let Some(Ok(frame)) = body.frame().await {
            taken += frame.data_ref().map_or(0, Bytes::len);
            if taken > DRAINED {
                break;
            }
        }
    };
    // Whether it came to its end or not, the answer is the same.
    let _ = tokio::time::timeout(DRAIN_TIME, rest).await;
}
