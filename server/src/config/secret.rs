//! A value that never shows itself: not in a log, not in a panic, not in `check-config`.

use keywright_core::gate::Redis;
use std::fmt;

/// Something to keep quiet about. `Debug` says `[redacted]`; [`Secret::expose`] is the only way in.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Keeps `value`.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, to be used and not to be printed.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Where the data is: `sqlite://…` or `postgres://…`. Printed without its password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// Accepts the two kinds of database there are. The message never repeats the value, which may hold a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        let known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
        known.then(|| Self(text.to_owned())).ok_or_else(|| "must begin with sqlite: or postgres://".to_owned())
    }

    /// The database in one file, made when it is not there.
    #[must_use]
    pub fn sqlite_file(path: &std::path::Path) -> Self {
        let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
        Self(format!("sqlite://{path}"))
    }

    /// The whole of it, password included, for the driver.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DatabaseUrl {
    /// Hides the password, and everything after `?`, where drivers take passwords too.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        without_password(&self.0, f)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Where several nodes count together: `redis://…`, or `rediss://…` for TLS. Printed without its password.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisUrl(String);

impl RedisUrl {
    /// Accepts what can be connected to. The message never repeats the value, which may hold a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = "must be such as redis://user:password@host:6379/0, or rediss://… for TLS; in user and password, \
                     %40 stands for @, %3A for :, %2F for / and %25 for %";
        Redis::is_url(text).then(|| Self(text.to_owned())).ok_or_else(|| wrong.to_owned())
    }

    /// The whole of it, password included, for the driver.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RedisUrl {
    /// Hides the password, and everything after `?`, where drivers take passwords too.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        without_password(&self.0, f)
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

fn without_password(url: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let shown = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = shown.split_once("://") else { return f.write_str(shown) };
    let Some((credentials, host)) = rest.rsplit_once('@') else { return f.write_str(shown) };
    let user = credentials.split(':').next().unwrap_or_default();
    write!(f, "{scheme}://{user}:[redacted]@{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show_itself() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "[redacted]");
    }

    #[test]
    fn a_database_url_is_shown_without_its_password() {
        for url in [
            "postgres://kw:hunter2@db:5432/keywright",
            "postgres://kw:a@hunter2@db:5432/keywright",
            "postgres://kw:x@db:5432/keywright?password=hunter2",
        ] {
            let url = DatabaseUrl::parse(url).unwrap();
            assert_eq!(url.to_string(), "postgres://kw:[redacted]@db:5432/keywright");
            assert_eq!(format!("{url:?}"), url.to_string());
            assert!(url.expose().contains("postgres://kw:"));
        }
    }

    #[test]
    fn a_redis_url_is_shown_without_its_password() {
        for (url, shown) in [
            ("redis://kw:hunter2@cache:6379/1", "redis://kw:[redacted]@cache:6379/1"),
            ("rediss://:hunter2@cache", "rediss://:[redacted]@cache"),
            ("valkey://cache/?protocol=resp3", "valkey://cache/"),
        ] {
            let url = RedisUrl::parse(url).unwrap();
            assert_eq!((url.to_string(), format!("{url:?}")), (shown.to_owned(), shown.to_owned()));
        }
    }

    #[test]
    fn what_is_no_redis_url_is_refused_without_repeating_it() {
        for url in ["", "cache:6379", "http://:hunter2@cache", "redis://:hunter2@cache/x", "rediss://cache#insecure"] {
            let fault = RedisUrl::parse(url).err().unwrap_or_else(|| panic!("{url} was accepted"));
            assert!(fault.starts_with("must be such as redis://") && !fault.contains("hunter2"), "{fault}");
        }
    }

    #[test]
    fn a_data_folder_with_odd_characters_stays_one_path() {
        let url = DatabaseUrl::sqlite_file(std::path::Path::new("/srv/100%?/keywright.db"));
        assert_eq!(url.expose(), "sqlite:///srv/100%25%3F/keywright.db");
    }

    #[test]
    fn other_databases_are_refused_without_repeating_the_url() {
        let fault = DatabaseUrl::parse("mysql://root:hunter2@db/x").err();
        assert_eq!(fault.as_deref(), Some("must begin with sqlite: or postgres://"));
    }
}
