//! Where an app is sent back to: which addresses may be registered, and what equals one of them.
//!
//! An address is compared as text, character by character (OAuth 2.1 §2.3.1, RFC 9700 §4.1.3). What parses addresses
//! also "repairs" them, and two that were repaired alike need not lead to one place. The only exception is the port of
//! an address of the app's own machine, which an app on a desktop learns when it starts (RFC 8252 §7.3).

use serde::Serialize;
use std::fmt;

/// The longest address that is kept.
const MOST_BYTES: usize = 2_000;
/// What browsers run, read or fetch themselves instead of handing it to an app.
const FORBIDDEN: &[&str] = &[
    "about",
    "blob",
    "chrome",
    "data",
    "file",
    "filesystem",
    "ftp",
    "intent",
    "javascript",
    "mailto",
    "resource",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];
/// An app's own scheme has a dot in it, since only who has a domain name may turn it round (RFC 8252 §7.1). These have
/// none and are known to every editor's users.
const WELL_KNOWN: &[&str] = &["cursor", "vscode", "vscode-insiders", "windsurf"];

/// An address to which an app may be sent back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct RedirectUri(String);

/// Why an address cannot be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectFault {
    /// It is no absolute address, or has characters that no address has.
    #[error("is no address. Write all of it, like https://app.example.com/callback")]
    NotAnAddress,
    /// More than the longest.
    #[error("is longer than 2,000 characters")]
    TooLong,
    /// It has a `#`.
    #[error("has a “#”. Leave out what comes after it")]
    Fragment,
    /// It names a person before the host, which is how look-alikes are made.
    #[error("has an “@” before the host. Leave out what stands before it")]
    UserInfo,
    /// It has a `*`.
    #[error("has a “*”. Addresses are compared character by character: write each of them")]
    Wildcard,
    /// `http` to somewhere else than the app's own machine.
    #[error("is not encrypted. Use https; http works only for 127.0.0.1, [::1] and localhost")]
    Unencrypted,
    /// A scheme that browsers themselves act on.
    #[error("begins with a scheme that no app can have")]
    Forbidden,
    /// A scheme without a dot.
    #[error(
        "begins with a scheme without a dot. Use one that is a domain name turned round, like com.example.app:/callback"
    )]
    NoDot,
}

/// The parts that decide.
struct Parts<'a> {
    scheme: String,
    /// As it is written, with `[ ]` around IPv6; none where the scheme has no `//`.
    host: Option<&'a str>,
    /// Where a port stands in the text, with its colon; empty where there is none.
    port: std::ops::Range<usize>,
}

impl RedirectUri {
    /// Reads an address that is to be registered.
    pub fn parse(text: &str) -> Result<Self, RedirectFault> {
        if text.len() > MOST_BYTES {
            return Err(RedirectFault::TooLong);
        }
        let parts = Parts::of(text)?;
        match (parts.scheme.as_str(), parts.host) {
            ("https", Some(_)) => {}
            ("http", Some(host)) if is_loopback(host) => {}
            ("http", Some(_)) => return Err(RedirectFault::Unencrypted),
            ("http" | "https", None) => return Err(RedirectFault::NotAnAddress),
            (scheme, _) if scheme.contains('.') || WELL_KNOWN.contains(&scheme) => {}
            _ => return Err(RedirectFault::NoDot),
        }
        Ok(Self(text.to_owned()))
    }

    /// Whether an app that registered this address may be sent to `asked`: the same text, but for the port of the
    /// app's own machine.
    #[must_use]
    pub fn admits(&self, asked: &str) -> bool {
        if self.0 == asked {
            return true;
        }
        // What could not be registered is never gone to, whatever it is like.
        let Ok(asked) = Self::parse(asked) else { return false };
        match (self.without_port(), asked.without_port()) {
            (Some(own), Some(asked)) => own == asked,
            (Some(_) | None, None) | (None, Some(_)) => false,
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where it leads, for people: the host with its port, or the scheme of an app on the same device.
    #[must_use]
    pub fn destination(&self) -> String {
        let Ok(parts) = Parts::of(&self.0) else { return String::new() };
        match (parts.scheme.as_str(), parts.host) {
            ("http" | "https", Some(host)) => format!("{host}{}", &self.0[parts.port]),
            (scheme, _) => format!("{scheme}:"),
        }
    }

    /// Whether it leads to whatever listens on the person's own machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        Parts::of(&self.0).is_ok_and(|parts| parts.host.is_some_and(is_loopback))
    }

    /// Whether it leads to an app on the person's device rather than to a website.
    #[must_use]
    pub fn is_native(&self) -> bool {
        Parts::of(&self.0).is_ok_and(|parts| !matches!(parts.scheme.as_str(), "http" | "https")) || self.is_loopback()
    }

    /// An address of the app's own machine without its port; none for any other.
    fn without_port(&self) -> Option<(&str, &str)> {
        let parts = Parts::of(&self.0).ok()?;
        let own = parts.scheme == "http" && parts.host.is_some_and(is_loopback);
        own.then(|| (&self.0[..parts.port.start], &self.0[parts.port.end..]))
    }
}

impl<'a> Parts<'a> {
    /// RFC 3986 §3, as much of it as an address that is compared as text may have.
    fn of(text: &'a str) -> Result<Self, RedirectFault> {
        if !text.bytes().all(is_plain) {
            return Err(RedirectFault::NotAnAddress);
        }
        let (scheme, rest) = text.split_once(':').ok_or(RedirectFault::NotAnAddress)?;
        let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) || !scheme.bytes().all(word) || rest.is_empty() {
            return Err(RedirectFault::NotAnAddress);
        }
        if text.contains('#') {
            return Err(RedirectFault::Fragment);
        }
        let scheme = scheme.to_ascii_lowercase();
        if FORBIDDEN.contains(&scheme.as_str()) {
            return Err(RedirectFault::Forbidden);
        }
        let Some(after) = rest.strip_prefix("//") else { return Ok(Self { scheme, host: None, port: 0..0 }) };
        let authority = after.split(['/', '?']).next().unwrap_or_default();
        if authority.is_empty() && !matches!(scheme.as_str(), "http" | "https") {
            return Ok(Self { scheme, host: None, port: 0..0 });
        }
        let start = text.len() - after.len();
        let host = host(authority)?;
        Ok(Self { scheme, host: Some(host), port: start + host.len()..start + authority.len() })
    }
}

/// The host of an authority, whose port must be a number.
fn host(authority: &str) -> Result<&str, RedirectFault> {
    if authority.contains('@') {
        return Err(RedirectFault::UserInfo);
    }
    if authority.contains('*') {
        return Err(RedirectFault::Wildcard);
    }
    let end = match authority.find(']') {
        Some(bracket) => bracket + 1,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at(end);
    let is_port =
        |digits: &str| digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse::<u16>().is_ok_and(|n| n > 0);
    let good_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
    if good_port && is_host(host) { Ok(host) } else { Err(RedirectFault::NotAnAddress) }
}

fn is_host(host: &str) -> bool {
    match host.strip_prefix('[') {
        Some(v6) => v6.strip_suffix(']').is_some_and(|v6| v6.parse::<std::net::Ipv6Addr>().is_ok()),
        None => {
            let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
            !host.is_empty() && host.bytes().all(word) && !host.starts_with('.') && !host.contains("..")
        }
    }
}

/// The three spellings that mean this machine to everybody. `127.1` and `0x7f.1` mean it to some.
fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "[::1]" | "localhost")
}

/// What RFC 3986 §2 lets stand in an address. Browsers turn `\` into `/`, which would move where the host ends.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> RedirectUri {
        RedirectUri::parse(text).expect("an address that may be registered")
    }

    #[test]
    fn addresses_that_lead_to_the_app_alone_can_be_registered() {
        for good in [
            "https://app.example.com/callback",
            "https://app.example.com:8443/cb?keep=1",
            "https://claude.ai/api/mcp/auth_callback",
            "https://xn--bcher-kva.example/cb",
            "http://localhost/callback",
            "http://127.0.0.1:3000/cb",
            "http://[::1]:3000/cb",
            "com.example.app:/callback",
            "com.example.app://callback",
            "com.example.app:///callback",
            "cursor://anysphere.cursor-mcp/oauth/callback",
        ] {
            assert_eq!(uri(good).as_str(), good);
        }
    }

    #[test]
    fn addresses_that_may_lead_elsewhere_cannot_be_registered_and_say_why() {
        for (bad, fault) in [
            ("", RedirectFault::NotAnAddress),
            ("/callback", RedirectFault::NotAnAddress),
            ("app.example.com/callback", RedirectFault::NotAnAddress),
            ("https:app.example.com", RedirectFault::NotAnAddress),
            ("https:///callback", RedirectFault::NotAnAddress),
            ("https://app.example.com:port/", RedirectFault::NotAnAddress),
            ("https://app.example.com:/", RedirectFault::NotAnAddress),
            ("https://app.example.com:99999/", RedirectFault::NotAnAddress),
            ("https://a b.example/", RedirectFault::NotAnAddress),
            ("https://bücher.example/", RedirectFault::NotAnAddress),
            ("https://good.example\\@evil.example/", RedirectFault::NotAnAddress),
            ("https://[::1/", RedirectFault::NotAnAddress),
            ("https://a..example/", RedirectFault::NotAnAddress),
            ("https://app.example.com/cb#top", RedirectFault::Fragment),
            ("https://good.example@evil.example/", RedirectFault::UserInfo),
            ("http://localhost:80@evil.example/", RedirectFault::UserInfo),
            ("https://*.example.com/cb", RedirectFault::Wildcard),
            ("http://app.example.com/cb", RedirectFault::Unencrypted),
            ("http://127.1/cb", RedirectFault::Unencrypted),
            ("http://localhost.evil.example/cb", RedirectFault::Unencrypted),
            ("http://LOCALHOST/cb", RedirectFault::Unencrypted),
            ("javascript:alert(1)", RedirectFault::Forbidden),
            ("JavaScript://app.example.com/%0aalert(1)", RedirectFault::Forbidden),
            ("data:text/html,x", RedirectFault::Forbidden),
            ("file:///etc/passwd", RedirectFault::Forbidden),
            ("about:blank", RedirectFault::Forbidden),
            ("com.example.app://user@evil.example/", RedirectFault::UserInfo),
            ("blob:https://a.example/1", RedirectFault::Forbidden),
            ("vbscript:x", RedirectFault::Forbidden),
            ("myapp://callback", RedirectFault::NoDot),
        ] {
            assert_eq!(RedirectUri::parse(bad), Err(fault), "{bad}");
        }
        let long = format!("https://app.example.com/{}", "a".repeat(MOST_BYTES));
        assert_eq!(RedirectUri::parse(&long), Err(RedirectFault::TooLong));
    }

    /// RFC 9700 §4.1: each of these has been somebody's hole.
    #[test]
    fn skedcast_05_nothing_but_the_same_text_is_gone_to() {
        let own = uri("https://app.example.com/callback");
        assert!(own.admits("https://app.example.com/callback"));
        for alike in [
            "https://app.example.com/callback/",
            "https://app.example.com/callback/../evil",
            "https://app.example.com/callback?x=1",
            "https://app.example.com/callback#x",
            "https://app.example.com:443/callback",
            "https://APP.example.com/callback",
            "https://app.example.com/%63allback",
            "https://app.example.com.evil.example/callback",
            "https://app.example.com@evil.example/callback",
            "http://app.example.com/callback",
            "",
        ] {
            assert!(!own.admits(alike), "{alike}");
        }
    }

    #[test]
    fn only_the_port_of_the_own_machine_is_free() {
        for (own, asked, good) in [
            ("http://localhost/callback", "http://localhost:53219/callback", true),
            ("http://127.0.0.1:3000/cb", "http://127.0.0.1:4000/cb", true),
            ("http://127.0.0.1:3000/cb", "http://127.0.0.1/cb", true),
            ("http://[::1]/cb", "http://[::1]:4000/cb", true),
            ("http://127.0.0.1/cb", "http://localhost:4000/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:4000/other", false),
            ("http://127.0.0.1/cb", "https://127.0.0.1:4000/cb", false),
            ("http://localhost/cb", "http://localhost:80@evil.example/cb", false),
            ("http://localhost/cb", "http://localhost:4000/cb?x=1", false),
            ("http://localhost/cb", "http://localhost:/cb", false),
            ("https://localhost:3000/cb", "https://localhost:4000/cb", false),
            ("https://app.example.com/cb", "https://app.example.com:4000/cb", false),
        ] {
            assert_eq!(uri(own).admits(asked), good, "{own} for {asked}");
        }
    }

    #[test]
    fn people_are_told_where_an_address_leads() {
        for (text, destination, native) in [
            ("https://app.example.com:8443/cb", "app.example.com:8443", false),
            ("http://127.0.0.1:3000/cb", "127.0.0.1:3000", true),
            ("com.example.app:/callback", "com.example.app:", true),
            ("cursor://anysphere.cursor-mcp/oauth", "cursor:", true),
        ] {
            assert_eq!((uri(text).destination().as_str(), uri(text).is_native()), (destination, native));
        }
    }
}
