//! The program itself: started, killed, stopped and started again.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod command_line;
mod faults;
mod guide;
mod nodes;
mod oauth;
mod operator;

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
