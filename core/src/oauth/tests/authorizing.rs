use super::*;
use crate::{
    error::Error,
    oauth::{Answerable, Withheld},
    profile::SelfRegistration,
};
use chrono::TimeDelta;

/// What is told to the app; none where it is said here.
fn told(turned: Result<Asking, Turned>) -> Option<(String, String)> {
    match turned.expect_err("a refusal") {
        Turned::Back(back) => Some((in_query(&back.url, "error").expect("an error"), back.url)),
        Turned::Here(_) => None,
    }
}

#[tokio::test]
async fn nobody_is_sent_anywhere_while_the_app_or_its_address_is_in_doubt() {
    let scene = Scene::of(SERVER).await;
    for changes in [
        &[("client_id", "")][..],
        &[("client_id", "app_0000000000000000000000")],
        &[("client_id", "key_1")],
        &[("redirect_uri", "https://reporter.example/callback/")],
        &[("redirect_uri", "https://reporter.example/callback?x=1")],
        &[("redirect_uri", "https://reporter.example.evil.example/callback")],
        &[("redirect_uri", "http://reporter.example/callback")],
        &[("redirect_uri", CALLBACK), ("redirect_uri", "https://evil.example/")],
        &[("client_id", "app_0000000000000000000000"), ("client_id", "app_1111111111111111111111")],
    ] {
        assert!(told(scene.ask(changes).await).is_none(), "{changes:?}");
    }
    assert!(scene.ask(&[("redirect_uri", "")]).await.is_ok(), "the only one that is registered");
}

#[tokio::test]
async fn everything_else_that_is_wrong_is_told_to_the_app_with_state_and_iss() {
    let scene = Scene::of(SERVER).await;
    for (changes, error) in [
        (&[("response_type", "")][..], "invalid_request"),
        (&[("response_type", "token")], "unsupported_response_type"),
        (&[("response_type", "code token")], "unsupported_response_type"),
        (&[("response_mode", "fragment")], "invalid_request"),
        (&[("code_challenge", "")], "invalid_request"),
        (&[("code_challenge", ""), ("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("scope", "nothing")], "invalid_scope"),
        (&[("scope", "workflows:execute")], "invalid_scope"),
        (&[("scope", "workflows:read,executions:read")], "invalid_scope"),
        (&[("scope", "*")], "invalid_scope"),
        (&[("scope", "workflows:read"), ("scope", "executions:read")], "invalid_request"),
        (&[("resource", "https://evil.example")], "invalid_target"),
        (&[("resource", "not a uri")], "invalid_target"),
        (&[("prompt", "none consent")], "invalid_request"),
        (&[("nonce", "a"), ("nonce", "b")], "invalid_request"),
    ] {
        let (told, url) = told(scene.ask(changes).await).expect("a redirect");
        assert_eq!(told, error, "{changes:?}");
        assert!(url.starts_with(&format!("{CALLBACK}?error=")), "{url}");
        assert_eq!(in_query(&url, "state").as_deref(), Some("s"));
        assert_eq!(url.matches("iss=http%3A%2F%2F127.0.0.1%3A3000").count(), 1, "{url}");
        assert_eq!(url.matches("iss=").count(), 1, "{url}");
    }
    let twice = told(scene.ask(&[("state", "a"), ("state", "b")]).await).expect("a redirect");
    assert_eq!((twice.0.as_str(), in_query(&twice.1, "state")), ("invalid_request", None));
}

#[tokio::test]
async fn an_app_may_leave_out_pkce_only_where_an_owner_said_so_and_it_has_a_secret() {
    let spec = AppSpec { pkce_optional: true, ..SERVER };
    let without = &[("code_challenge", ""), ("code_challenge_method", "")];
    assert!(Scene::of(spec).await.ask(without).await.is_ok());
    for spec in [AppSpec { kind: AppKind::Public, ..spec }, AppSpec { unverified: true, ..spec }] {
        assert!(Scene::of(spec).await.ask(without).await.is_err(), "{spec:?}");
    }
    let still = Scene::of(spec).await;
    assert!(still.ask(&[("code_challenge_method", "plain")]).await.is_err());
}

#[tokio::test]
async fn a_yes_is_answered_with_a_code_the_state_and_the_issuer() {
    let scene = Scene::of(SERVER).await;
    let state = "+%&#\"<\u{1f600} ".repeat(180);
    let url = scene.allowed_by(&scene.ada, &[("state", &state)]).await;
    assert_eq!(in_query(&url, "state").as_deref(), Some(state.as_str()));
    assert_eq!(in_query(&url, "iss").as_deref(), Some("http://127.0.0.1:3000"));
    assert!(in_query(&url, "code").is_some_and(|code| code.starts_with("kc_")));
    assert!(scene.log().await.contains(&"grant.given".to_owned()));
    let stored = scene.world.test_db.dump().await;
    assert!(!stored.contains(&in_query(&url, "code").expect("a code")), "only its hash is kept");
}

#[tokio::test]
async fn a_decision_belongs_to_the_session_that_was_asked_and_is_taken_once() {
    let scene = Scene::of(SERVER).await;
    let eve = scene.world.member(&scene.ada.workspace, "Eve", "admin").await;
    let request = scene.consent_page(&scene.ada, "browser", &[]).await;
    let allow = Decision::Allow(scene.ada.workspace.slug.clone());
    let decide = async |user: &Actor, browser: &str, decision: &Decision| {
        let oauth = &scene.world.services.oauth;
        oauth.decide(request.id, &user.user, session(browser), decision, &origin()).await
    };
    assert!(matches!(decide(&scene.ada, "another browser", &allow).await, Err(Error::Forbidden(_))));
    assert!(matches!(decide(&eve, "browser", &allow).await, Err(Error::Forbidden(_))));
    assert!(decide(&scene.ada, "browser", &Decision::Allow("nowhere".to_owned())).await.is_err());
    let url = decide(&scene.ada, "browser", &allow).await.expect("a decision");
    assert!(url.contains("code="));
    assert!(matches!(decide(&scene.ada, "browser", &allow).await, Err(Error::Conflict(_))), "no second code");
    assert!(matches!(decide(&scene.ada, "browser", &Decision::Deny).await, Err(Error::Conflict(_))));
}

#[tokio::test]
async fn of_two_decisions_at_once_one_counts() {
    let scene = Scene::of(SERVER).await;
    let request = scene.consent_page(&scene.ada, "browser", &[]).await;
    let allow = Decision::Allow(scene.ada.workspace.slug.clone());
    let (oauth, user, from) = (&scene.world.services.oauth, &scene.ada.user, origin());
    let (one, other) = tokio::join!(
        oauth.decide(request.id, user, session("browser"), &allow, &from),
        oauth.decide(request.id, user, session("browser"), &allow, &from),
    );
    assert_eq!([&one, &other].iter().filter(|decided| decided.is_ok()).count(), 1, "{one:?} {other:?}");
}

#[tokio::test]
async fn a_no_is_told_to_the_app_and_a_request_waits_half_an_hour() {
    let scene = Scene::of(SERVER).await;
    let oauth = &scene.world.services.oauth;
    let request = scene.consent_page(&scene.ada, "browser", &[]).await;
    let url = oauth.decide(request.id, &scene.ada.user, session("browser"), &Decision::Deny, &origin()).await;
    let url = url.expect("a decision");
    assert_eq!(in_query(&url, "error").as_deref(), Some("access_denied"));
    assert_eq!(in_query(&url, "state").as_deref(), Some("s"));
    let request = scene.consent_page(&scene.ada, "browser", &[]).await;
    scene.world.clock.advance(TimeDelta::minutes(30));
    let late = oauth.decide(request.id, &scene.ada.user, session("browser"), &Decision::Deny, &origin()).await;
    assert!(matches!(late, Err(Error::Conflict(_))));
}

#[tokio::test]
async fn a_scope_beyond_the_role_is_marked_and_not_granted() {
    let scopes = &["workflows:read", "workflows:execute"];
    let scene = Scene::of(AppSpec { scopes, ..SERVER }).await;
    let bob = scene.world.member(&scene.ada.workspace, "Bob", "viewer").await;
    let asked = [("scope", "workflows:read workflows:execute")];
    let page = scene.consent_page(&bob, "browser", &asked).await;
    let Answerable::Yes { scopes, .. } = &page.candidates[0].answer else { panic!("{page:?}") };
    let missing: Vec<_> = scopes.iter().map(|scope| (scope.name.as_str(), scope.missing.clone())).collect();
    let role = Some(Withheld::Role("Viewer".to_owned()));
    assert_eq!(missing, [("workflows:read", None), ("workflows:execute", role)]);
    let code = in_query(&scene.allowed_by(&bob, &asked).await, "code").expect("a code");
    let issued = scene.redeem(&code).await.expect("tokens");
    assert_eq!(issued.scope, "workflows:read");
}

#[tokio::test]
async fn a_yes_is_remembered_for_an_app_with_a_secret_until_it_wants_more() {
    let scene = Scene::of(SERVER).await;
    scene.tokens().await;
    let again = async |changes: &[(&str, &str)]| scene.open_for(&scene.ada, "browser", changes).await;
    let Opened::Answered(url) = again(&[]).await else { panic!("asked again") };
    assert!(in_query(&url, "code").is_some());
    for more in [
        &[("scope", "workflows:read executions:read")][..],
        &[("resource", "http://127.0.0.1:3000/mcp")],
        &[("prompt", "consent")],
    ] {
        assert!(matches!(again(more).await, Opened::Ask(_)), "{more:?}");
    }
    let public = Scene::of(PUBLIC).await;
    public.tokens().await;
    let again = public.open_for(&public.ada, "browser", &[]).await;
    assert!(matches!(again, Opened::Ask(_)), "anybody may pretend to be an app without a secret");
}

#[tokio::test]
async fn without_a_question_only_what_was_allowed_before_is_answered() {
    let scene = Scene::of(SERVER).await;
    let silent = [("prompt", "none")];
    let Opened::Answered(url) = scene.open_for(&scene.ada, "browser", &silent).await else { panic!("asked") };
    assert_eq!(in_query(&url, "error").as_deref(), Some("consent_required"));
    scene.tokens().await;
    let Opened::Answered(url) = scene.open_for(&scene.ada, "browser", &silent).await else { panic!("asked") };
    assert!(in_query(&url, "code").is_some());
}

#[tokio::test]
async fn an_app_from_elsewhere_is_let_in_as_the_workspaces_policy_says() {
    let mut profile =
        crate::profile::Profile::parse("lodol", crate::profile::Profile::built_in("lodol").expect("lodol"))
            .expect("good");
    profile.oauth.self_registration = SelfRegistration::Approval;
    let world = World::of(profile).await;
    let ada = world.claim("pro").await;
    let (app, _) = world.app(&ada, AppSpec { unverified: true, ..PUBLIC }).await;
    let scene = Scene { world, ada, app };
    let page = scene.consent_page(&scene.ada, "browser", &[]).await;
    assert_eq!(page.candidates[0].answer, Answerable::NeedsApproval);
    let allow = Decision::Allow(scene.ada.workspace.slug.clone());
    let oauth = &scene.world.services.oauth;
    let refused = oauth.decide(page.id, &scene.ada.user, session("browser"), &allow, &origin()).await;
    assert!(matches!(&refused, Err(Error::Forbidden(why)) if why.starts_with("Not yet")), "{refused:?}");
    let asked = scene.world.test_db.dump().await;
    assert!(!asked.contains("kc_"));
}

#[tokio::test]
async fn a_disabled_app_is_answered_here_and_its_open_requests_are_over() {
    let scene = Scene::of(SERVER).await;
    let request = scene.consent_page(&scene.ada, "browser", &[]).await;
    disable(&scene).await;
    assert!(told(scene.ask(&[]).await).is_none());
    let allow = Decision::Allow(scene.ada.workspace.slug.clone());
    let oauth = &scene.world.services.oauth;
    assert!(oauth.decide(request.id, &scene.ada.user, session("browser"), &allow, &origin()).await.is_err());
}

async fn disable(scene: &Scene) {
    const DISABLE: &str = "update oauth_apps set disabled_at = created_at where id = $1";
    let db = &scene.world.test_db.db;
    crate::db::on_db!(db, c => sqlx::query(DISABLE).bind(scene.app.id).execute(c).await.map(drop)).expect("an app");
}
