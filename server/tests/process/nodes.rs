//! Several nodes on one database and one Redis.

use super::{FORM, JSON, OWNER, PROGRAM, Running, cookie, member};
use keywright_core::db::testing::{TestDb, postgres_url};
use std::{
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

pub const GATE_TOKEN: &str = "gate-token-of-the-tests-0123456789abcdef";

/// A Redis of a test's own, which may be killed.
struct RedisServer {
    child: Child,
    port: u16,
}

impl RedisServer {
    /// None where the tests are not to use any.
    fn start(password: &str) -> Option<Self> {
        std::env::var("KEYWRIGHT_TEST_REDIS_URL").ok()?;
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        Some(Self::start_at(port, password))
    }

    fn start_at(port: u16, password: &str) -> Self {
        let program = std::env::var("KEYWRIGHT_TEST_REDIS_SERVER").unwrap_or_else(|_| "redis-server".to_owned());
        let child = Command::new(program)
            .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--requirepass", password])
            .stdout(Stdio::null())
            .spawn()
            .expect("a Redis");
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(10), "Redis does not start");
            thread::sleep(Duration::from_millis(10));
        }
        Self { child, port }
    }

    fn url(&self, password: &str) -> String {
        format!("redis://:{password}@127.0.0.1:{}/0", self.port)
    }

    fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Ada's two nodes, her cookie, and two of her keys. None where the tests have no PostgreSQL or no Redis.
pub struct Nodes {
    redis: RedisServer,
    pub nodes: [Running; 2],
    pub session: String,
    keys: [String; 2],
    folders: [tempfile::TempDir; 2],
    // The last, as it goes away after those who use it.
    _database: TestDb,
}

const PASSWORD: &str = "hunter2";

impl Nodes {
    pub fn start() -> Option<Self> {
        let server = postgres_url()?;
        let redis = RedisServer::start(PASSWORD)?;
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let database = runtime.block_on(async {
            let fresh = TestDb::postgres(&server).await;
            fresh.db.close().await;
            fresh
        });
        let variables = [
            ("KEYWRIGHT_DATABASE_URL", database.url.as_str()),
            ("KEYWRIGHT_PUBLIC_URL", "http://127.0.0.1:3000"),
            ("KEYWRIGHT_REDIS_URL", &redis.url(PASSWORD)),
            ("KEYWRIGHT_GATE_TOKEN", GATE_TOKEN),
            ("KEYWRIGHT_SEALING_KEY", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="),
        ];
        let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
        let nodes = [&folders[0], &folders[1]].map(|folder| Running::start_with(folder.path(), &variables));
        // The link of the latest start is the one that works.
        let token = nodes[1].link.clone().expect("the link is printed");
        let (status, headers, body) = nodes[0].send("POST", "/setup", FORM, &format!("{OWNER}&plan=pro&token={token}"));
        assert_eq!(status, 303, "{body}");
        let session = cookie(&headers);
        let json = format!("{session}{JSON}");
        let keys = [(); 2].map(|()| {
            let body = r#"{"label":"ci","scopes":["workflows:read"]}"#;
            let (status, _, made) = nodes[0].send("POST", "/api-keys", &json, body);
            assert_eq!(status, 201, "{made}");
            member(&made, "key").to_owned()
        });
        Some(Self { redis, nodes, session, keys, folders, _database: database })
    }

    /// How many of `calls` by each of sixteen callers are let through. Every second one calls the second node, unless
    /// only one node is asked.
    fn admitted(&self, calls: usize, only: Option<usize>) -> usize {
        let ask = |n: usize| {
            let (node, key) = (&self.nodes[only.unwrap_or(n % 2)], &self.keys[n / 2 % 2]);
            let headers = format!("Authorization: Bearer {GATE_TOKEN}\r\n{JSON}");
            let body = format!(r#"{{"key":"{key}","method":"GET","path":"/api/v1/workflows"}}"#);
            (0..calls)
                .filter(|_| {
                    let (status, _, answer) = node.send("POST", "/gate/verify", &headers, &body);
                    assert_eq!(status, 200, "{answer}");
                    answer.contains("\"valid\":true")
                })
                .count()
        };
        thread::scope(|scope| {
            let callers: Vec<_> = (0..16).map(|n| scope.spawn(move || ask(n))).collect();
            callers.into_iter().map(|caller| caller.join().expect("no panic")).sum()
        })
    }

    /// The same, if Redis has answered all of it.
    fn admitted_in_time(&self, calls: usize, only: Option<usize>) -> Result<usize, TooLate> {
        let before = self.unanswered();
        let admitted = self.admitted(calls, only);
        if self.unanswered() == before { Ok(admitted) } else { Err(TooLate) }
    }

    fn unanswered(&self) -> [u64; 2] {
        let metrics = |node: &Running| {
            let (status, _, text) =
                node.send("GET", "/metrics", &format!("Authorization: Bearer {GATE_TOKEN}\r\n"), "");
            assert_eq!(status, 200, "{text}");
            let value = text.lines().find_map(|line| line.strip_prefix("keywright_redis_unanswered_total "));
            value.and_then(|value| value.parse().ok()).expect("a number")
        };
        [metrics(&self.nodes[0]), metrics(&self.nodes[1])]
    }

    fn wait_until(&self, ready: &str) {
        let begun = Instant::now();
        while self.nodes.iter().any(|node| node.send("GET", "/health/ready", "", "").2 != ready) {
            assert!(begun.elapsed() < Duration::from_secs(20), "not yet: {ready}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn stop(self) {
        for node in self.nodes {
            node.stop();
        }
        drop(self.folders);
    }
}

/// Where the machine stalls, Redis answers later than a node waits, and the node limits by itself, as it should. A test
/// that is about another thing then tries again.
pub fn on_nodes(test: fn(&mut Nodes) -> Result<(), TooLate>) {
    for _ in 0..5 {
        let Some(mut nodes) = Nodes::start() else { return };
        let done = test(&mut nodes);
        nodes.stop();
        if done.is_ok() {
            return;
        }
    }
    panic!("Redis was never in time");
}

pub struct TooLate;

#[test]
fn lodol_08_two_nodes_let_through_together_exactly_what_the_plan_has() {
    on_nodes(|nodes| {
        assert_eq!(nodes.admitted_in_time(10, None)?, 15);
        assert_eq!(nodes.admitted_in_time(2, None)?, 0);
        Ok(())
    });
}

#[test]
fn nodes_outlive_their_redis_and_count_together_when_it_is_back() {
    on_nodes(|nodes| {
        // Sixteen calls, of which all but one are let through.
        assert_eq!(nodes.admitted_in_time(1, Some(0))?, 15);
        nodes.redis.kill();
        assert_eq!(nodes.admitted(2, Some(0)), 0, "the first node knows what was used");
        assert_eq!(nodes.admitted(2, Some(1)), 15, "the second one has seen nothing, and limits by itself");
        nodes.wait_until("ok, but Redis does not answer: this node limits by itself");
        nodes.redis = RedisServer::start_at(nodes.redis.port, PASSWORD);
        nodes.wait_until("ok");
        assert_eq!(nodes.admitted_in_time(2, None)?, 0, "it is empty, but is told what the minute has had");
        Ok(())
    });
}

/// What the program says until it ends by itself, or for as long as it takes to look for Redis once more.
fn say(variables: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let log = folder.path().join("log");
    let file = || Stdio::from(std::fs::File::options().create(true).append(true).open(&log).expect("a log"));
    let mut child = Command::new(PROGRAM)
        .arg("serve")
        .current_dir(folder.path())
        .env_clear()
        .env("KEYWRIGHT_LISTEN", format!("127.0.0.1:{port}"))
        .env("KEYWRIGHT_LOG_LEVEL", "trace,redis=trace")
        .envs(variables.iter().copied())
        .stdout(file())
        .stderr(file())
        .spawn()
        .expect("the program starts");
    let begun = Instant::now();
    while child.try_wait().expect("a state").is_none() {
        if begun.elapsed() > Duration::from_secs(5) {
            child.kill().expect("killed");
            child.wait().expect("gone");
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    std::fs::read_to_string(log).expect("the log")
}

#[test]
fn a_redis_that_refuses_is_a_fault_at_the_start_and_no_log_has_its_password() {
    let Some(redis) = RedisServer::start("correct-horse") else { return };
    let with = |url: &str| {
        let said = say(&[("KEYWRIGHT_REDIS_URL", url)]);
        assert!(!said.contains(PASSWORD) && !said.contains("correct-horse"), "{said}");
        said
    };
    let refused = with(&redis.url(PASSWORD));
    let place = format!("redis_url (redis://:[redacted]@127.0.0.1:{}/0) cannot be used", redis.port);
    assert!(refused.contains(&place) && refused.contains("authentication failed"), "{refused}");
    assert!(!refused.contains("running at"), "{refused}");
    let malformed = with("redis://:hunter2@cache/x");
    assert!(malformed.contains("KEYWRIGHT_REDIS_URL: must be such as redis://"), "{malformed}");
    let absent = with("redis://:hunter2@127.0.0.1:1");
    assert!(absent.contains("running at"), "a node starts without it: {absent}");
    assert_eq!(absent.matches("Redis does not answer: this node limits by itself").count(), 1, "{absent}");
    let good = with(&redis.url("correct-horse"));
    assert!(good.contains("running at") && !good.contains("Redis does not answer"), "{good}");
}
