//! Which pages of other sites may call the API.

/// Which pages of other sites may call the API from a browser, and with what (the Fetch standard's CORS protocol).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cors {
    /// Whose pages.
    pub origins: Origins,
    /// Which headers they may send besides those that carry a key and `Content-Type`.
    pub headers: Vec<String>,
    /// For how many seconds a browser need not ask again.
    pub max_age: u32,
}

/// Whose pages may call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origins {
    /// Anybody's.
    Any,
    /// Those of these: `https://app.example.com`.
    These(Vec<String>),
}

impl Cors {
    /// Whether pages of this origin may call. Browsers write origins in one way (RFC 6454 §6.2).
    #[must_use]
    pub fn admits(&self, origin: &str) -> bool {
        match &self.origins {
            Origins::Any => true,
            Origins::These(origins) => origins.iter().any(|known| known == origin),
        }
    }
}
