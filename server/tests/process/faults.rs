//! What a node does while something else fails, or somebody attacks it.

use super::{FORM, OWNER, Running, cookie, member};
use keywright_core::{profile::Profile, random::OsRandom, secret::Secret};
use std::{
    env, fs,
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    ops::Range,
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

/// A PostgreSQL of a test's own, which may be stopped.
struct PostgresServer {
    folder: tempfile::TempDir,
    programs: PathBuf,
    user: Option<String>,
    port: u16,
}

impl PostgresServer {
    /// None where the tests are not to use any.
    fn start() -> Option<Self> {
        let programs = env::var_os("KEYWRIGHT_TEST_POSTGRES_BIN")?.into();
        let user = env::var("KEYWRIGHT_TEST_POSTGRES_USER").ok();
        let folder = tempfile::tempdir().expect("a folder");
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let server = Self { folder, programs, user, port };
        if let Some(user) = &server.user {
            chown(server.folder.path(), Some(id_of(user)), None).expect("its owner");
        }
        server.run("initdb", &["-U", "keywright", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        server.go_on();
        Some(server)
    }

    fn go_on(&self) {
        let options = format!("-h 127.0.0.1 -p {} -k {} -c fsync=off", self.port, self.folder.path().display());
        let log = self.folder.path().join("log");
        self.run("pg_ctl", &["-w", "-s", "-l", log.to_str().expect("a path"), "-o", &options, "start"]);
    }

    /// As a power cut does.
    fn stop(&self) {
        self.run("pg_ctl", &["-s", "-m", "immediate", "stop"]);
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        let mut command = match &self.user {
            None => Command::new(program),
            // It refuses to run as root.
            Some(user) => {
                let mut command = Command::new("runuser");
                command.args(["-u", user, "--"]).arg(program);
                command
            }
        };
        let data = self.folder.path().join("data");
        let status = command.arg("-D").arg(data).args(arguments).current_dir(self.folder.path()).stdout(Stdio::null());
        assert!(status.status().expect("PostgreSQL's programs").success(), "{arguments:?}");
    }

    fn url(&self) -> String {
        format!("postgres://keywright@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The number of a user of this machine.
fn id_of(user: &str) -> u32 {
    let users = fs::read_to_string("/etc/passwd").expect("the users");
    let line = users.lines().find(|line| line.split(':').next() == Some(user)).expect("the user");
    line.split(':').nth(2).and_then(|id| id.parse().ok()).expect("a number")
}

/// The status with which a proxy would be answered that asks about a request with this key.
fn ask(node: &Running, key: &str) -> u16 {
    let headers =
        format!("Authorization: Bearer {key}\r\nX-Forwarded-Method: GET\r\nX-Forwarded-Uri: /api/v1/workflows\r\n");
    node.send("GET", "/gate/auth", &headers, "").0
}

/// A program behind a proxy, without limits, that Ada owns; and her cookie.
fn owned(folder: &Path, variables: &[(&str, &str)]) -> (Running, String) {
    let profile = folder.join("unlimited.toml");
    let limits = r#"limits = [{ requests = 50, per = "minute", each = "workspace" }]"#;
    let text = Profile::built_in("lodol").expect("the profile");
    assert!(text.contains(limits), "the plan is another one now");
    fs::write(&profile, text.replace(limits, "")).expect("a profile");
    let usual = [("KEYWRIGHT_PROFILE", "unlimited.toml"), ("KEYWRIGHT_TRUSTED_PROXIES", "127.0.0.1/32")];
    let node = Running::start_with(folder, &[&usual, variables].concat());
    let token = node.link.clone().expect("the link is printed");
    let (status, headers, body) = node.send("POST", "/setup", FORM, &format!("{OWNER}&plan=enterprise&token={token}"));
    assert_eq!(status, 303, "{body}");
    (node, cookie(&headers))
}

fn create_key(node: &Running, session: &str, label: &str) -> String {
    let headers = format!("{session}Content-Type: application/json\r\n");
    let body = format!(r#"{{"label":"{label}","scopes":["workflows:read"]}}"#);
    let (status, _, made) = node.send("POST", "/api-keys", &headers, &body);
    assert_eq!(status, 201, "{made}");
    member(&made, "key").to_owned()
}

/// A key in the right form, with the right checksum, that nobody has.
fn foreign_key(profile: &Profile) -> String {
    Secret::generate(&profile.key, &OsRandom).expose().to_owned()
}

fn lodol() -> Profile {
    Profile::parse("lodol", Profile::built_in("lodol").expect("the profile")).expect("a good profile")
}

#[test]
fn a_database_that_is_stopped_for_half_a_minute_is_not_noticed_by_keys_that_are_known() {
    let Some(database) = PostgresServer::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (node, session) = owned(folder.path(), &[("KEYWRIGHT_DATABASE_URL", &database.url())]);
    let [known, unread] = ["known", "unread"].map(|label| create_key(&node, &session, label));
    let foreign = foreign_key(&lodol());
    let begun = Instant::now();
    while ask(&node, &known) != 200 {
        assert!(begun.elapsed() < Duration::from_secs(10));
    }

    database.stop();
    let (stopped, mut passed) = (Instant::now(), 1);
    while stopped.elapsed() < Duration::from_secs(30) {
        assert_eq!(ask(&node, &known), 200, "after {:?}", stopped.elapsed());
        passed += 1;
        // Neither is called unknown, nor let through.
        assert_eq!((ask(&node, &unread), ask(&node, &foreign)), (503, 503));
        thread::sleep(Duration::from_millis(300));
    }
    database.go_on();
    let back = Instant::now();
    while ask(&node, &unread) != 200 {
        assert!(back.elapsed() < Duration::from_secs(5), "it goes on within five seconds");
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!((ask(&node, &known), ask(&node, &foreign)), (200, 401));
    // What was let through meanwhile is counted.
    let asked = Instant::now();
    loop {
        let (status, _, csv) = node.send("GET", "/w/acme/usage.csv?range=24h", &session, "");
        assert_eq!(status, 200, "{csv}");
        let of_known = csv.lines().filter(|line| line.contains("known") && line.contains(",allowed,"));
        let counted: u32 =
            of_known.filter_map(|line| line.split(",allowed,").nth(1)?.split(',').next()?.parse::<u32>().ok()).sum();
        if counted == passed + 1 {
            break;
        }
        assert!(asked.elapsed() < Duration::from_secs(10), "{counted} of {} are counted:\n{csv}", passed + 1);
        thread::sleep(Duration::from_millis(100));
    }
    node.stop();
}

/// Bytes of a process that are in memory.
fn weight(node: &Running) -> u64 {
    let status = fs::read_to_string(Path::new("/proc").join(node.child.id().to_string()).join("status"));
    let status = status.expect("the process");
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
    kilobytes.and_then(|text| text.parse::<u64>().ok()).expect("a number") * 1024
}

/// Asks about so many different keys, many with each write; how often each status came.
fn flood(port: u16, profile: &Profile, count: u32, seed: u32) -> [u32; 3] {
    const AT_ONCE: u32 = 200;
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a limit");
    let (mut statuses, mut answers, mut buffer) = ([0; 3], Vec::new(), vec![0; 1 << 16]);
    for first in (0..count).step_by(AT_ONCE as usize) {
        let mut requests = String::new();
        for n in first..first + AT_ONCE {
            let mut key = foreign_key(profile);
            // Every second one fails by its checksum alone; of the others each is from elsewhere.
            if n % 2 == 0 {
                let last = if key.pop() == Some('A') { 'B' } else { 'A' };
                key.push(last);
            }
            let address = Ipv4Addr::from_bits(0x0b00_0000 + (seed << 20) + n);
            requests += &format!(
                "GET /gate/auth HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {address}\r\nX-Forwarded-Method: GET\r\n\
                 X-Forwarded-Uri: /api/v1/workflows\r\nAuthorization: Bearer {key}\r\n\r\n"
            );
        }
        stream.write_all(requests.as_bytes()).expect("written");
        answers.clear();
        let mut heads = 0;
        while heads < AT_ONCE as usize {
            let read = stream.read(&mut buffer).expect("an answer");
            assert!(read > 0, "the connection was closed");
            answers.extend_from_slice(&buffer[..read]);
            heads = String::from_utf8_lossy(&answers).matches("HTTP/1.1 ").count();
        }
        let text = String::from_utf8_lossy(&answers);
        for (place, status) in ["HTTP/1.1 401", "HTTP/1.1 429", "HTTP/1.1 503"].iter().enumerate() {
            statuses[place] += u32::try_from(text.matches(status).count()).expect("few");
        }
    }
    statuses
}

/// The same by three at once.
fn floods(port: u16, profile: &Profile, seeds: Range<u32>) {
    const EACH: u32 = 20_000;
    thread::scope(|scope| {
        let floods: Vec<_> = seeds.map(|seed| scope.spawn(move || flood(port, profile, EACH, seed))).collect();
        for flood in floods {
            let [refused, slowed, unavailable] = flood.join().expect("no panic");
            assert_eq!((refused + slowed, unavailable), (EACH, 0));
        }
    });
}

#[test]
fn a_flood_of_bad_keys_fills_no_memory_and_good_keys_pass_meanwhile() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, session) = owned(folder.path(), &[]);
    let key = create_key(&node, &session, "good");
    let (profile, over) = (lodol(), AtomicBool::new(false));
    // What the first ones take, is taken once.
    floods(node.port, &profile, 0..3);
    let before = weight(&node);
    let good = thread::scope(|scope| {
        let good = scope.spawn(|| {
            let mut asked = 0;
            while !over.load(Ordering::Relaxed) {
                assert_eq!(ask(&node, &key), 200);
                asked += 1;
            }
            asked
        });
        floods(node.port, &profile, 3..6);
        over.store(true, Ordering::Relaxed);
        good.join().expect("no panic")
    });
    assert!(good > 100, "{good} with the good key");
    let grown = weight(&node).saturating_sub(before);
    // To keep only the hash of each would be two thirds of it.
    assert!(grown < 3_000_000, "{grown} bytes more");
    node.stop();
}
