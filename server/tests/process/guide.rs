//! docs/oauth.md is true: its examples are run as they are printed, but for hosts, and for what they leave open.

use super::{
    JSON, Running, member,
    oauth::{allow, between, register},
    owned,
};
use serde_json::Value;
use std::{
    fs,
    process::{Command, Stdio},
};

const GUIDE: &str = include_str!("../../../docs/oauth.md");
/// How a program lets a device in; the guide has it within a sentence.
const ANSWER: &str = r#"{"user_code":"…","decision":"allow","workspace":"…"}"#;

/// The examples that were not run yet.
struct Guide {
    here: String,
    examples: Vec<(String, String)>,
    settings: tempfile::TempDir,
}

impl Guide {
    fn of(running: &Running) -> Self {
        let here = format!("http://127.0.0.1:{}", running.port);
        let text = GUIDE.replace("https://keys.example.com", &here).replace("https://api.example.com", &here);
        // Every second piece is between two fences, and begins with its language.
        let fenced = text.split("\n```").skip(1).step_by(2).filter_map(|piece| piece.split_once('\n'));
        let examples = fenced.map(|(language, example)| (language.to_owned(), example.to_owned())).collect();
        let settings = tempfile::tempdir().expect("a folder");
        fs::write(settings.path().join(".curlrc"), "silent\nshow-error\nfail-with-body\n").expect("written");
        Self { here, examples, settings }
    }

    /// The next example in this language, which has this in it.
    fn take(&mut self, language: &str, part: &str) -> String {
        let place = self.examples.iter().position(|(known, _)| known == language).expect("another example");
        let (_, example) = self.examples.remove(place);
        assert!(example.contains(part), "{part}: {example}");
        example
    }

    /// What the shell prints of an example.
    fn shell(&self, example: &str, variables: &[(&str, &str)]) -> String {
        let mut bash = Command::new("bash");
        bash.args(["-eu", "-o", "pipefail", "-c", example]).env("CURL_HOME", self.settings.path());
        let output = bash.envs(variables.iter().copied()).stdin(Stdio::null()).output().expect("bash runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{example}\n{}{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    }

    /// What the next example for the shell prints, which has this in it.
    fn run(&mut self, part: &str, variables: &[(&str, &str)]) -> String {
        let example = self.take("sh", part);
        self.shell(&example, variables)
    }
}

/// That an answer has the members that are printed, and says the same but for what a `…` stands for.
fn assert_like(printed: &str, answer: &str) {
    let parsed = |text| serde_json::from_str::<serde_json::Map<_, _>>(text).expect("an object");
    let (printed, answer) = (parsed(printed), parsed(answer));
    assert!(printed.keys().eq(answer.keys()), "{printed:?}, but {answer:?}");
    for (name, value) in printed {
        let open = value.as_str().and_then(|text| text.strip_suffix('…'));
        let is_like = |start| answer[&name].as_str().is_some_and(|text| text.starts_with(start));
        assert!(open.map_or(answer[&name] == value, is_like), "{name}: {value}, but {}", answer[&name]);
    }
}

#[test]
fn the_examples_of_the_guide_to_oauth_do_what_it_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let (running, session) = owned(folder.path(), "pro");
    let mut guide = Guide::of(&running);
    let here = guide.here.clone();
    let app = |kind: &str, redirects: &str| {
        let app =
            format!(r#"{{"name":"CRM","kind":"{kind}","redirect_uris":[{redirects}],"scopes":["workflows:read"]}}"#);
        register(&running, &session, &app)
    };
    let described = guide.run("/.well-known/", &[]);
    assert!(described.contains("\"token_endpoint\"") && described.contains("\"authorization_servers\""), "{described}");

    let made = guide.run("/oauth/register", &[]);
    let since = between(&made, "\"client_id_issued_at\":", ",");
    assert_like(&guide.take("json", "registration_access_token").replace("1790000000", since), &made);
    let (address, token) = (member(&made, "registration_client_uri"), member(&made, "registration_access_token"));
    let own = [("REGISTRATION_CLIENT_URI", address), ("REGISTRATION_ACCESS_TOKEN", token)];
    assert_eq!(guide.run("$REGISTRATION_CLIENT_URI", &own), made);

    let callback = r#""https://app.example.org/callback""#;
    let made = app("server", callback);
    let itself = [("CLIENT_ID", member(&made, "client_id")), ("CLIENT_SECRET", member(&made, "client_secret"))];
    let example = guide.take("sh", "VERIFIER=");
    let made_up = guide.shell(&format!("{example}\necho \"$VERIFIER $CHALLENGE\""), &[]);
    let (verifier, challenge) = made_up.trim().split_once(' ').expect("two words");
    let link: String = guide.take("text", "/oauth/authorize").lines().map(str::trim).collect();
    let link = link.replace("state=…", "state=xyz").replace("code_challenge=…", &format!("code_challenge={challenge}"));
    let code = |client_id: &str| {
        let link = link.replace("app_…", client_id);
        let path = link.strip_prefix(&here).expect("an address of the instance");
        let sent_back = allow([&running, &running], &session, path);
        assert!(sent_back.contains("https://app.example.org/callback?code="), "{sent_back}");
        assert!(sent_back.contains("&state=xyz&iss=http"), "{sent_back}");
        between(&sent_back, "?code=", "&").to_owned()
    };
    let (given, verifier) = (code(itself[0].1), ("VERIFIER", verifier));
    let redeeming = [&itself[..], &[("CODE", given.as_str()), verifier]].concat();
    let issued = guide.run("grant_type=authorization_code", &redeeming);
    assert_like(&guide.take("json", "access_token"), &issued);
    let made = app("public", callback);
    let public = member(&made, "client_id");
    let redeeming = [("CLIENT_ID", public), ("CODE", &code(public)), verifier];
    assert!(guide.run("grant_type=authorization_code", &redeeming).contains("\"access_token\""));
    let refreshing = [&itself[..], &[("REFRESH_TOKEN", member(&issued, "refresh_token"))]].concat();
    let issued = guide.run("grant_type=refresh_token", &refreshing);
    let refreshing = [&itself[..], &[("REFRESH_TOKEN", member(&issued, "refresh_token"))]].concat();
    let issued = guide.run("/v1/oauth/token", &refreshing);

    let device = app("device", "");
    let device = ("CLIENT_ID", member(&device, "client_id"));
    let begun = guide.run("/auth/device/code", &[device]);
    let user_code = member(&begun, "user_code");
    assert_like(&guide.take("json", "user_code").replace("WDJB-MJHT", user_code), &begun);
    assert!(GUIDE.contains(ANSWER));
    let look = format!(r#"{{"user_code":"{user_code}"}}"#);
    for answer in [look, ANSWER.replacen('…', user_code, 1).replace('…', "acme")] {
        let (status, _, told) = running.send("POST", "/auth/device/authorize", &format!("{session}{JSON}"), &answer);
        assert_eq!(status, 200, "{told}");
    }
    let polling = [device, ("DEVICE_CODE", member(&begun, "device_code"))];
    assert!(guide.run("device_code", &polling).contains("\"access_token\""));

    let made = app("machine", "");
    let machine = [("CLIENT_ID", member(&made, "client_id")), ("CLIENT_SECRET", member(&made, "client_secret"))];
    assert!(guide.run("client_credentials", &machine).contains("\"access_token\""));

    let example = guide.take("sh", "/oauth/revoke");
    let access = ("ACCESS_TOKEN", member(&issued, "access_token"));
    for (refresh, active) in [("kr_another", true), (member(&issued, "refresh_token"), false)] {
        let told = guide.shell(&example, &[&itself[..], &[access, ("REFRESH_TOKEN", refresh)]].concat());
        let told: Value = serde_json::from_str(&told).expect("JSON");
        assert_eq!(told["active"], active, "{told}");
    }

    // curl ends with 22, for it was told to mind refusals.
    let example = format!("{} || [ $? = 22 ]", guide.take("sh", "curl -i"));
    let answer = guide.shell(&example, &[]);
    for line in guide.take("http", "resource_metadata").lines() {
        assert!(answer.contains(line), "{line}: {answer}");
    }
    let (status, _, metadata) =
        running.send("GET", between(&answer, &format!("resource_metadata=\"{here}"), "\""), "", "");
    assert!(status == 200 && metadata.contains("authorization_servers"), "{metadata}");

    let left: Vec<_> = guide.examples.iter().map(|(language, _)| language.as_str()).collect();
    assert_eq!(left, ["js"], "an example is not run; end2end/tests/oauth-guide.api.spec.ts runs that for JavaScript");
    running.stop();
}
