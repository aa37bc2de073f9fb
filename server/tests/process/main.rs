//! The program itself: started, killed, stopped and started again.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod command_line;
mod faults;
mod guide;
mod oauth;

use keywright_core::db::testing::{TestDb, postgres_url};
use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_keywright");
const OWNER: &str = "name=Ada&email=ada%40example.com&password=violet+umbrella+tractor&workspace=Acme";

/// A running program in a folder of its own.
struct Running {
    child: Child,
    port: u16,
    link: Option<String>,
}

impl Running {
    fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    fn start_with(folder: &Path, variables: &[(&str, &str)]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let mut child = Command::new(PROGRAM)
            .arg("serve")
            .current_dir(folder)
            .env_clear()
            .env("KEYWRIGHT_LISTEN", format!("127.0.0.1:{port}"))
            .env("KEYWRIGHT_PROFILE", "lodol")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let mut lines = output.lines().map(|line| line.expect("text")).skip_while(|line| !line.contains("running at"));
        // After the address: an empty line, or a paragraph with the link.
        let link = match lines.nth(1).as_deref() {
            None | Some("") => None,
            Some(_) => lines.find_map(|line| line.split_once("/setup?token=").map(|(_, token)| token.to_owned())),
        };
        let running = Self { child, port, link };
        running.wait_until_ready();
        running
    }

    fn wait_until_ready(&self) {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(30) {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok()
                && self.send("GET", "/health/ready", "", "").0 == 200
            {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("the program did not become ready");
    }

    /// Status, headers and body of one request.
    fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String, String) {
        try_send(self.port, method, path, headers, body).expect("an answer")
    }

    fn sign_in(&self) -> String {
        let form = "email=ada%40example.com&password=violet+umbrella+tractor";
        let (status, headers, _) = self.send("POST", "/login", FORM, form);
        assert_eq!(status, 303);
        cookie(&headers)
    }

    fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }

    fn stop(mut self) {
        let id = i32::try_from(self.child.id()).expect("an id");
        Command::new("kill").args(["-TERM", &id.to_string()]).status().expect("told to stop");
        assert!(self.child.wait().expect("gone").success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It is gone already, unless a test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const JSON: &str = "Content-Type: application/json\r\n";

fn try_send(port: u16, method: &str, path: &str, headers: &str, body: &str) -> std::io::Result<(u16, String, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok((status.ok_or(std::io::ErrorKind::InvalidData)?, head.to_owned(), body.to_owned()))
}

fn cookie(headers: &str) -> String {
    let mut cookies = headers.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
    let session = cookies.find(|cookie| cookie.starts_with("keywright_session=")).expect("a session");
    format!("Cookie: {}\r\n", session.split(';').next().unwrap_or_default())
}

/// A program that Ada owns, and her cookie.
fn owned(folder: &Path, plan: &str) -> (Running, String) {
    let running = Running::start(folder);
    let token = running.link.clone().expect("the link is printed");
    let (status, headers, body) = running.send("POST", "/setup", FORM, &format!("{OWNER}&plan={plan}&token={token}"));
    assert_eq!(status, 303, "{body}");
    (running, cookie(&headers))
}

fn member<'a>(json: &'a str, name: &str) -> &'a str {
    let (_, rest) = json.split_once(&format!("\"{name}\":\"")).unwrap_or_else(|| panic!("{name} in {json}"));
    rest.split('"').next().unwrap_or_default()
}

#[test]
fn everything_is_still_there_after_a_stop_and_the_link_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let (running, session) = owned(folder.path(), "pro");
    let json = format!("{session}{JSON}");
    let (status, _, made) = running.send("POST", "/api-keys", &json, r#"{"label":"ci","scopes":["workflows:read"]}"#);
    assert_eq!(status, 201, "{made}");
    // The upstream is not there; the key was let through all the same.
    let bearer = format!("Authorization: Bearer {}\r\n", member(&made, "key"));
    assert_eq!(running.send("GET", "/api/v1/workflows", &bearer, "").0, 502);
    running.stop();

    let again = Running::start(folder.path());
    assert_eq!(again.link, None);
    let (status, _, list) = again.send("GET", "/api-keys", &session, "");
    assert_eq!(status, 200, "the session lives on");
    assert_eq!(member(&list, "id"), member(&made, "id"));
    assert_eq!(member(&list, "route"), "GET /api/v1/workflows", "an orderly stop loses no use");
    again.stop();
}

#[test]
fn a_kill_in_the_middle_of_creates_loses_no_key_that_was_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let (running, session) = owned(folder.path(), "enterprise");
    let (port, stop) = (running.port, Arc::new(AtomicBool::new(false)));
    let headers = format!("{session}{JSON}");
    let creators: Vec<_> = (0..4)
        .map(|n| {
            let (headers, stop) = (headers.clone(), Arc::clone(&stop));
            thread::spawn(move || {
                let mut answered = Vec::new();
                for i in 0..5 {
                    let body = format!(r#"{{"label":"{n} {i}","scopes":["workflows:read"]}}"#);
                    match try_send(port, "POST", "/api-keys", &headers, &body) {
                        Ok((201, _, made)) if made.ends_with('}') => answered.push(member(&made, "id").to_owned()),
                        _ if stop.load(Ordering::SeqCst) => break,
                        Ok((status, _, body)) => panic!("{status} {body}"),
                        // Killed a moment before the mark was set.
                        Err(_) => break,
                    }
                }
                answered
            })
        })
        .collect();
    thread::sleep(Duration::from_millis(60));
    running.kill();
    stop.store(true, Ordering::SeqCst);
    let answered: BTreeSet<String> = creators.into_iter().flat_map(|t| t.join().expect("no panic")).collect();

    let again = Running::start(folder.path());
    let session = again.sign_in();
    let (status, _, list) = again.send("GET", "/api-keys?limit=100", &session, "");
    assert_eq!(status, 200);
    let listed: BTreeSet<String> =
        list.split("\"id\":\"key_").skip(1).map(|rest| format!("key_{}", &rest[..32])).collect();
    assert!(answered.is_subset(&listed), "answered {answered:?}, listed {listed:?}");
    again.stop();
}

#[test]
fn the_data_folder_is_nobody_elses() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = Running::start(folder.path());
    let mode = |path: &Path| std::fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    let data = folder.path().join("data");
    assert_eq!(mode(&data), 0o700);
    for secret in ["sealing.key", "gate.token"] {
        assert_eq!(mode(&data.join(secret)), 0o600, "{secret}");
    }
    running.kill();
}

#[test]
fn check_config_names_every_fault_and_fails() {
    let folder = tempfile::tempdir().expect("a folder");
    let profile = folder.path().join("mine.toml");
    std::fs::write(&profile, "produt = 1\n").expect("a profile");
    let run = |variables: &[(&str, &str)]| {
        let output = Command::new(PROGRAM)
            .arg("check-config")
            .current_dir(folder.path())
            .env_clear()
            .envs(variables.iter().copied())
            .output()
            .expect("the program runs");
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.success(), said)
    };
    assert!(run(&[]).0);
    let mine = profile.to_str().expect("a path");
    let (good, said) = run(&[("KEYWRIGHT_PROFILE", mine), ("KEYWRIGHT_LISTEN", "nowhere"), ("KEYWRIGHT_LISTN", "x")]);
    assert!(!good);
    for part in ["KEYWRIGHT_LISTEN", "KEYWRIGHT_LISTN", "produt"] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn common_13_audit_verify_runs_beside_the_server_and_misses_a_hash_that_is_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let verify = |arguments: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command.args(["audit", "verify"]).args(arguments).current_dir(folder.path()).env_clear();
        let output = command.output().expect("the program runs");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    assert_eq!(verify(&[]).0, Some(1), "there is no database yet, and none is made");
    let (running, _) = owned(folder.path(), "pro");
    let (code, said) = verify(&[]);
    assert_eq!(code, Some(0), "{said}");
    let head = said.lines().find(|line| line.starts_with("acme ")).and_then(|line| line.split_whitespace().last());
    let head = head.expect("the workspace's head").to_owned();
    running.sign_in();
    assert_eq!(verify(&["--head", &head]).0, Some(0), "the log went on");
    let (code, said) = verify(&["--head", &head, "--head", &"ab".repeat(32)]);
    assert_eq!(code, Some(1));
    assert!(said.contains("MISSING") && !said.contains(&format!("MISSING  {head}")), "{said}");
    assert_eq!(verify(&["--head", "not-a-hash"]).0, Some(2));
    running.stop();
}

const TOKEN: (&str, &str) = ("KEYWRIGHT_OPERATOR_TOKEN", "operator-token-of-the-tests-012345678");

/// Exit code, output and error output of `keywright operator …`.
fn operate(folder: &Path, port: u16, token: &[(&str, &str)], arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(PROGRAM)
        .arg("operator")
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("KEYWRIGHT_LISTEN", format!("127.0.0.1:{port}"))
        .envs(token.iter().copied())
        .output()
        .expect("the program runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().expect("an exit code"), text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_operator_manages_workspaces_from_a_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = Running::start_with(folder.path(), &[TOKEN]);
    let run = |arguments: &[&str]| operate(folder.path(), running.port, &[TOKEN], arguments);
    let good = |arguments: &[&str]| {
        let (code, said, complained) = run(arguments);
        assert_eq!((code, complained.as_str()), (0, ""), "{arguments:?}");
        said
    };
    assert_eq!(good(&["workspaces"]), "No workspaces.\n");
    let owner = ["--owner-email", "ada@example.com", "--owner-name", "Ada"];
    let made = good(&[&["create-workspace", "--name", "Acme", "--plan", "pro"], &owner[..]].concat());
    assert!(made.contains("acme") && made.contains("/login/link?token="), "{made}");
    assert!(good(&["workspaces"]).lines().any(|line| line.starts_with("acme  Acme  pro   0 of 3  1        active")));
    assert!(good(&["set-plan", "acme", "team"]).contains("0 of 10"));
    assert!(good(&["rename", "acme", "Apex"]).contains("Apex"));
    assert!(good(&["suspend", "acme", "--reason", "unpaid"]).contains("suspended since"));
    assert!(good(&["resume", "acme"]).contains("active"));
    let json = good(&["show", "acme", "--json"]);
    assert_eq!((member(&json, "slug"), member(&json, "plan")), ("acme", "team"));
    assert!(good(&["workspaces", "--json", "--search", "apex"]).contains("\"next_cursor\":null"));

    let link = good(&["sign-in-link", "--email", "ada@example.com", "--workspace", "acme"]);
    let (_, token) = link.lines().next().and_then(|line| line.split_once("?token=")).expect("a link");
    let (status, headers, _) = running.send("POST", "/login/link", FORM, &format!("token={token}"));
    assert_eq!(status, 303);
    assert_eq!(running.send("GET", "/w/acme/keys", &cookie(&headers), "").0, 200);

    for (arguments, part) in [
        (&["show", "nowhere"][..], "There is no such workspace."),
        (&["set-plan", "acme", "gold"], "plan: There is no such plan. The plans are: free, pro"),
        (&["delete", "acme", "--confirm", "apex"], "repeat its slug here: acme"),
        (&["sign-in-link", "--email", "eve@example.com"], "There is no such person."),
    ] {
        let (code, said, complained) = run(arguments);
        assert_eq!((code, said.as_str()), (1, ""), "{arguments:?}");
        assert!(complained.contains(part), "{complained}");
    }
    for wrong in [&["delete", "acme"][..], &["no-such-command"], &["show", "acme", "--url", "http://example.com"]] {
        assert_eq!(run(wrong).0, 2, "{wrong:?}");
    }
    assert_eq!(good(&["delete", "acme", "--confirm", "acme"]), "Deleted acme.\n");
    assert_eq!(good(&["workspaces"]), "No workspaces.\n");
    running.stop();
}

#[test]
fn tokens_are_signed_as_the_operator_has_chosen_and_with_another_key_when_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let jwks = |running: &Running| {
        let (status, _, body) = running.send("GET", "/.well-known/jwks.json", "", "");
        assert_eq!(status, 200);
        body
    };
    Running::start(folder.path()).stop();
    // The database has a key of the usual algorithm already.
    for (algorithm, kty, keys) in [("EdDSA", "OKP", 2), ("RS256", "RSA", 3)] {
        let settings = [TOKEN, ("KEYWRIGHT_SIGNING_ALGORITHM", algorithm)];
        let running = Running::start_with(folder.path(), &settings);
        let set = jwks(&running);
        assert!(
            set.contains(&format!("\"alg\":\"{algorithm}\"")) && set.contains(&format!("\"kty\":\"{kty}\"")),
            "{set}"
        );
        assert_eq!(set.matches("\"kid\"").count(), keys, "{set}");
        running.stop();
    }
    let running = Running::start_with(folder.path(), &[TOKEN]);
    let (code, listed, error) = operate(folder.path(), running.port, &[TOKEN], &["signing-keys"]);
    assert_eq!((code, listed.lines().count()), (0, 4), "{listed}{error}");
    assert!(listed.starts_with("KEY ") && listed.contains("RS256") && listed.contains("EdDSA"), "{listed}");
    let (code, replaced, error) =
        operate(folder.path(), running.port, &[TOKEN], &["rotate-signing-key", "--compromised"]);
    assert_eq!((code, replaced.lines().count()), (0, 2), "{replaced}{error}");
    assert!(replaced.contains("ES256"), "{replaced}");
    let set = jwks(&running);
    assert_eq!(set.matches("\"kid\"").count(), 1, "{set}");
    assert!(set.contains(replaced.lines().nth(1).and_then(|line| line.split(' ').next()).expect("a key")), "{set}");
    running.stop();
}

#[test]
fn the_operators_command_says_why_it_reached_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = Running::start_with(folder.path(), &[TOKEN]);
    let other = [("KEYWRIGHT_OPERATOR_TOKEN", "another-token-than-the-servers-0123456789")];
    let fails = |port: u16, token: &[(&str, &str)], part: &str| {
        let (code, said, complained) = operate(folder.path(), port, token, &["workspaces"]);
        assert_eq!((code, said.as_str()), (1, ""), "{complained}");
        assert!(complained.contains(part), "{complained}");
    };
    fails(running.port, &[], "there is no operator token");
    fails(running.port, &other, "does not accept the operator token");
    let port = running.port;
    running.stop();
    fails(port, &[TOKEN], "no server answers at http://127.0.0.1:");
    let without = Running::start(folder.path());
    fails(without.port, &[TOKEN], "it was started without operator_token");
    without.stop();
}

// ── Several nodes on one database and one Redis ─────────────────────────────────────────────────────────────────────

const GATE_TOKEN: &str = "gate-token-of-the-tests-0123456789abcdef";

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
struct Nodes {
    redis: RedisServer,
    nodes: [Running; 2],
    session: String,
    keys: [String; 2],
    folders: [tempfile::TempDir; 2],
    // The last, as it goes away after those who use it.
    _database: TestDb,
}

const PASSWORD: &str = "hunter2";

impl Nodes {
    fn start() -> Option<Self> {
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

    fn stop(self) {
        for node in self.nodes {
            node.stop();
        }
        drop(self.folders);
    }
}

/// Where the machine stalls, Redis answers later than a node waits, and the node limits by itself, as it should. A test
/// that is about another thing then tries again.
fn on_nodes(test: fn(&mut Nodes) -> Result<(), TooLate>) {
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

struct TooLate;

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
