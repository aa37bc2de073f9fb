//! `keywright operator`, and the keys that tokens are signed with.

use super::{FORM, PROGRAM, Running, cookie, member};
use std::{path::Path, process::Command};

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
