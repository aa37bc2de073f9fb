//! The description of the API is true, and no operation is without its guards.
//!
//! The walks read `/api/openapi.json` and send every operation that it describes, made from its own examples: one that
//! is added without its 401, its 403 or its 404 fails here.

use crate::app::{Answer, Client, TestApp};
use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use keywright_core::{
    actor::Actor,
    apps::AppForm,
    members::InviteForm,
    profile::{Profile, Right, Role, ScopeSet},
    testing::World,
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, path::Path};

struct Operation {
    id: String,
    method: Method,
    /// With its variable parts in braces.
    path: String,
    right: String,
    /// Names and examples of what stands in the path.
    variables: Vec<(String, String)>,
    body: Option<Value>,
    described: Value,
}

impl Operation {
    fn path(&self, workspace: &str, of: &Things) -> String {
        self.variables.iter().fold(self.path.clone(), |path, (name, example)| {
            let value = match name.as_str() {
                "workspace" => workspace,
                "id" if path.contains("/api-keys/{id}") => &of.key,
                "id" if path.contains("/invitations/{id}") => &of.invitation,
                "id" if path.contains("/foreign-apps/{id}") => &of.foreign,
                "id" if path.contains("/apps/{id}") => &of.app,
                "user" => &of.member,
                "request_id" => &of.request,
                _ => panic!("{}: what is a {name}, such as {example}?", self.id),
            };
            path.replace(&format!("{{{name}}}"), value)
        })
    }

    async fn send(&self, client: &mut Client, workspace: &str, of: &Things) -> Answer {
        let in_body = |body: &Value| body.to_string().replace("key_0198c0de7f3a70008000000000000001", &of.key);
        let body = self.body.as_ref().map(in_body);
        let typed = body.is_some().then_some("application/json");
        let body = body.map_or_else(Body::empty, Body::from);
        client.send(self.method.clone(), &self.path(workspace, of), typed, body).await
    }
}

/// What the operations are sent about.
struct Things {
    key: String,
    member: String,
    invitation: String,
    request: String,
    app: String,
    foreign: String,
}

impl Things {
    fn unknown() -> Self {
        let of = |kind: &str| format!("{kind}_00000000000000000000000000000000");
        Self {
            key: of("key"),
            member: of("user"),
            invitation: of("invitation"),
            request: of("request"),
            app: of("app"),
            foreign: of("app"),
        }
    }
}

async fn document(app: &TestApp) -> Value {
    let answer = app.anonymous().get("/api/openapi.json").await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "application/json"));
    answer.json()
}

async fn operations(app: &TestApp) -> Vec<Operation> {
    let doc = document(app).await;
    let mut all = Vec::new();
    for (path, item) in doc["paths"].as_object().expect("paths") {
        for (method, described) in item.as_object().expect("operations") {
            let text =
                |name: &str| described[name].as_str().unwrap_or_else(|| panic!("{method} {path}: {name}")).to_owned();
            let parameters = described["parameters"].as_array().cloned().unwrap_or_default();
            let in_path = parameters.iter().filter(|parameter| parameter["in"] == "path").map(|parameter| {
                let example = parameter["schema"]["examples"][0].as_str().expect("an example").to_owned();
                (parameter["name"].as_str().expect("a name").to_owned(), example)
            });
            let body = described.get("requestBody").map(|body| body["content"]["application/json"]["example"].clone());
            all.push(Operation {
                id: text("operationId"),
                method: method.to_uppercase().parse().expect("a method"),
                path: path.clone(),
                right: text("x-right"),
                variables: in_path.collect(),
                body,
                described: described.clone(),
            });
        }
    }
    assert!(all.len() > 20, "{}", all.len());
    all
}

/// An instance whose profile has, for each right, a role with all but it and a role with only it.
///
/// They stand above ordinary members: nobody may change who stands above them.
async fn with_narrow_roles() -> (TestApp, Actor, Things) {
    let text = Profile::built_in("lodol").expect("a built-in profile");
    let mut profile = Profile::parse("lodol", text).expect("a profile without faults");
    for (right, name) in Right::ALL {
        let role = |kind: &str, rights| Role {
            name: format!("{kind}-{}", name.replace(':', "-")),
            title: format!("{kind} {name}"),
            rights,
            scopes: ScopeSet::ALL,
        };
        let others = Right::ALL.iter().map(|(other, _)| *other).filter(|other| other != right).collect();
        profile.roles.splice(1..1, [role("not", others), role("only", vec![*right])]);
    }
    let app = TestApp::over(World::of(profile).await, &[]);
    let ada = app.world.claim("enterprise").await;
    let key = app.make_key(&ada, "ci-of-acme", &["workflows:read"]).await;
    let bob = app.world.member(&ada.workspace, "Bob", "member").await;
    let form = InviteForm { email: "ivy@example.com".to_owned(), role: "member".to_owned() };
    let (invitation, _) = app.world.services.members.invite(&ada, &form).await.expect("an invitation");
    let apps = &app.world.services.apps;
    let form = AppForm {
        name: "crm-of-acme".to_owned(),
        kind: "server".to_owned(),
        redirect_uris: "https://crm.example/callback".to_owned(),
        scopes: vec!["workflows:read".to_owned()],
        ..AppForm::default()
    };
    let neighbour = app.world.neighbour("Zoe", "enterprise").await;
    let (own, foreign) = (apps.create(&ada, &form).await, apps.create(&neighbour, &form).await);
    let (own, foreign) = (own.expect("an app").app, foreign.expect("an app").app);
    apps.ask(&ada, &foreign).await.expect("asked");
    let things = Things {
        app: own.id.to_string(),
        foreign: foreign.id.to_string(),
        key: key.key.id.to_string(),
        member: bob.user.id.to_string(),
        invitation: invitation.id.to_string(),
        request: app.key(key.secret.expose()).get("/api/v1/executions").await.header("x-request-id").to_owned(),
    };
    (app, ada, things)
}

#[tokio::test]
async fn every_operation_is_described_in_full() {
    let (app, _) = TestApp::lodol().await;
    let doc = document(&app).await;
    assert_eq!(doc["openapi"], "3.1.0");
    assert_eq!(doc["security"], json!([{"session": []}, {"commandLine": []}]));
    let tags: BTreeSet<_> =
        doc["tags"].as_array().expect("tags").iter().map(|tag| tag["name"].clone().to_string()).collect();
    let mut ids = BTreeSet::new();
    for operation in operations(&app).await {
        let Operation { id, method, path, described, .. } = &operation;
        assert!(ids.insert(id.clone()), "{id} twice");
        assert!(described["summary"].as_str().is_some_and(|text| text.len() > 5), "{id}");
        assert!(
            described["tags"].as_array().is_some_and(|own| own.iter().all(|t| tags.contains(&t.to_string()))),
            "{id}"
        );
        assert!(Right::ALL.iter().any(|(_, name)| *name == operation.right), "{id}: {}", operation.right);
        for status in ["400", "401", "403", "404"] {
            assert!(described["responses"].get(status).is_some(), "{id}: {status}");
        }
        let good =
            described["responses"].as_object().expect("answers").iter().find(|(status, _)| status.starts_with('2'));
        let (_, good) = good.unwrap_or_else(|| panic!("{id}: no good answer"));
        let example = &good["content"]["application/json"]["example"];
        assert!(example.is_object() || good["content"]["application/json"].is_null(), "{id}");
        assert!(operation.body.as_ref().is_none_or(Value::is_object), "{id}");
        if method == Method::POST {
            let takes = |name: &str| {
                described["parameters"].as_array().is_some_and(|all| all.iter().any(|p| p["name"] == name))
            };
            assert!(takes("Idempotency-Key"), "{id}");
        }
        let named: Vec<_> = operation.variables.iter().map(|(name, _)| format!("{{{name}}}")).collect();
        assert_eq!(path.matches('{').count(), named.len(), "{id}");
        assert!(named.iter().all(|name| path.contains(name)), "{id}");
    }
}

#[tokio::test]
async fn every_reference_in_the_document_leads_somewhere_and_no_placeholder_is_left() {
    let (app, _) = TestApp::lodol().await;
    let doc = document(&app).await;
    fn walk(doc: &Value, at: &Value) {
        match at {
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    let pointer = reference.strip_prefix('#').expect("a reference in the document");
                    assert!(doc.pointer(pointer).is_some(), "{reference}");
                }
                members.values().for_each(|value| walk(doc, value));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(doc, value)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    walk(&doc, &doc);
    let text = doc.to_string();
    let left = text.find("\"<").and_then(|at| text.get(at..at + 20));
    assert_eq!(left, None, "a placeholder");
}

#[tokio::test]
async fn what_there_is() {
    let (app, _) = TestApp::lodol().await;
    let lines =
        operations(&app).await.iter().map(|o| format!("{} {} · {}", o.method, o.path, o.right)).collect::<Vec<_>>();
    insta::assert_snapshot!("operations", lines.join("\n"));
}

#[tokio::test]
async fn common_08_without_a_session_every_operation_is_a_401() {
    let (app, _, things) = with_narrow_roles().await;
    for operation in operations(&app).await {
        let refused = operation.send(&mut app.anonymous(), "acme", &things).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{}: {}", operation.id, refused.text);
        assert_eq!(refused.json()["error"], "unauthorized", "{}", operation.id);
        assert!(refused.header("www-authenticate").starts_with("Bearer"), "{}", operation.id);
    }
}

#[tokio::test]
async fn common_01_without_its_right_every_operation_is_a_403_and_with_it_alone_it_is_not() {
    let (app, ada, things) = with_narrow_roles().await;
    for (_, right) in Right::ALL {
        let right = right.replace(':', "-");
        for kind in ["not", "only"] {
            app.world.member(&ada.workspace, &format!("{kind}-{right}"), &format!("{kind}-{right}")).await;
        }
    }
    let mut clients = std::collections::BTreeMap::new();
    for operation in operations(&app).await {
        for kind in ["not", "only"] {
            let name = format!("{kind}-{}", operation.right.replace(':', "-"));
            if !clients.contains_key(&name) {
                let password = keywright_core::testing::PASSWORD;
                let email = format!("{name}@example.com");
                let mut client = app.anonymous();
                client.form("/login", &[("email", email.as_str()), ("password", password)]).await;
                clients.insert(name.clone(), client);
            }
            let client = clients.get_mut(&name).expect("a client");
            let answer = operation.send(client, "acme", &things).await;
            let refused = answer.status == StatusCode::FORBIDDEN;
            assert_eq!(refused, kind == "not", "{} as {name}: {} {}", operation.id, answer.status, answer.text);
            if refused {
                assert_eq!(answer.json()["error"], "forbidden", "{}", operation.id);
            }
        }
    }
}

#[tokio::test]
async fn common_14_in_somebody_elses_workspace_every_operation_is_a_404() {
    let (app, ada, things) = with_narrow_roles().await;
    let before = app.world.services.keys.get(&ada, things.key.parse().expect("an id")).await;
    let eve = app.world.neighbour("Eve", "enterprise").await;
    let mut eve = app.session(&eve).await;
    for operation in operations(&app).await {
        if operation.path.contains("{workspace}") {
            let theirs = operation.send(&mut eve, "acme", &things).await;
            assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{}: {}", operation.id, theirs.text);
            let unknown = operation.send(&mut eve, "nowhere", &things).await;
            assert_eq!(theirs.text, unknown.text, "{}", operation.id);
        }
        // In a workspace of one's own, others' things are not there either.
        let theirs = operation.send(&mut eve, "eve-ltd", &things).await;
        let shows = ["ci-of-acme", "crm-of-acme", "ivy@example.com", "bob@example.com"]
            .iter()
            .any(|thing| theirs.text.contains(thing));
        assert!(!shows, "{}: {}", operation.id, theirs.text);
        if ["{id}", "{user}", "{request_id}"].iter().any(|thing| operation.path.contains(thing)) {
            assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{}: {}", operation.id, theirs.text);
            let unknown = operation.send(&mut eve, "eve-ltd", &Things::unknown()).await;
            assert_eq!(theirs.text, unknown.text, "{}", operation.id);
        }
    }
    assert_eq!(
        app.world.services.keys.get(&ada, things.key.parse().expect("an id")).await,
        before,
        "and nothing was changed"
    );
}

/// What `.route` adds would be in no description, and in none of the walks.
#[test]
fn every_route_of_the_api_is_made_with_its_description() {
    fn files(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                files(&path, found);
            } else {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).expect("a text")));
            }
        }
    }
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api"), &mut found);
    assert!(found.len() > 5);
    for (path, text) in found {
        let own = text.matches(".route(").count();
        let expected = if path.ends_with("docs.rs") { 2 } else { 0 };
        assert_eq!(own, expected, "{path}: use routes!, which describes what it adds");
    }
}

#[tokio::test]
async fn the_reference_can_be_read_by_anybody_without_a_script_or_another_host() {
    for profile in ["lodol", "skillett", "skaala", "skode", "skedcast", "default"] {
        let app = TestApp::empty(profile, &[]).await;
        let page = app.anonymous().get("/api/docs").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.header("content-security-policy").contains("style-src 'self'"));
        assert!(!page.text.contains("style="), "the policy lets no style attribute through");
        assert_eq!(page.text.matches("<script").count(), 1, "the one of every page");
        for operation in operations(&app).await {
            let own = operation.described.get("x-same-as").is_none();
            assert_eq!(page.text.contains(&format!("id=\"{}\"", operation.id)), own, "{}", operation.id);
            assert!(page.text.contains(&operation.path), "{}", operation.path);
        }
        assert!(!page.text.contains("&lt;scope&gt;") && !page.text.contains("&lt;key-id&gt;"));
    }
}

#[tokio::test]
async fn the_reference_is_linked_for_whoever_is_signed_in() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    assert!(client.get("/w/acme/keys").await.text.contains("href=\"/api/docs\""));
    let page = client.get("/api/docs").await;
    assert!(page.text.contains("account-menu"), "in the dashboard's frame");
    assert!(
        page.text.contains("http://127.0.0.1:3000/api/v1/workspaces/acme/api-keys"),
        "a call that works as printed"
    );
}
