//! Mail to people, where the operator has named a mail server. Without one nothing is sent, and nothing says that it
//! was.

mod letters;
mod reminders;

pub use letters::{Invitation, Letter};
pub use reminders::send_reminders;

use crate::config::{BaseUrl, Config, MailConfig, SmtpSecurity};
use keywright_core::{
    clock::SharedClock, keys::Reminder, profile::Profile, random, random::SharedRandom, services::Services,
};
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    address::Address,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
        extension::ClientId,
    },
};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// How long the mail server may take to accept one letter, from the connection to the last word.
const PATIENCE: Duration = Duration::from_secs(20);

/// Says that no person wrote this, so that no absence note comes back (RFC 3834 §5).
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// What sends mail. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    office: Option<Office>,
    profile: Arc<Profile>,
    public_url: BaseUrl,
    clock: SharedClock,
    random: SharedRandom,
}

#[derive(Clone)]
struct Office {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Why a letter was not sent. What exactly happened is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// There is no mail server in the configuration.
    #[error("no mail server is configured")]
    Off,
    /// It would not take this letter. It may take others.
    #[error("the mail server refused the letter")]
    Refused,
    /// It could not be reached, or takes nothing from us at all.
    #[error("the mail server takes no mail")]
    Unavailable,
}

impl Mailer {
    /// Sends by the server of the configuration, if it names one.
    pub fn new(config: &Config, services: &Services) -> anyhow::Result<Self> {
        Ok(Self {
            office: config.mail.as_ref().map(|mail| Office::open(mail, &config.public_url)).transpose()?,
            profile: Arc::clone(&services.profile),
            public_url: config.public_url.clone(),
            clock: Arc::clone(&services.clock),
            random: Arc::clone(&services.random),
        })
    }

    /// Whether mail can be sent at all. Where it cannot, no page may speak of it.
    #[must_use]
    pub const fn is_enabled(&self) -> bool {
        self.office.is_some()
    }

    /// Invites somebody into a workspace. The link is a secret until it has been used.
    pub async fn invitation(&self, to: &str, invitation: &Invitation<'_>) -> Result<(), SendError> {
        self.send(to, &letters::invitation(&self.profile, invitation)).await
    }

    /// Tells somebody that keys end soon.
    pub async fn reminder(&self, reminder: &Reminder) -> Result<(), SendError> {
        let letter = letters::reminder(&self.profile, &self.public_url, reminder, self.clock.now());
        self.send(&reminder.to.email, &letter).await
    }

    /// Hands a letter to the mail server. `Ok` means that the server has taken it, and no more than that. The log says
    /// what went wrong; of the address it has the domain alone.
    pub async fn send(&self, to: &str, letter: &Letter) -> Result<(), SendError> {
        let office = self.office.as_ref().ok_or(SendError::Off)?;
        let result = match self.envelop(&office.from, to, letter) {
            Ok(message) => office.deliver(message).await,
            Err(fault) => Err((SendError::Refused, fault)),
        };
        let domain = to.rsplit_once('@').map_or("", |(_, domain)| domain);
        result.map_err(|(error, why)| {
            tracing::warn!(domain, "A mail could not be sent: {why}");
            error
        })
    }

    fn envelop(&self, from: &Mailbox, to: &str, letter: &Letter) -> Result<Message, String> {
        let to: Address = to.parse().map_err(|_| "the address is not one that mail can be sent to".to_owned())?;
        let now = self.clock.now();
        let id = random::uuid(now, self.random.as_ref()).simple();
        Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, to))
            .date(now.into())
            .message_id(Some(format!("<{id}@{}>", from.email.domain())))
            .subject(letter.subject.as_str())
            .raw_header(HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.body.clone())
            .map_err(|error| error.to_string())
    }
}

impl Office {
    fn open(mail: &MailConfig, public_url: &BaseUrl) -> anyhow::Result<Self> {
        let url = &mail.server;
        let tls = || TlsParameters::new_rustls(url.host.clone());
        let mut server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(url.host.as_str())
            .port(url.port)
            .tls(match url.security {
                SmtpSecurity::Tls => Tls::Wrapper(tls()?),
                SmtpSecurity::StartTls => Tls::Required(tls()?),
                SmtpSecurity::None => Tls::None,
            })
            .hello_name(hello(public_url));
        if let Some((user, password)) = &url.credentials {
            server = server.credentials(Credentials::new(user.clone(), password.expose().clone()));
        }
        Ok(Self { server: server.build(), from: mail.from.clone() })
    }

    async fn deliver(&self, message: Message) -> Result<(), (SendError, String)> {
        match timeout(PATIENCE, self.server.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(judge(&error)),
            Err(_) => Err((SendError::Unavailable, format!("no end after {} s", PATIENCE.as_secs()))),
        }
    }
}

/// The name by which we greet the mail server: that of the public URL (RFC 5321 §4.1.1.1).
fn hello(public_url: &BaseUrl) -> ClientId {
    let authority = public_url.authority();
    let host = authority.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).map_or(authority, |(host, _)| host);
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse() {
        Ok(std::net::IpAddr::V4(address)) => ClientId::Ipv4(address),
        Ok(std::net::IpAddr::V6(address)) => ClientId::Ipv6(address),
        Err(_) => ClientId::Domain(bare.to_owned()),
    }
}

/// Whether the fault lies with this letter or with all of them, and what the log may say: never the server's own words,
/// which like to repeat the address.
fn judge(error: &lettre::transport::smtp::Error) -> (SendError, String) {
    let Some(code) = error.status() else {
        let why = if error.is_response() { "the answer was not understood".to_owned() } else { error.to_string() };
        return (SendError::Unavailable, why);
    };
    let code = u16::from(code);
    let why = format!("the mail server answered {code}");
    match code {
        // Not now, or not without other credentials (RFC 5321 §4.2.2, RFC 4954 §6).
        421 | 432 | 454 | 530 | 534 | 535 | 538 => (SendError::Unavailable, why),
        _ => (SendError::Refused, why),
    }
}
