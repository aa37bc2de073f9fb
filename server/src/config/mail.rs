//! The mail server, and who the mails are from.

use super::{Secret, is_loopback, reader::Reader};
use http::Uri;
use lettre::message::Mailbox;
use percent_encoding::percent_decode_str;
use std::fmt;

/// By which server mail is sent, and in whose name.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// The server.
    pub server: SmtpUrl,
    /// The sender of every mail.
    pub from: Mailbox,
}

impl MailConfig {
    /// Both settings or neither: one alone would do nothing.
    pub(super) fn read(from: &mut Reader) -> Option<Self> {
        let server = from.secret("smtp_url", SmtpUrl::parse);
        let sender = from.one("mail_from", parse_sender);
        match (from.has("smtp_url"), from.has("mail_from")) {
            (true, false) => from.fault("mail_from", "must be set, because smtp_url is: every mail has a sender"),
            (false, true) => from.fault("smtp_url", "must be set, because mail_from is; without it no mail is sent"),
            (true, true) | (false, false) => {}
        }
        Some(Self { server: server?, from: sender? })
    }
}

impl fmt::Display for MailConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, from {}", self.server, self.from)
    }
}

fn parse_sender(text: &str) -> Result<Mailbox, String> {
    text.parse().map_err(|_| format!("`{text}` is not a sender such as Example <keys@example.com>"))
}

/// `smtps://user:password@mail.example.com:465`, taken apart. Printed without its password.
#[derive(Clone)]
pub struct SmtpUrl {
    /// Name or address; an IPv6 address without brackets.
    pub host: String,
    /// The port, given or usual.
    pub port: u16,
    /// How the conversation is protected.
    pub security: SmtpSecurity,
    /// Who we are to the server, if it wants to know.
    pub credentials: Option<(String, Secret<String>)>,
}

/// How the conversation with the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// TLS from the first byte (`smtps://`, RFC 8314 §3).
    Tls,
    /// TLS before anything is said (`smtp://`, RFC 3207); a server that does not offer it is told nothing.
    StartTls,
    /// None at all (`smtp://…?tls=none`): on this very machine only.
    None,
}

impl SmtpSecurity {
    const fn usual_port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::StartTls => 587,
            Self::None => 25,
        }
    }
}

impl SmtpUrl {
    /// Reads the URL. No message repeats it, because it may hold a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            "must be such as smtps://user:password@mail.example.com or smtp://user:password@mail.example.com:587; in \
             user and password, %40 stands for @, %3A for :, %2F for / and %25 for %"
                .to_owned()
        };
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let authority = uri.authority().ok_or_else(wrong)?.as_str();
        if !matches!(uri.path(), "" | "/") || text.contains('#') {
            return Err(wrong());
        }
        let (user, address) = match authority.rsplit_once('@') {
            Some((user, address)) => (Some(user), address),
            None => (None, authority),
        };
        let security = security(&uri, address).ok_or_else(wrong)??;
        let (host, port) = host_and_port(address).ok_or_else(wrong)?;
        let credentials = match user {
            Some(user) => Some(parse_credentials(user).ok_or_else(wrong)?),
            None => None,
        };
        Ok(Self { host, port: port.unwrap_or(security.usual_port()), security, credentials })
    }
}

/// None if the URL is no such URL; an error if it is one that must not be.
fn security(uri: &Uri, address: &str) -> Option<Result<SmtpSecurity, String>> {
    match (uri.scheme_str()?, uri.query()) {
        ("smtps", None) => Some(Ok(SmtpSecurity::Tls)),
        ("smtp", None | Some("tls=required")) => Some(Ok(SmtpSecurity::StartTls)),
        ("smtp", Some("tls=none")) if is_loopback(address) => Some(Ok(SmtpSecurity::None)),
        ("smtp", Some("tls=none")) => {
            Some(Err("must not say tls=none: without TLS mail goes to this very machine only".to_owned()))
        }
        (_, _) => None,
    }
}

fn host_and_port(address: &str) -> Option<(String, Option<u16>)> {
    let parsed: http::uri::Authority = address.parse().ok()?;
    let host = parsed.host();
    let port = match address.strip_prefix(host)? {
        "" => None,
        rest => Some(rest.strip_prefix(':')?.parse().ok().filter(|port| *port != 0)?),
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    (!bare.is_empty()).then(|| (bare.to_owned(), port))
}

fn parse_credentials(text: &str) -> Option<(String, Secret<String>)> {
    let (user, password) = text.split_once(':')?;
    let decode = |text| Some(percent_decode_str(text).decode_utf8().ok()?.into_owned());
    let (user, password) = (decode(user)?, decode(password)?);
    (!user.is_empty() && !password.is_empty()).then(|| (user, Secret::new(password)))
}

impl fmt::Display for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, query) = match self.security {
            SmtpSecurity::Tls => ("smtps", ""),
            SmtpSecurity::StartTls => ("smtp", "?tls=required"),
            SmtpSecurity::None => ("smtp", "?tls=none"),
        };
        write!(f, "{scheme}://")?;
        if let Some((user, _)) = &self.credentials {
            write!(f, "{user}:[redacted]@")?;
        }
        if self.host.contains(':') { write!(f, "[{}]", self.host) } else { f.write_str(&self.host) }?;
        write!(f, ":{}{query}", self.port)
    }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(url: &str) -> String {
        SmtpUrl::parse(url).unwrap().to_string()
    }

    #[test]
    fn a_url_is_taken_apart_and_shown_without_its_password() {
        let url = SmtpUrl::parse("smtps://kw%40example.com:hunt%2Fer+2%40@mail.example.com").unwrap();
        let (user, password) = url.credentials.clone().unwrap();
        assert_eq!((user.as_str(), password.expose().as_str()), ("kw@example.com", "hunt/er+2@"));
        assert_eq!((url.host.as_str(), url.port, url.security), ("mail.example.com", 465, SmtpSecurity::Tls));
        assert_eq!(url.to_string(), "smtps://kw@example.com:[redacted]@mail.example.com:465");
        assert_eq!(format!("{url:?}"), url.to_string());
        assert_eq!(shown("smtps://kw:hunt@er2@mail.example.com"), "smtps://kw:[redacted]@mail.example.com:465");
        assert_eq!(shown("smtps://mail.example.com:8465/"), "smtps://mail.example.com:8465");
        assert_eq!(shown("smtp://[::1]?tls=none"), "smtp://[::1]:25?tls=none");
    }

    #[test]
    fn tls_is_required_unless_the_server_is_on_this_very_machine() {
        assert_eq!(shown("smtp://mail.example.com"), "smtp://mail.example.com:587?tls=required");
        assert_eq!(shown("smtp://mail.example.com:25?tls=required"), "smtp://mail.example.com:25?tls=required");
        assert_eq!(shown("smtp://a:b@localhost:2525?tls=none"), "smtp://a:[redacted]@localhost:2525?tls=none");
        let fault = SmtpUrl::parse("smtp://kw:hunter2@mail.example.com?tls=none").err().unwrap_or_default();
        assert!(fault.contains("this very machine only") && !fault.contains("hunter2"), "{fault}");
    }

    #[test]
    fn what_is_not_such_a_url_is_refused_without_repeating_it() {
        for url in [
            "",
            "mail.example.com",
            "https://kw:hunter2@mail.example.com",
            "smtp://kw:hunter2@mail.example.com?tls=opportunistic",
            "smtps://kw:hunter2@mail.example.com?tls=none",
            "smtps://kw:hunter2@mail.example.com/path",
            "smtps://kw:hunter2@mail.example.com#x",
            "smtps://kw:hunter2@mail.example.com:99999",
            "smtps://kw:hunter2@mail.example.com:0",
            "smtps://kw:hunter2@",
            "smtps://kw@mail.example.com",
            "smtps://:hunter2@mail.example.com",
            "smtps://kw:@mail.example.com",
        ] {
            let fault = SmtpUrl::parse(url).err().unwrap_or_else(|| panic!("{url} was accepted"));
            assert!(!fault.contains("hunter2") && fault.contains("must"), "{url}: {fault}");
        }
    }
}
