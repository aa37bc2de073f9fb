//! Real connections: for what shows only when somebody hangs up, stalls or switches.

use crate::app::TestApp;
use keywright::serve::{self, Lanes, Limits};
use keywright_core::{keys::CreatedKey, profile::Profile, testing::World};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// Longer than anything takes here.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running instance of Lodol, and a key.
pub struct Site {
    /// Its database goes with it.
    _app: TestApp,
    pub made: CreatedKey,
    pub address: SocketAddr,
}

impl Site {
    /// In front of this upstream, with the Pro plan's limits replaced by these lines of a profile.
    pub async fn start(upstream: SocketAddr, plan: &str) -> Self {
        let text = Profile::built_in("lodol").expect("the profile");
        let pro = "limits = [{ requests = 15, per = \"minute\", each = \"workspace\" }]\nconcurrent = 5";
        assert!(text.contains(pro), "the profile has changed");
        let profile = Profile::parse("lodol", &text.replacen(pro, plan, 1)).expect("a good profile");
        let upstream = format!("http://{upstream}");
        let settings = [("KEYWRIGHT_UPSTREAM", &*upstream), ("KEYWRIGHT_UPSTREAM_TIMEOUT_SECONDS", "1")];
        let app = TestApp::over(World::of(profile).await, &settings);
        let ada = app.world.claim("pro").await;
        let made = app.make_key(&ada, "ci", &["workflows:read", "workflows:execute"]).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let lanes = Lanes::start().expect("threads");
        tokio::spawn(serve::serve(listener, app.router.clone(), Limits::new(64), lanes, std::future::pending()));
        Self { _app: app, made, address }
    }

    /// The head of a request with the key, up to the empty line.
    pub fn head(&self, request: &str, more: &str) -> String {
        let key = self.made.secret.expose();
        format!("{request} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n{more}\r\n")
    }

    /// A connection on which this has been sent.
    pub async fn send(&self, text: &str) -> Wire {
        let mut stream = TcpStream::connect(self.address).await.expect("a connection");
        // Who sends too much is hung up on before the end: what matters is the answer.
        let _ = stream.write_all(text.as_bytes()).await;
        Wire { stream, read: Vec::new() }
    }

    /// `GET /api/v1/workflows`, with the key.
    pub async fn get(&self) -> Wire {
        self.send(&self.head("GET /api/v1/workflows", "")).await
    }
}

/// One connection, and what has come over it.
pub struct Wire {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Wire {
    /// Reads until what has come contains this, or no more does; then answers with all of it.
    pub async fn until(&mut self, wanted: &str) -> String {
        loop {
            let text = String::from_utf8_lossy(&self.read).into_owned();
            if text.contains(wanted) {
                return text;
            }
            let more = timeout(PATIENCE, self.stream.read_buf(&mut self.read)).await.expect("an answer in time");
            if more.unwrap_or_default() == 0 {
                return text;
            }
        }
    }

    /// Everything until the other side hangs up.
    pub async fn rest(&mut self) -> String {
        self.until("\u{0}nothing has this in it").await
    }

    pub async fn status(&mut self) -> u16 {
        let head = self.until("\r\n\r\n").await;
        head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no answer: {head:?}"))
    }

    pub async fn write(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.expect("sent");
    }
}
