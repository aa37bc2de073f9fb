//! What an account is, and what people type to get one.

use crate::{
    Time,
    error::FieldError,
    ids::{SessionId, UserId},
    text,
};

/// A person who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// What to call them.
    pub name: String,
    /// Where to write to; lower case, unique.
    pub email: String,
}

/// A person who has just proven who they are. A session is opened for them only while their password is still
/// the one of that moment: changing it ends every other session, those that are being opened as well.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct Proven {
    /// Who it is.
    #[cfg_attr(feature = "server", sqlx(flatten))]
    pub user: User,
    /// How often their password had been changed.
    pub password_version: i64,
}

impl Proven {
    /// Somebody whose account was made this moment.
    #[must_use]
    pub const fn newcomer(user: User) -> Self {
        Self { user, password_version: 0 }
    }
}

/// A browser in which somebody is signed in, as the account page lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct SessionInfo {
    /// Names it in the list; it is not the cookie's value and cannot be made into it.
    pub id: SessionId,
    /// When it began.
    pub created_at: Time,
    /// When it was last seen, to within five minutes.
    pub seen_at: Time,
    /// From where it began.
    pub address: Option<String>,
    /// The browser, as it calls itself.
    pub user_agent: Option<String>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// What the setup page sends. Kept as typed, so that a refused form comes back as it was.
#[derive(Clone, Default, serde::Deserialize)]
pub struct SetupForm {
    /// The one-time token of the link.
    #[serde(default)]
    pub token: String,
    /// The owner's name.
    #[serde(default)]
    pub name: String,
    /// The owner's address.
    #[serde(default)]
    pub email: String,
    /// The owner's password. Never sent back.
    #[serde(default)]
    pub password: String,
    /// The first workspace's name.
    #[serde(default)]
    pub workspace: String,
    /// The first workspace's plan.
    #[serde(default)]
    pub plan: String,
}

/// An e-mail address, lower case. Whether it exists only a letter can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Reads what was typed into the field `email`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let wrong = || FieldError::new("email", "Enter an e-mail address such as ada@example.com.");
        let text = text::line(text, 254).map_err(|_| wrong())?.to_lowercase();
        let (local, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
        let fits = !local.is_empty()
            && !domain.is_empty()
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !text.contains(char::is_whitespace);
        if fits { Ok(Self(text)) } else { Err(wrong()) }
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A person's name: one line of 1 to 80 characters.
pub fn person_name(text: &str) -> Result<String, FieldError> {
    text::line(text, 80).map_err(|f| FieldError::new("name", f.message("Your name")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_in_lower_case() {
        assert_eq!(Email::parse(" Ada@Example.COM ").map(|e| e.as_str().to_owned()), Ok("ada@example.com".to_owned()));
    }

    #[test]
    fn what_cannot_be_an_address_is_refused() {
        for bad in ["", "ada", "@example.com", "ada@", "a da@example.com", "ada@.com", "ada@example.com\0"] {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
    }
}
