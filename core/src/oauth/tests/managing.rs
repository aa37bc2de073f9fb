use super::*;
use crate::{
    actor::Via,
    apps::{ClientId, PolicyForm},
    oauth::{Answerable, MANAGE, NotManaging},
    testing::key_form,
};
use chrono::TimeDelta;

const LOOPBACK: &str = "http://127.0.0.1:49152/callback";

impl Scene {
    /// The command line in Ada's workspace, on this plan.
    async fn command_line(plan: &str) -> Self {
        let (world, ada) = World::owned("lodol", plan).await;
        let app = world.services.apps.find(ClientId::COMMAND_LINE).await.expect("a database");
        Self { app: app.expect("it is part of the program"), world, ada }
    }

    /// What the command line gets when this person says yes on the device page.
    async fn signed_in(&self, actor: &Actor) -> Issued {
        let oauth = &self.world.services.oauth;
        let scope = parameters(&[("scope", MANAGE)]);
        let begun = oauth.begin_device(&self.app, &scope, &origin()).await.expect("codes");
        self.look(actor, "browser", &begun.user_code).await.expect("a page");
        let from = origin();
        let typed = crate::oauth::Typed {
            code: &begun.user_code,
            user: &actor.user,
            session: session("browser"),
            origin: &from,
        };
        oauth.decide_device(&typed, &Decision::Allow(actor.workspace.slug.clone())).await.expect("decided");
        self.poll(&begun.device_code).await.expect("tokens")
    }

    async fn manager(&self, issued: &Issued) -> Result<Actor, NotManaging> {
        self.world.services.oauth.manager(&issued.access_token, origin()).await
    }
}

#[tokio::test]
async fn skillett_02_the_command_line_manages_for_whoever_let_it_in_with_the_role_that_they_have_now() {
    let scene = Scene::command_line("pro").await;
    let bob = scene.world.member(&scene.ada.workspace, "Bob", "admin").await;
    let issued = scene.signed_in(&bob).await;
    assert_eq!(issued.scope, MANAGE);
    let claims = scene.claims(&issued).await;
    assert_eq!((claims.scope.as_str(), claims.aud.all()), (MANAGE, &["http://127.0.0.1:3000".to_owned()][..]));
    let actor = scene.manager(&issued).await.expect("a manager");
    assert_eq!((&actor.user, &actor.workspace, actor.role.name.as_str()), (&bob.user, &bob.workspace, "admin"));
    assert_eq!(actor.origin.via, Via::Grant(claims.gid));
    let keys = &scene.world.services.keys;
    keys.create(&actor, &key_form("from a terminal", &["workflows:read"])).await.expect("a key");
    let page = crate::page::PageRequest::first();
    let log = scene.world.services.audit.list(&scene.ada, page).await.expect("the log").items;
    let made = log.iter().find(|entry| entry.action == "key.created").expect("an entry");
    assert_eq!((made.actor.as_deref(), &made.via), (Some("Bob"), &Some(format!("grant:{}", claims.gid))));
    let stop = Some(crate::members::KeysFate::Stop);
    scene.world.services.members.change_role(&scene.ada, bob.user.id, "viewer", stop).await.expect("demoted");
    let next = scene.refresh(next(&issued)).await.expect("tokens");
    for issued in [&issued, &next] {
        assert_eq!(scene.manager(issued).await.expect("a manager").role.name, "viewer");
    }
    scene.world.services.members.remove(&scene.ada, bob.user.id, stop).await.expect("removed");
    assert_eq!(scene.manager(&next).await.err(), Some(NotManaging::NotGood));
}

#[tokio::test]
async fn a_token_manages_until_it_ends_or_is_revoked_and_no_longer() {
    let scene = Scene::command_line("pro").await;
    let (one, two) = (scene.signed_in(&scene.ada).await, scene.signed_in(&scene.ada).await);
    let grant = scene.claims(&one).await.gid;
    scene.world.services.oauth.disconnect_own(&scene.ada.user, grant, &origin()).await.expect("ended");
    assert_eq!(scene.manager(&one).await.err(), Some(NotManaging::NotGood), "with the next request");
    assert!(scene.manager(&two).await.is_ok());
    scene.world.clock.advance(TimeDelta::minutes(11));
    assert_eq!(scene.manager(&two).await.err(), Some(NotManaging::NotGood));
    assert!(scene.refresh(next(&two)).await.is_ok(), "its grant lives on");
}

#[tokio::test]
async fn skillett_02_no_key_and_no_other_app_can_have_the_scope_that_manages() {
    // Whatever stands in its row.
    for scopes in [SCOPES, &[MANAGE, "workflows:read"]] {
        let scene = Scene::of(AppSpec { scopes, ..DEVICE }).await;
        for asked in [MANAGE, "workflows:read keywright:manage"] {
            let list = parameters(&[("scope", asked)]);
            let begun = scene.world.services.oauth.begin_device(&scene.app, &list, &origin()).await;
            assert_eq!(code_of(begun), "invalid_scope", "{asked}");
        }
    }
    let scene = Scene::of(AppSpec { scopes: &[MANAGE, "workflows:read"], ..PUBLIC }).await;
    assert!(
        matches!(scene.ask(&[("scope", MANAGE)]).await, Err(Turned::Back(back)) if back.error.code.as_str() == "invalid_scope")
    );
    let issued = scene.tokens().await;
    assert_eq!(issued.scope, "workflows:read");
    assert_eq!(scene.manager(&issued).await.err(), Some(NotManaging::Beyond));
    let keys = &scene.world.services.keys;
    let key = keys.create(&scene.ada, &key_form("ci", &["workflows:read"])).await.expect("a key");
    let refused = scene.world.services.oauth.manager(key.secret.expose(), origin()).await;
    assert_eq!(refused.err(), Some(NotManaging::NotGood));
    assert!(keys.create(&scene.ada, &key_form("ci", &[MANAGE])).await.is_err());
}

#[tokio::test]
async fn the_command_line_gets_that_scope_and_no_other() {
    let scene = Scene::command_line("pro").await;
    for asked in ["workflows:read", "keywright:manage workflows:read", "keywright:other"] {
        let begun =
            scene.world.services.oauth.begin_device(&scene.app, &parameters(&[("scope", asked)]), &origin()).await;
        assert_eq!(code_of(begun), "invalid_scope", "{asked}");
    }
    let issued = scene.signed_in(&scene.ada).await;
    let standing = scene.world.services.oauth.standing(scene.claims(&issued).await.gid).await.expect("a database");
    let standing = standing.expect("a grant");
    assert!(standing.manages && standing.effective().is_empty(), "nothing that the gate lets through");
    let wider = [("grant_type", "refresh_token"), ("refresh_token", next(&issued)), ("scope", "workflows:read")];
    assert_eq!(code_of(scene.token(&wider).await), "invalid_scope");
    let same = [("grant_type", "refresh_token"), ("refresh_token", next(&issued)), ("scope", MANAGE)];
    assert_eq!(scene.token(&same).await.expect("tokens").scope, MANAGE);
}

#[tokio::test]
async fn in_a_browser_it_comes_back_to_this_machine_alone_and_asks_each_time() {
    let scene = Scene::command_line("pro").await;
    let changes = [("redirect_uri", LOOPBACK), ("scope", MANAGE)];
    for _ in 0..2 {
        let page = scene.consent_page(&scene.ada, "browser", &changes).await;
        let Answerable::Yes { scopes, .. } = &page.candidates[0].answer else { panic!("{page:?}") };
        assert!(page.is_loopback && scopes[0].name == MANAGE && scopes[0].description.contains("API keys"));
        let code = scene.code(&changes).await;
        assert!(scene.manager(&scene.redeem(&code).await.expect("tokens")).await.is_ok());
    }
    for elsewhere in
        ["https://evil.example/callback", "http://127.0.0.1.evil.example/callback", "http://127.0.0.1/other"]
    {
        assert!(matches!(scene.ask(&[("redirect_uri", elsewhere), ("scope", MANAGE)]).await, Err(Turned::Here(_))));
    }
}

#[tokio::test]
async fn it_is_there_whatever_the_plan_and_the_policy_say_and_stays() {
    let scene = Scene::command_line("free").await;
    let (apps, ada) = (&scene.world.services.apps, &scene.ada);
    apps.set_policy(ada, &PolicyForm { mode: "off".to_owned(), scopes: Vec::new() }).await.expect("a policy");
    assert!(scene.manager(&scene.signed_in(ada).await).await.is_ok());
    let page = crate::page::PageRequest { after: None, limit: 10 };
    assert!(apps.list_foreign(ada, page).await.expect("a list").items.is_empty(), "it is no app from elsewhere");
    scene.world.clock.advance(TimeDelta::days(4_000));
    apps.sweep().await.expect("swept");
    assert_eq!(apps.find(ClientId::COMMAND_LINE).await.expect("a database").expect("it is there").id, scene.app.id);
    assert!(apps.get(ada, scene.app.id).await.is_err() && apps.delete(ada, scene.app.id, None).await.is_err());
    let registration = apps.delete_registration(ClientId::COMMAND_LINE, "kt_nothing", &origin()).await;
    assert!(registration.is_err());
}
