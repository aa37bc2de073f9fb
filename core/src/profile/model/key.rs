//! What a key looks like, how it is sent, and when it ends.

/// What a key looks like: `prefix` + random characters + checksum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFormat {
    /// `sk_live_`, `sk_`, `sked_live_`: lower-case letters, digits and underscores, ending in one.
    pub prefix: String,
    /// Which characters follow.
    pub alphabet: Alphabet,
    /// How many characters after the prefix stay visible in the dashboard.
    pub visible: usize,
    /// Where keys of one workspace are told apart by their prefix: live and test. Empty where all are
    /// alike; else the first is the usual one, and `prefix` is its prefix.
    pub environments: Vec<Environment>,
}

/// A world of its own for some of a workspace's keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// `live`.
    pub name: String,
    /// `Live`.
    pub title: String,
    /// `sk_live_`.
    pub prefix: String,
}

impl KeyFormat {
    /// Every prefix that a key may have, the usual one first.
    pub fn prefixes(&self) -> impl Iterator<Item = &str> {
        let others = self.environments.iter().map(|environment| environment.prefix.as_str());
        std::iter::once(self.prefix.as_str()).chain(others.skip(1))
    }

    /// The environment of this name.
    #[must_use]
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.name == name)
    }
}

/// The characters of the random part and of the checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// Digits, upper-case and lower-case letters: 43 characters carry 256 bits.
    Base62,
    /// Lower-case hexadecimal: 64 characters carry 256 bits.
    Hex,
}

/// A header that can carry a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// `Authorization: Bearer <key>` (RFC 6750 §2.1).
    Bearer,
    /// `X-API-Key: <key>`.
    XApiKey,
}

impl Carrier {
    /// How a key is sent in it.
    #[must_use]
    pub const fn example(self) -> &'static str {
        match self {
            Self::Bearer => "Authorization: Bearer <key>",
            Self::XApiKey => "X-API-Key: <key>",
        }
    }
}

/// What a caller is told when its key is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusals {
    /// Revoked, expired and disabled keys are told apart from unknown ones. Who knows the key may know that.
    Detailed,
    /// One sentence for all of them; the reason is for the dashboard alone.
    Uniform,
}

/// When keys end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpiryPolicy {
    /// The choices that the form offers, in days, ascending.
    pub presets: Vec<u32>,
    /// The choice that is made already; none means "never", which `required` excludes.
    pub default_days: Option<u32>,
    /// The longest life that a key may have.
    pub max_days: Option<u32>,
    /// Whether every key must end.
    pub required: bool,
}

impl ExpiryPolicy {
    /// The longest life that any profile may grant, in days: a hundred years, so that dates stay dates.
    pub const MOST_DAYS: u32 = 36_500;
}
