//! The log, as owners filter it and take copies of it, and as others do not.

use crate::app::{Client, TestApp};
use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use keywright_core::actor::Actor;
use serde_json::{Value, json};

const LOG: &str = "/api/v1/workspaces/acme/audit";

/// Refused attempts, one in each later second.
async fn attempts(app: &TestApp, actor: &Actor, count: u32) {
    for n in 0..count {
        app.advance(TimeDelta::milliseconds(2));
        let id = keywright_core::ids::KeyId::from_uuid(uuid::Uuid::from_u128(n.into()));
        assert!(app.world.services.keys.revoke(actor, id).await.is_err());
    }
}

fn actions(list: &Value) -> Vec<&str> {
    list["data"].as_array().expect("a list").iter().map(|entry| entry["action"].as_str().unwrap_or_default()).collect()
}

async fn list(client: &mut Client, query: &str) -> Value {
    let answer = client.get(&format!("{LOG}?{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text);
    answer.json()
}

#[tokio::test]
async fn common_13_rest_narrows_by_person_action_outcome_subject_and_day() {
    let (app, ada) = TestApp::lodol().await;
    let bob = app.world.member(&ada.workspace, "Bob", "member").await;
    let (mut owner, mut member) = (app.session(&ada).await, app.session(&bob).await);
    let id = app.make_key(&ada, "ci", &["workflows:read"]).await.key.id;
    app.advance(TimeDelta::days(1));
    assert_eq!(member.delete(&format!("/api-keys/{id}")).await.status, StatusCode::FORBIDDEN);
    app.advance(TimeDelta::seconds(1));
    assert_eq!(owner.delete(&format!("/api-keys/{id}")).await.status, StatusCode::OK);

    let bob = bob.user.id;
    assert_eq!(actions(&list(&mut owner, "refused=1").await), ["key.revoked"]);
    assert_eq!(actions(&list(&mut owner, &format!("actor={bob}")).await), ["key.revoked", "session.created"]);
    assert_eq!(actions(&list(&mut owner, "action=key.created").await), ["key.created"]);
    assert_eq!(list(&mut owner, "action=key.revoked&outcome=done").await["data"][0]["actor"], "Ada Lovelace");
    let about = format!("subject={id}&limit=1");
    let page = list(&mut owner, &about).await;
    assert_eq!(actions(&page), ["key.revoked"]);
    let cursor = page["meta"]["next_cursor"].as_str().expect("there is more");
    assert_eq!(list(&mut owner, &format!("{about}&cursor={cursor}")).await["data"][0]["refused"], "forbidden");
    assert_eq!(actions(&list(&mut owner, "from=2026-11-22&to=2026-11-22").await).len(), 2);
    assert_eq!(actions(&list(&mut owner, "to=2026-11-20").await), [""; 0]);
    assert_eq!(actions(&list(&mut owner, "actor=&action=&outcome=&subject=&from=&to=").await).len(), 6);
}

#[tokio::test]
async fn common_13_an_entry_names_the_session_that_the_account_page_lists() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    let made = client.post_json("/api-keys", json!({"label": "ci", "scopes": ["workflows:read"]})).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let log = list(&mut client, "action=key.created").await;
    let nobodys = keywright_core::secret::SecretHash::of(b"");
    let sessions = app.world.services.sessions.list(ada.user.id, nobodys).await.expect("sessions");
    assert_eq!(log["data"][0]["via"], format!("session:{}", sessions[0].id));
    let cookie = client.cookies.get("keywright_session").expect("a cookie").clone();
    assert!(!log.to_string().contains(&cookie));
    assert!(client.get("/w/acme/audit").await.text.contains(&format!("session:{}", sessions[0].id)));
    client.form("/logout", &[]).await;
    let log = list(&mut app.session(&ada).await, "action=session.ended").await;
    assert_eq!(log["data"][0]["via"], format!("session:{}", sessions[0].id));
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_is_a_400_that_says_why() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    for (bad, field) in [
        ("actor=ada", "actor"),
        ("actor=key_00000000000000000000000000000000", "actor"),
        ("action=key.eaten", "action"),
        ("outcome=maybe", "outcome"),
        ("refused=yes", "outcome"),
        ("refused=1&outcome=done", "outcome"),
        ("subject=%00", "subject"),
        ("subject='+or+1=1", "subject"),
        ("from=yesterday", "from"),
        ("to=2026-02-30", "to"),
        ("from=2026-11-22&to=2026-11-21", "to"),
    ] {
        for path in [format!("{LOG}?{bad}"), format!("{LOG}/export?{bad}"), format!("{LOG}/export?format=csv&{bad}")] {
            let answer = client.get(&path).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
            assert!(
                answer.json()["fields"][field].as_str().is_some_and(|message| message.ends_with(['.', '…'])),
                "{path}"
            );
        }
        let page = client.get(&format!("/w/acme/audit?{bad}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        assert!(page.text.contains(&format!("id=\"{field}-error\"")), "{bad}");
        assert!(!page.text.contains("<table"), "{bad}: what was not asked for is no answer");
        assert_eq!(client.get(&format!("/w/acme/audit/export.csv?{bad}")).await.status, StatusCode::BAD_REQUEST);
    }
    for bad in ["format=xml", "format="] {
        assert_eq!(client.get(&format!("{LOG}/export?{bad}")).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    assert_eq!(client.get(&format!("{LOG}?cursor=x&refused=1")).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_page_shows_its_filters_and_the_pager_keeps_them() {
    let (app, ada) = TestApp::lodol().await;
    attempts(&app, &ada, 51).await;
    let mut client = app.session(&ada).await;
    let query = format!("action=key.revoked&actor={}&outcome=refused&from=2026-11-21", ada.user.id);
    let page = client.get(&format!("/w/acme/audit?{query}&to=&subject=")).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text.replace("<!>", "");
    for part in [
        "by Ada Lovelace",
        "from 21 November 2026",
        "value=\"2026-11-21\"",
        "<option value=\"refused\" selected>Refused</option>",
        "<optgroup label=\"Keys\">",
    ] {
        assert!(text.contains(part), "{part}");
    }
    let query = query.replace('&', "&amp;");
    assert!(text.contains(&format!("/w/acme/audit/export.csv?{query}\"")));
    let link = format!("/w/acme/audit?{query}&amp;cursor=audit_");
    let at = text.find(&link).expect("a link to the older entries");
    let older = text[at..].split('"').next().unwrap_or_default().replace("&amp;", "&");
    let older = client.get(&older).await;
    assert_eq!(older.text.matches("Tried to revoke a key").count(), 1);
    assert!(older.text.contains("Latest entries"));

    let nothing = client.get("/w/acme/audit?action=password.changed").await;
    assert_eq!(nothing.status, StatusCode::OK);
    assert!(nothing.text.contains("Nothing in the log fits these filters"));
}

#[tokio::test]
async fn common_13_a_copy_has_every_entry_and_is_itself_in_the_log() {
    let (app, ada) = TestApp::lodol().await;
    attempts(&app, &ada, 450).await;
    let mut client = app.session(&ada).await;
    app.advance(TimeDelta::seconds(1));
    for path in [format!("{LOG}/export"), "/w/acme/audit/export.jsonl".to_owned()] {
        let copy = client.get(&format!("{path}?refused=1")).await;
        assert_eq!(copy.status, StatusCode::OK);
        assert_eq!(copy.header("content-type"), "application/x-ndjson");
        assert_eq!(copy.header("content-disposition"), "attachment; filename=\"audit-acme-2026-11-21.jsonl\"");
        assert_eq!(copy.header("cache-control"), "no-store");
        let seqs: Vec<_> = copy
            .text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("an object a line")["seq"].as_u64())
            .collect();
        assert_eq!(seqs, (2..=451).rev().map(Some).collect::<Vec<_>>());
    }
    app.advance(TimeDelta::seconds(1));
    for path in [format!("{LOG}/export?format=csv"), "/w/acme/audit/export.csv".to_owned()] {
        let copy = client.get(&path).await;
        assert_eq!(copy.header("content-type"), "text/csv; charset=utf-8; header=present");
        assert!(copy.header("content-disposition").ends_with(".csv\""));
        let mut rows = csv::Reader::from_reader(copy.text.as_bytes());
        assert_eq!(rows.headers().expect("a header").iter().next(), Some("id"));
        assert!(rows.records().count() >= 454, "450 attempts, the start, the sign-in, the copies before");
        assert_eq!(copy.text.matches("\r\n").count(), copy.text.matches('\n').count(), "RFC 4180 ends lines with CRLF");
    }
    let log = list(&mut client, "action=audit.exported&to=2026-11-21").await;
    assert_eq!(actions(&log).len(), 4);
    let taken = log["data"].as_array().expect("a list").iter().map(|entry| entry["changes"].to_string());
    assert_eq!(taken.filter(|changes| changes.contains("refused")).count(), 2, "what was asked for is written down");
}

#[tokio::test]
async fn common_13_a_label_that_is_a_formula_is_text_in_the_table() {
    let (app, ada) = TestApp::lodol().await;
    let formula = "=HYPERLINK(\"https://evil.example\",\"x\")";
    let id = app.make_key(&ada, formula, &["workflows:read"]).await.key.id;
    let agent = "@SUM(1+1)*cmd|' /C calc'!A0";
    let mut client = app.session(&ada).await.with("user-agent", agent);
    assert_eq!(client.delete(&format!("/api-keys/{id}")).await.status, StatusCode::OK);
    let copy = client.get(&format!("{LOG}/export?format=csv&subject={id}")).await;
    let mut rows = csv::Reader::from_reader(copy.text.as_bytes());
    let records: Vec<_> = rows.records().map(|record| record.expect("a row")).collect();
    assert_eq!(records.len(), 2);
    for record in &records {
        assert_eq!(&record[9], format!("'{formula}"));
        assert!(record.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{record:?}");
    }
    assert!(records.iter().any(|record| record[12] == format!("'{agent}")));
}

#[tokio::test]
async fn common_14_only_those_who_may_read_the_log_take_copies_and_neighbours_find_none() {
    let (app, ada) = TestApp::lodol().await;
    let bob = app.world.member(&ada.workspace, "Bob", "member").await;
    let eve = app.world.neighbour("Eve", "pro").await;
    let (mut owner, mut member, mut neighbour) =
        (app.session(&ada).await, app.session(&bob).await, app.session(&eve).await);
    for path in [
        LOG.to_owned(),
        format!("{LOG}/export"),
        format!("{LOG}/export?format=csv"),
        "/w/acme/audit".to_owned(),
        "/w/acme/audit/export.csv".to_owned(),
        "/w/acme/audit/export.jsonl".to_owned(),
    ] {
        let refused = member.get(&path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert!(!refused.text.contains("203.0.113.7"), "{path}");
        let missing = neighbour.get(&path).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{path}");
        let unknown = neighbour.get(&path.replace("acme", "nowhere")).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{path}");
        if path.starts_with("/api") {
            assert_eq!(missing.text, unknown.text);
            assert_eq!(app.anonymous().get(&path).await.status, StatusCode::UNAUTHORIZED, "{path}");
            let post = owner.send(Method::POST, &path, None, axum::body::Body::empty()).await;
            assert_eq!(post.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        }
    }
    let refused = list(&mut owner, "action=audit.exported&refused=1").await;
    assert_eq!(actions(&refused).len(), 4, "each copy that Bob tried to take");
    assert_eq!(refused["data"][0]["actor"], "Bob");
    // Asking in one's own workspace for somebody else's things finds nothing of theirs.
    let own = format!("/api/v1/workspaces/eve-ltd/audit?actor={}", ada.user.id);
    assert_eq!(actions(&neighbour.get(&own).await.json()), [""; 0]);
}
