//! Keys from a terminal: the real program against the real program.

use super::{FORM, PROGRAM, Running, member, owned};
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
};

/// Somebody's terminal, with a folder for settings of its own.
struct Terminal {
    settings: tempfile::TempDir,
    url: String,
}

/// Exit code, output, error output.
type Ended = (i32, String, String);

fn ended(output: &Output) -> Ended {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().expect("an exit code"), text(&output.stdout), text(&output.stderr))
}

impl Terminal {
    fn at(running: &Running) -> Self {
        let settings = tempfile::tempdir().expect("a folder");
        Self { settings, url: format!("http://127.0.0.1:{}", running.port) }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).env_clear().env("XDG_CONFIG_HOME", self.settings.path()).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        ended(&self.command(arguments).output().expect("the program runs"))
    }

    /// With a token in place of a sign-in.
    fn run_with(&self, token: &str, arguments: &[&str]) -> Ended {
        let mut command = self.command(arguments);
        command.env("KEYWRIGHT_URL", &self.url).env("KEYWRIGHT_TOKEN", token);
        ended(&command.output().expect("the program runs"))
    }

    /// What a command prints that must succeed.
    fn good(&self, arguments: &[&str]) -> String {
        let (code, said, complained) = self.run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {complained}");
        said
    }

    /// Code and complaint of a command that must fail, and prints nothing else.
    fn bad(&self, arguments: &[&str]) -> (i32, String) {
        let (code, said, complained) = self.run(arguments);
        assert_eq!(said, "", "{arguments:?}");
        (code, complained)
    }

    /// `keywright login`, until it waits; and the code that it shows.
    fn begin(&self) -> (Child, String) {
        let mut command = self.command(&["login", "--url", &self.url, "--no-browser"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
        let mut lines = BufReader::new(child.stderr.take().expect("its output")).lines();
        let code_of = |line: String| line.split_once("/device?user_code=").map(|(_, code)| code.to_owned());
        let code = lines.find_map(|line| code_of(line.expect("text"))).expect("a link with the code");
        assert!(lines.any(|line| line.is_ok_and(|line| line.trim() == code)), "the code stands alone as well");
        // Whatever it says later must find somebody who reads it.
        thread::spawn(move || lines.for_each(drop));
        (child, code)
    }

    /// Signs in: the holder of the session answers.
    fn login(&self, running: &Running, session: &str, decision: &str) -> (i32, String) {
        let (mut child, code) = self.begin();
        let (typed, headers) = (format!("user_code={code}"), format!("{session}{FORM}"));
        assert_eq!(running.send("POST", "/device", &headers, &typed).0, 200);
        let decided = format!("{typed}&workspace=acme&decision={decision}");
        assert_eq!(running.send("POST", "/device/decision", &headers, &decided).0, 303);
        let (mut said, status) = (String::new(), child.wait().expect("it ends"));
        child.stdout.take().expect("its output").read_to_string(&mut said).expect("text");
        (status.code().expect("an exit code"), said)
    }

    fn file(&self) -> PathBuf {
        self.settings.path().join("keywright/credentials.json")
    }

    fn kept(&self) -> serde_json::Value {
        serde_json::from_slice(&fs::read(self.file()).expect("the credentials")).expect("JSON")
    }

    /// What is kept of this instance, under this name.
    fn of_kept(&self, name: &str) -> serde_json::Value {
        self.kept()["instances"][&self.url][name].clone()
    }

    /// As if something else were kept.
    fn keep(&self, name: &str, value: impl Into<serde_json::Value>) {
        let mut kept = self.kept();
        kept["instances"][&self.url][name] = value.into();
        fs::write(self.file(), kept.to_string()).expect("written");
    }
}

#[test]
fn skillett_02_after_login_keys_are_made_listed_rotated_and_revoked_from_a_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let (running, session) = owned(folder.path(), "pro");
    let terminal = Terminal::at(&running);
    let (code, who) = terminal.login(&running, &session, "allow");
    assert_eq!(code, 0);
    for part in ["Ada <ada@example.com>", "Acme (acme)", "owner", &terminal.url] {
        assert!(who.contains(part), "{part}: {who}");
    }
    assert_eq!(terminal.good(&["whoami"]), who);
    assert_eq!(terminal.good(&["keys", "list"]), "No keys.\n");

    let create = ["keys", "create", "CI deploy", "--scope", "workflows:read", "--note", "n"];
    let (code, secret, aside) = terminal.run(&create);
    assert_eq!(code, 0, "{aside}");
    let secret = secret.strip_suffix('\n').expect("one line");
    assert!(secret.starts_with("sk_live_") && !secret.contains(char::is_whitespace), "alone on its output");
    assert!(aside.contains("CI deploy") && !aside.contains(secret));
    // The upstream is not there; the key was let through all the same.
    assert_eq!(running.send("GET", "/api/v1/workflows", &format!("Authorization: Bearer {secret}\r\n"), "").0, 502);

    let json = terminal.good(&["keys", "list", "--json", "--status", "active", "--search", "deploy"]);
    let listed: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let id = listed["data"][0]["id"].as_str().expect("an id").to_owned();
    assert!(!json.contains(secret) && json.contains("\"next_cursor\":null"));
    assert_eq!(terminal.good(&["keys", "list", "--status", "revoked"]), "No keys.\n");
    let table = terminal.good(&["keys", "list"]);
    assert!(table.lines().nth(1).is_some_and(|line| line.starts_with(&id) && line.contains("active")), "{table}");
    let shown = terminal.good(&["keys", "show", &id]);
    assert!(shown.contains("workflows:read") && shown.contains("by Ada") && !shown.contains(secret), "{shown}");

    let rotated = terminal.good(&["keys", "rotate", &id, "--grace-seconds", "3600", "--json"]);
    assert_ne!(member(&rotated, "key"), secret);
    assert!(terminal.good(&["keys", "show", &id]).contains("old secret"));
    assert_eq!(terminal.good(&["keys", "revoke", &id, "--reason", "test"]), format!("Revoked CI deploy ({id}).\n"));
    assert!(terminal.good(&["keys", "show", &id]).contains("revoked"));
    let (_, _, log) = running.send("GET", "/api/v1/workspaces/acme/audit", &session, "");
    assert!(log.contains("\"via\":\"grant:grant_"), "{log}");
    running.stop();
}

#[test]
fn whoever_signs_out_everywhere_or_changes_the_password_is_out_of_every_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let (running, mut session) = owned(folder.path(), "pro");
    let password = "current=violet+umbrella+tractor&password=orange+bicycle+lantern";
    for (path, form) in [("/account/sign-out-everywhere", ""), ("/account/password", password)] {
        let terminal = Terminal::at(&running);
        assert_eq!(terminal.login(&running, &session, "allow").0, 0);
        assert_eq!(terminal.run(&["keys", "list"]).0, 0);
        assert_eq!(running.send("POST", path, &format!("{session}{FORM}"), form).0, 303);
        let (code, complained) = terminal.bad(&["keys", "list"]);
        assert_eq!(code, 3, "{path}: {complained}");
        if form.is_empty() {
            session = running.sign_in();
        }
    }
    running.stop();
}

#[test]
fn what_is_kept_is_nobody_elses_and_an_ended_token_is_refreshed_once_for_all_who_need_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (running, session) = owned(folder.path(), "pro");
    let terminal = Terminal::at(&running);
    assert_eq!(terminal.login(&running, &session, "allow").0, 0);
    let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    assert_eq!((mode(terminal.file().parent().expect("a folder")), mode(&terminal.file())), (0o700, 0o600));

    let first = terminal.of_kept("refresh_token");
    terminal.keep("expires_at", 0);
    thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(|| terminal.run(&["keys", "list"]))).collect();
        for one in all {
            let (code, said, complained) = one.join().expect("no panic");
            assert_eq!((code, said.as_str()), (0, "No keys.\n"), "{complained}");
        }
    });
    let second = terminal.of_kept("refresh_token");
    assert_ne!(first, second);
    assert_eq!(mode(&terminal.file()), 0o600);

    // Refused before its time: the same is done.
    terminal.keep("access_token", "eyJ.nothing");
    assert_eq!(terminal.good(&["keys", "list"]), "No keys.\n");
    assert_ne!(terminal.of_kept("refresh_token"), second);

    // Ended in the dashboard: there is nothing to refresh.
    let (_, _, page) = running.send("GET", "/account/apps", &session, "");
    let (_, rest) = page.split_once("/account/apps/grant_").expect("the command line is listed");
    let ended = format!("/account/apps/grant_{}/disconnect", &rest[..32]);
    assert_eq!(running.send("POST", &ended, &format!("{session}{FORM}"), "").0, 303);
    let (code, complaint) = terminal.bad(&["keys", "list", "--url", &terminal.url]);
    assert!(code == 3 && complaint.contains("keywright login --url http"), "{code} {complaint}");
    assert!(terminal.of_kept("access_token").is_null(), "what is over is forgotten");
    running.stop();
}

#[test]
fn a_token_from_a_variable_works_until_logout_ends_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (running, session) = owned(folder.path(), "pro");
    let terminal = Terminal::at(&running);
    assert_eq!(terminal.login(&running, &session, "allow").0, 0);
    let token = terminal.good(&["token"]).trim().to_owned();
    let elsewhere = Terminal::at(&running);
    let (code, said, _) = elsewhere.run_with(&token, &["whoami", "--json"]);
    assert_eq!((code, member(&said, "email"), member(&said, "slug")), (0, "ada@example.com", "acme"));
    assert_eq!(elsewhere.run_with(&token, &["keys", "create", "CI", "--scope", "workflows:read"]).0, 0);
    assert!(!elsewhere.file().exists(), "nothing of it is kept");

    assert!(terminal.good(&["logout", "--json"]).contains("\"signed_out\":true"));
    assert_eq!(terminal.bad(&["whoami"]).0, 3, "also where no server is known any more");
    let again = terminal.good(&["logout", "--url", &terminal.url]);
    assert_eq!(again, format!("Nobody was signed in to {}.\n", terminal.url));
    let (code, said, complained) = elsewhere.run_with(&token, &["keys", "list"]);
    assert_eq!((code, said.as_str()), (3, ""), "{complained}");
    assert!(complained.contains("KEYWRIGHT_TOKEN"), "{complained}");
    assert_eq!(terminal.bad(&["whoami", "--url", &terminal.url]).0, 3);
    // A key is no token, whatever its scopes.
    let (code, _, complained) = elsewhere.run_with("sk_live_0123456789", &["keys", "list"]);
    assert!(code == 3 && complained.contains("API key cannot manage keys"), "{complained}");
    running.stop();
}

#[test]
fn every_failure_ends_with_the_code_that_is_written_down() {
    let folder = tempfile::tempdir().expect("a folder");
    let (running, session) = owned(folder.path(), "pro");
    let terminal = Terminal::at(&running);
    let (code, complaint) = terminal.bad(&["keys", "list"]);
    assert!(code == 3 && complaint.contains("keywright login --url"), "no server is named: {complaint}");
    let (code, complaint) = terminal.bad(&["login"]);
    assert!(code == 2 && complaint.contains("KEYWRIGHT_URL"), "no server is named: {complaint}");
    assert_eq!(terminal.bad(&["keys", "list", "--url", &terminal.url]).0, 3);
    assert_eq!(terminal.login(&running, &session, "deny").0, 4);
    assert!(!terminal.file().exists());
    assert_eq!(terminal.login(&running, &session, "allow").0, 0);
    let unknown = "key_00000000000000000000000000000000";
    for (arguments, code, part) in [
        (&["keys", "show", unknown][..], 5, "There is no such key."),
        (&["keys", "revoke", unknown], 5, "There is no such key."),
        (&["keys", "show", "nothing"], 2, "not an id of this kind"),
        (&["keys", "create", "CI", "--scope", "no:such"], 2, "scopes: "),
        (&["keys", "create"], 2, "<LABEL>"),
        (&["keys", "list", "--sort", "colour"], 2, "newest"),
        (&["keys", "list", "--url", "http://keys.example.com"], 2, "plain http is for this very machine only"),
        (&["whoami", "--url", "http://127.0.0.1:9"], 3, "keywright login --url http://127.0.0.1:9"),
        (&["login", "--url", "http://127.0.0.1:9"], 1, "no server answers at http://127.0.0.1:9"),
    ] {
        let (ended, complaint) = terminal.bad(arguments);
        assert!(ended == code && complaint.contains(part), "{arguments:?}: {ended} {complaint}");
    }
    for label in ["a", "b", "c"] {
        terminal.good(&["keys", "create", label, "--scope", "workflows:read", "--json"]);
    }
    let (code, complaint) = terminal.bad(&["keys", "create", "d", "--scope", "workflows:read"]);
    assert!(code == 4 && complaint.contains("All 3 keys"), "{code} {complaint}");
    running.stop();
    assert_eq!(terminal.bad(&["keys", "list"]).0, 1);
    let (code, complaint) = terminal.bad(&["logout"]);
    assert!(code == 1 && complaint.contains("Connected apps"), "{code} {complaint}");
    assert!(terminal.of_kept("access_token").is_null(), "here they are gone");
}

#[test]
fn completions_need_neither_a_server_nor_a_folder() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = Command::new(PROGRAM).args(["completions", shell]).env_clear().output().expect("the program runs");
        let (code, script, _) = ended(&output);
        assert!(code == 0 && script.contains("whoami"), "{shell}");
    }
}
