//! A base URL: scheme, host, perhaps a port and a path. Own URLs are made from it, never from `Host`.

use http::Uri;
use std::{fmt, net::IpAddr};

/// An `http` or `https` URL without credentials, query and fragment; host in lower case, default port and last
/// slash left out, so that two spellings of one URL are equal.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    https: bool,
    /// Where the path begins in `text`.
    path_at: usize,
}

impl BaseUrl {
    /// Reads a URL as people write it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let uri: Uri = text.parse().map_err(|_| format!("`{text}` is not a URL"))?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(format!("`{text}` must begin with https:// or http://")),
        };
        let authority = uri.authority().map(http::uri::Authority::as_str).unwrap_or_default();
        if authority.contains('@') {
            return Err("must not contain a user name or a password".to_owned());
        }
        if uri.query().is_some() || text.contains('#') {
            return Err(format!("`{text}` must end with the path: no ? and no #"));
        }
        let authority = authority.to_ascii_lowercase();
        let authority = authority.strip_suffix(if https { ":443" } else { ":80" }).unwrap_or(&authority);
        let origin = format!("{}://{authority}", if https { "https" } else { "http" });
        Ok(Self { text: format!("{origin}{}", uri.path().trim_end_matches('/')), https, path_at: origin.len() })
    }

    /// `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn loopback(port: u16) -> Self {
        let text = format!("http://127.0.0.1:{port}");
        Self { path_at: text.len(), text, https: false }
    }

    /// The whole URL, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port: what browsers send as `Origin`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.text[..self.path_at]
    }

    /// Host and port: what clients send as `Host`.
    #[must_use]
    pub fn authority(&self) -> &str {
        let origin = self.origin();
        origin.split_once("://").map_or(origin, |(_, authority)| authority)
    }

    /// The path without its last slash: empty at the root.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.text[self.path_at..]
    }

    /// Whether the scheme is `https`.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// Whether only programs on the same machine can reach it.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(self.authority())
    }

    /// The URL of `path`, which begins with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }
}

/// Whether `host` or `host:port` names this very machine: `localhost`, its subdomains, 127.0.0.0/8, `[::1]`.
#[must_use]
pub fn is_loopback(authority: &str) -> bool {
    let Ok(authority) = authority.parse::<http::uri::Authority>() else { return false };
    let host = authority.host().to_ascii_lowercase();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().map_or_else(|_| host == "localhost" || host.ends_with(".localhost"), |ip| ip.is_loopback())
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> BaseUrl {
        BaseUrl::parse(text).unwrap()
    }

    #[test]
    fn two_spellings_of_one_url_are_equal() {
        assert_eq!(url("https://Keys.Example.com:443/"), url("https://keys.example.com"));
        assert_eq!(url("http://localhost:80"), url("http://localhost/"));
        assert_ne!(url("https://keys.example.com:8443"), url("https://keys.example.com"));
    }

    #[test]
    fn its_parts_are_those_that_browsers_send() {
        let base = url("https://api.example.com:8443/public/");
        assert_eq!(base.as_str(), "https://api.example.com:8443/public");
        assert_eq!(base.origin(), "https://api.example.com:8443");
        assert_eq!(base.authority(), "api.example.com:8443");
        assert_eq!(base.path(), "/public");
        assert_eq!(base.join("/v1/leads"), "https://api.example.com:8443/public/v1/leads");
    }

    #[test]
    fn what_is_not_a_base_url_is_refused() {
        for text in [
            "",
            "keys.example.com",
            "ftp://keys.example.com",
            "https://",
            "https://a b",
            "/path",
            "https://user:pass@host",
            "https://host/?x=1",
            "https://host/#x",
        ] {
            assert!(BaseUrl::parse(text).is_err(), "{text} was accepted");
        }
    }

    #[test]
    fn only_names_of_this_machine_are_loopback() {
        for authority in ["localhost", "localhost:3000", "app.localhost", "127.0.0.1:3000", "127.8.8.8", "[::1]:3000"] {
            assert!(is_loopback(authority), "{authority}");
        }
        for authority in ["localhost.example.com", "10.0.0.1", "0.0.0.0:3000", "[::]:3000", "127.0.0.1.example.com", ""]
        {
            assert!(!is_loopback(authority), "{authority}");
        }
    }
}
