//! Letters, by a real SMTP conversation with a mail server that is written here: it stands for the outside world.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on must stop")]

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::TimeDelta;
use keywright::{
    config::Config,
    mail::{Invitation, Letter, Mailer, SendError, send_reminders},
};
use keywright_core::{
    actor::Actor,
    clock::Clock as _,
    keys::KeyForm,
    testing::{World, key_form},
};
use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// A mail server: what it is told, and what it answers.
#[derive(Clone, Default)]
struct PostOffice {
    /// Every line of every client, letters included.
    heard: Arc<Mutex<Vec<String>>>,
    /// What is answered to lines that begin so, instead of the usual; no answer at all if that is empty.
    rules: Arc<Mutex<Vec<(&'static str, &'static str)>>>,
}

impl PostOffice {
    /// Opens; the number is its port.
    async fn open() -> (Self, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let office = Self::default();
        let open = office.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let open = open.clone();
                tokio::spawn(async move { open.talk(stream).await });
            }
        });
        (office, port)
    }

    fn answer(&self, to: &'static str, with: &'static str) {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).push((to, with));
    }

    fn as_usual(&self) {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn answer_to(&self, line: &str) -> &'static str {
        let rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, with)) = rules.iter().find(|(to, _)| line.starts_with(to)) {
            return with;
        }
        match line.split(' ').next().unwrap_or_default() {
            "EHLO" => "250-post.example.com\r\n250-8BITMIME\r\n250 AUTH PLAIN",
            "DATA" => "354 Go on",
            "AUTH" => "235 Hello",
            "QUIT" => "221 Bye",
            _ => "250 Good",
        }
    }

    async fn talk(&self, stream: TcpStream) -> io::Result<()> {
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 post.example.com ESMTP\r\n").await?;
        let mut in_letter = false;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let line = line.trim_end_matches("\r\n").to_owned();
            self.heard.lock().unwrap_or_else(PoisonError::into_inner).push(line.clone());
            if in_letter && line != "." {
                continue;
            }
            let answer = self.answer_to(&line);
            in_letter = answer.starts_with("354");
            if !answer.is_empty() {
                stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
            }
        }
    }

    /// All that was said up to now.
    fn heard(&self) -> String {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }

    /// The letters: to whom, and the text, freed of its transfer encoding as far as these tests need it.
    fn letters(&self) -> Vec<(String, String)> {
        let heard = self.heard();
        let letters = heard.split("\nDATA\n").skip(1).filter_map(|rest| rest.split_once("\n.\n").map(|(text, _)| text));
        let letters = letters.map(|text| text.replace("=\n", "").replace("=3D", "="));
        let to = |text: &str| text.lines().find_map(|line| line.strip_prefix("To: ")).unwrap_or_default().to_owned();
        letters.map(|text| (to(&text), text)).collect()
    }

    fn receivers(&self) -> Vec<String> {
        let mut receivers: Vec<_> = self.letters().into_iter().map(|(to, _)| to).collect();
        receivers.sort();
        receivers
    }
}

fn mailer(world: &World, settings: &[(&str, &str)]) -> Mailer {
    let usual = [("KEYWRIGHT_PUBLIC_URL", "https://keys.example.com"), ("KEYWRIGHT_TRUSTED_PROXIES", "10.0.0.1")];
    let variables = usual.iter().chain(settings).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let config = Config::load(None, variables, |_| Err(io::ErrorKind::NotFound.into()));
    let config = config.unwrap_or_else(|faults| panic!("{faults}"));
    Mailer::new(&config, &world.services).expect("a mailer")
}

/// One that posts at this URL.
fn posting(world: &World, url: &str) -> Mailer {
    mailer(world, &[("KEYWRIGHT_SMTP_URL", url), ("KEYWRIGHT_MAIL_FROM", "Lodol <keys@example.com>")])
}

fn letter(body: &str) -> Letter {
    Letter { subject: "Grüße".to_owned(), body: body.to_owned() }
}

async fn key_for(world: &World, actor: &Actor, label: &str, days: u32) {
    let form = KeyForm { expiry: days.to_string(), ..key_form(label, &["workflows:read"]) };
    world.services.keys.create(actor, &form).await.expect("a key");
}

/// Ada and Bob, each with a key that has four weeks left.
async fn ending_keys() -> World {
    let (world, ada) = World::owned("lodol", "enterprise").await;
    let bob = world.member(&ada.workspace, "Bob", "admin").await;
    key_for(&world, &ada, "hers", 58).await;
    key_for(&world, &bob, "his", 58).await;
    world.clock.advance(TimeDelta::days(30));
    world
}

#[tokio::test]
async fn a_letter_arrives_whole() {
    let (office, port) = PostOffice::open().await;
    let world = World::empty("lodol").await;
    let mailer = posting(&world, &format!("smtp://127.0.0.1:{port}?tls=none"));
    assert!(mailer.is_enabled());
    assert_eq!(mailer.send("ada@example.com", &letter("Hello,\n\n.\n.one dot\nand “quotes”\n")).await, Ok(()));
    insta::assert_snapshot!(office.heard());
}

#[tokio::test]
async fn an_invitation_carries_its_link() {
    let (office, port) = PostOffice::open().await;
    let world = World::empty("lodol").await;
    let mailer = posting(&world, &format!("smtp://127.0.0.1:{port}?tls=none"));
    let link = "https://keys.example.com/invitation?token=0123";
    let invitation = Invitation { workspace: "Acme", inviter: "Ada", link, expires_at: world.clock.now() };
    assert_eq!(mailer.invitation("grace@example.com", &invitation).await, Ok(()));
    let (to, text) = office.letters().remove(0);
    assert_eq!(to, "grace@example.com");
    assert!(text.contains(link), "{text}");
}

#[tokio::test]
async fn credentials_are_sent_as_they_are_meant() {
    let (office, port) = PostOffice::open().await;
    let world = World::empty("lodol").await;
    let mailer = posting(&world, &format!("smtp://kw%40example.com:p%2Fa+s%3As@127.0.0.1:{port}?tls=none"));
    assert_eq!(mailer.send("ada@example.com", &letter("Hello\n")).await, Ok(()));
    let expected = BASE64_STANDARD.encode("\0kw@example.com\0p/a+s:s");
    assert!(office.heard().contains(&format!("AUTH PLAIN {expected}")), "{}", office.heard());
}

#[tokio::test]
async fn a_server_without_tls_is_told_nothing_where_tls_is_required() {
    let (office, port) = PostOffice::open().await;
    let world = World::empty("lodol").await;
    let mailer = posting(&world, &format!("smtp://kw:hunter2@127.0.0.1:{port}?tls=required"));
    assert_eq!(mailer.send("ada@example.com", &letter("Hello\n")).await, Err(SendError::Unavailable));
    let heard = office.heard();
    assert!(!heard.contains("AUTH") && !heard.contains("MAIL"), "{heard}");
}

#[tokio::test]
async fn a_server_that_falls_silent_is_given_up() {
    let (office, port) = PostOffice::open().await;
    office.answer("DATA", "");
    let world = World::empty("lodol").await;
    let mailer = posting(&world, &format!("smtp://127.0.0.1:{port}?tls=none"));
    tokio::time::pause();
    assert_eq!(mailer.send("ada@example.com", &letter("Hello\n")).await, Err(SendError::Unavailable));
}

#[tokio::test]
async fn without_a_mail_server_nothing_pretends_to_send() {
    let world = ending_keys().await;
    let mailer = mailer(&world, &[]);
    assert!(!mailer.is_enabled());
    assert_eq!(mailer.send("ada@example.com", &letter("Hello\n")).await, Err(SendError::Off));
    let (_stop, stopped) = watch::channel(());
    send_reminders(&world.services.keys, &mailer, &stopped).await;
    assert_eq!(world.services.keys.due_reminders().await.map(|due| due.len()), Ok(2), "nothing counts as sent");
}

/// Where the log goes in tests.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_says_why_a_letter_was_refused_and_not_to_whom_it_went() {
    let (office, port) = PostOffice::open().await;
    office.answer("RCPT", "550 5.1.1 <ada@example.com>: no such mailbox");
    let world = World::empty("lodol").await;
    let mailer = posting(&world, &format!("smtp://kw:hunter2@127.0.0.1:{port}?tls=none"));
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_writer(move || writer.clone());
    let guard = tracing::subscriber::set_default(subscriber.finish());
    assert_eq!(mailer.send("ada@example.com", &letter("Hello\n")).await, Err(SendError::Refused));
    assert_eq!(mailer.send("ada lovelace@example.com", &letter("Hello\n")).await, Err(SendError::Refused));
    drop(guard);
    let log = String::from_utf8_lossy(&log.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned();
    assert!(log.contains("example.com") && log.contains("550"), "{log}");
    assert!(!log.contains("ada") && !log.contains("hunter2"), "{log}");
}

#[tokio::test]
async fn everybody_is_told_once_of_their_keys_that_end() {
    let (office, port) = PostOffice::open().await;
    let world = ending_keys().await;
    let mailer = posting(&world, &format!("smtp://127.0.0.1:{port}?tls=none"));
    let (_stop, stopped) = watch::channel(());
    for _ in 0..2 {
        send_reminders(&world.services.keys, &mailer, &stopped).await;
        assert_eq!(office.receivers(), ["ada@example.com", "bob@example.com"]);
    }
    let letters = office.letters();
    let (_, hers) = letters.iter().find(|(to, _)| to == "ada@example.com").expect("her letter");
    assert!(hers.contains("hers (") && !hers.contains("his ("), "{hers}");
    assert!(hers.contains("https://keys.example.com/w/acme/keys/key_"), "{hers}");
    assert!(hers.contains("https://keys.example.com/w/acme/keys?expiry=30d"), "{hers}");

    world.clock.advance(TimeDelta::days(21));
    send_reminders(&world.services.keys, &mailer, &stopped).await;
    assert_eq!(office.receivers().len(), 4, "a week before the end once more");
}

#[tokio::test]
async fn a_mailbox_that_refuses_keeps_nobody_waiting_and_is_tried_again() {
    let (office, port) = PostOffice::open().await;
    let world = ending_keys().await;
    let mailer = posting(&world, &format!("smtp://127.0.0.1:{port}?tls=none"));
    let (_stop, stopped) = watch::channel(());
    office.answer("RCPT TO:<ada@example.com>", "452 Full");
    send_reminders(&world.services.keys, &mailer, &stopped).await;
    assert_eq!(office.receivers(), ["bob@example.com"]);
    office.as_usual();
    send_reminders(&world.services.keys, &mailer, &stopped).await;
    assert_eq!(office.receivers(), ["ada@example.com", "bob@example.com"]);
}

#[tokio::test]
async fn a_server_that_takes_no_mail_is_left_alone_until_the_next_round() {
    let (office, port) = PostOffice::open().await;
    let world = ending_keys().await;
    let mailer = posting(&world, &format!("smtp://kw:old@127.0.0.1:{port}?tls=none"));
    let (stop, stopped) = watch::channel(());
    office.answer("AUTH", "535 Wrong password");
    send_reminders(&world.services.keys, &mailer, &stopped).await;
    assert_eq!(office.heard().matches("EHLO").count(), 1, "a wrong password is tried once, not once for each letter");
    office.as_usual();
    drop(stop);
    send_reminders(&world.services.keys, &mailer, &stopped).await;
    assert_eq!(office.receivers(), [""; 0], "an instance that stops begins no letter");
    assert_eq!(world.services.keys.due_reminders().await.map(|due| due.len()), Ok(2));
}
