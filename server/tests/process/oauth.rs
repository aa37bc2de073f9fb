//! OAuth on two nodes: what can be used once is used once, and what was taken back is over on both.

use super::{
    FORM, JSON, Running, member,
    nodes::{GATE_TOKEN, Nodes},
};
use std::{
    collections::BTreeSet,
    thread,
    time::{Duration, Instant},
};

/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// How long it may take until one node knows what was ended on the other: many times what a notice needs.
const HEARD: Duration = Duration::from_secs(5);

/// An app without a secret that asks both nodes.
struct Reporter<'a> {
    nodes: &'a Nodes,
    client_id: String,
}

impl<'a> Reporter<'a> {
    fn of(nodes: &'a Nodes) -> Self {
        let app = r#"{"name":"Reporter","kind":"public","redirect_uris":["https://reporter.example/callback"],
            "scopes":["workflows:read"]}"#;
        let made = register(&nodes.nodes[0], &nodes.session, app);
        Self { nodes, client_id: member(&made, "client_id").to_owned() }
    }

    /// What Ada lets it have.
    fn code(&self) -> String {
        let path = format!(
            "/oauth/authorize?response_type=code&client_id={}&code_challenge={CHALLENGE}&code_challenge_method=S256",
            self.client_id
        );
        let sent_back = allow(self.nodes.nodes.each_ref(), &self.nodes.session, &path);
        between(&sent_back, "?code=", "&").to_owned()
    }

    fn redemption(&self) -> String {
        format!("grant_type=authorization_code&code={}&code_verifier={VERIFIER}", self.code())
    }

    /// Asks one node for tokens.
    fn token(&self, node: usize, form: &str) -> (u16, String) {
        let form = format!("client_id={}&{form}", self.client_id);
        let (status, _, body) = self.nodes.nodes[node].send("POST", "/oauth/token", FORM, &form);
        (status, body)
    }

    /// Asks for the same so many times at once, every second time the second node.
    fn token_at_once(&self, times: usize, form: &str) -> Vec<(u16, String)> {
        thread::scope(|scope| {
            let asked: Vec<_> = (0..times).map(|n| scope.spawn(move || self.token(n % 2, form))).collect();
            asked.into_iter().map(|one| one.join().expect("no panic")).collect()
        })
    }

    /// Whether a node's gate lets an access token through, without counting it, and whether the node calls it active.
    fn is_good(&self, node: usize, token: &str) -> [bool; 2] {
        let (node, operator) = (&self.nodes.nodes[node], format!("Authorization: Bearer {GATE_TOKEN}\r\n"));
        let asked = format!(r#"{{"key":"{token}","method":"GET","path":"/api/v1/workflows","cost":0}}"#);
        let (status, _, verdict) = node.send("POST", "/gate/verify", &format!("{operator}{JSON}"), &asked);
        assert_eq!(status, 200, "{verdict}");
        let form = format!("token={token}");
        let (status, _, told) = node.send("POST", "/oauth/introspect", &format!("{operator}{FORM}"), &form);
        assert_eq!(status, 200, "{told}");
        [verdict.contains("\"valid\":true"), told.contains("\"active\":true")]
    }
}

/// Registers an app in Ada's workspace; answers with what is told of it.
pub fn register(running: &Running, session: &str, app: &str) -> String {
    let path = "/api/v1/workspaces/acme/apps";
    let (status, _, made) = running.send("POST", path, &format!("{session}{JSON}"), app);
    assert_eq!(status, 201, "{made}");
    made
}

/// Ada's yes to a request: one node asks her, the other takes her answer. Gives the head of the answer, which says where
/// she is sent.
pub fn allow([asking, deciding]: [&Running; 2], session: &str, path: &str) -> String {
    let (_, _, page) = asking.send("GET", path, session, "");
    let request = between(&page, "name=\"request\" value=\"", "\"");
    let decision = format!("request={request}&workspace=acme&decision=allow");
    let (status, head, body) =
        deciding.send("POST", "/oauth/authorize/decision", &format!("{session}{FORM}"), &decision);
    assert_eq!(status, 303, "{body}");
    head
}

pub fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("{start} in {text}"));
    rest.split(end).next().unwrap_or_default()
}

#[test]
fn of_fifty_who_redeem_one_code_on_two_nodes_one_gets_tokens() {
    let Some(nodes) = Nodes::start() else { return };
    let app = Reporter::of(&nodes);
    let answers = app.token_at_once(50, &app.redemption());
    let (good, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|(status, _)| *status == 200);
    assert_eq!(good.len(), 1, "{answers:?}");
    for (status, body) in refused {
        assert_eq!((*status, member(body, "error")), (400, "invalid_grant"));
    }
    nodes.stop();
}

#[test]
fn of_twenty_who_refresh_on_two_nodes_all_get_the_same_next_token_and_it_goes_on() {
    let Some(nodes) = Nodes::start() else { return };
    let app = Reporter::of(&nodes);
    let (_, mut issued) = app.token(0, &app.redemption());
    for node in [0, 1] {
        let answers = app
            .token_at_once(20, &format!("grant_type=refresh_token&refresh_token={}", member(&issued, "refresh_token")));
        assert!(answers.iter().all(|(status, _)| *status == 200), "{answers:?}");
        let next: BTreeSet<_> = answers.iter().map(|(_, body)| member(body, "refresh_token")).collect();
        assert_eq!(next.len(), 1, "{answers:?}");
        for (_, body) in &answers[..4] {
            assert_eq!(app.is_good(node, member(body, "access_token")), [true; 2]);
        }
        issued.clone_from(&answers[0].1);
    }
    nodes.stop();
}

#[test]
fn what_is_disconnected_on_one_node_is_refused_by_the_other() {
    let Some(nodes) = Nodes::start() else { return };
    let app = Reporter::of(&nodes);
    let (_, issued) = app.token(0, &app.redemption());
    let token = member(&issued, "access_token");
    for node in [0, 1] {
        assert_eq!(app.is_good(node, token), [true; 2], "both have it in memory");
    }
    let (_, _, page) = nodes.nodes[0].send("GET", "/account/apps", &nodes.session, "");
    let grant = between(&page, "/account/apps/", "/");
    let headers = format!("{}{FORM}", nodes.session);
    let ended = nodes.nodes[0].send("POST", &format!("/account/apps/{grant}/disconnect"), &headers, "");
    let since = Instant::now();
    assert_eq!(ended.0, 303, "{}", ended.2);
    assert_eq!(app.is_good(0, token), [false; 2], "at once where it was ended");
    while app.is_good(1, token) != [false; 2] {
        assert!(since.elapsed() < HEARD, "the other node has not heard of it");
    }
    let (status, body) =
        app.token(1, &format!("grant_type=refresh_token&refresh_token={}", member(&issued, "refresh_token")));
    assert_eq!((status, member(&body, "error")), (400, "invalid_grant"));
    nodes.stop();
}
