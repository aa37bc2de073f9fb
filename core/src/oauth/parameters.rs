//! What a request says, whether it came as a query string, a form or JSON: one set of rules for all three.

use super::{OAuthResult, invalid_request};

/// The only one that may be sent several times (RFC 8707 §2).
const REPEATABLE: &str = "resource";

/// The parameters of a request, each at most once (OAuth 2.1 §3.1, §3.2). Those that nobody asks for are ignored, and
/// an empty value is none at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Refuses what is said twice.
    pub fn new(pairs: Vec<(String, String)>) -> OAuthResult<Self> {
        match Self::repeated(&pairs) {
            Some(name) => Err(invalid_request(format!("The parameter '{name}' is sent twice."))),
            None => Ok(Self::lenient(pairs)),
        }
    }

    /// The same for whoever must look at some of them first.
    #[must_use]
    pub fn lenient(mut pairs: Vec<(String, String)>) -> Self {
        pairs.retain(|(_, value)| !value.is_empty());
        Self(pairs)
    }

    /// The first that is sent twice.
    #[must_use]
    pub fn repeated(pairs: &[(String, String)]) -> Option<&str> {
        let mut names =
            pairs.iter().enumerate().map(|(i, (name, _))| (i, name)).filter(|(_, name)| *name != REPEATABLE);
        names.find(|(i, name)| pairs[..*i].iter().any(|(earlier, _)| earlier == *name)).map(|(_, name)| name.as_str())
    }

    /// Its value, if it was sent.
    #[must_use]
    pub fn one(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All its values.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Its value, which must have been sent.
    pub fn required(&self, name: &str) -> OAuthResult<&str> {
        self.one(name).ok_or_else(|| invalid_request(format!("The parameter '{name}' is missing.")))
    }

    /// All pairs, in the order in which they were sent.
    #[must_use]
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::Code;

    fn parameters(pairs: &[(&str, &str)]) -> OAuthResult<Parameters> {
        Parameters::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_parameter_is_sent_once_except_resources() {
        let twice = parameters(&[("scope", "a"), ("resource", "b"), ("resource", "c"), ("scope", "")]);
        assert_eq!(twice.map_err(|error| error.code), Err(Code::InvalidRequest));
        let good = parameters(&[("scope", "a"), ("resource", "b"), ("resource", "c"), ("state", "")]).unwrap();
        assert_eq!((good.one("scope"), good.one("state")), (Some("a"), None));
        assert_eq!(good.all("resource").collect::<Vec<_>>(), ["b", "c"]);
        assert!(good.required("code").is_err());
    }
}
