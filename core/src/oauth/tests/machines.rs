use super::*;

const ASKS: &[(&str, &str)] = &[("grant_type", "client_credentials")];

#[tokio::test]
async fn a_machine_gets_tokens_in_its_own_name_and_nothing_to_refresh() {
    let scene = Scene::of(MACHINE).await;
    let issued = scene.token(ASKS).await.expect("a token");
    assert_eq!((issued.scope.as_str(), &issued.refresh_token), ("workflows:read executions:read", &None));
    let claims = scene.claims(&issued).await;
    assert_eq!(claims.sub, scene.app.client_id.to_string());
    let less = scene.token(&[ASKS[0], ("scope", "executions:read")]).await.expect("a token");
    assert_eq!((less.scope.as_str(), scene.claims(&less).await.gid), ("executions:read", claims.gid), "one grant");
    assert_eq!(code_of(scene.token(&[ASKS[0], ("scope", "workflows:execute")]).await), "invalid_scope");
    assert_eq!(code_of(scene.refresh("kr_x").await), "unauthorized_client");
}

#[tokio::test]
async fn an_app_that_registered_itself_or_has_no_secret_cannot_act_for_itself() {
    for spec in [AppSpec { unverified: true, ..MACHINE }, AppSpec { unverified: true, ..PUBLIC }, PUBLIC, SERVER] {
        assert_eq!(code_of(Scene::of(spec).await.token(ASKS).await), "unauthorized_client", "{spec:?}");
    }
}

#[tokio::test]
async fn a_machine_can_do_no_more_than_whoever_registered_it_and_stops_with_them() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let bob = world.member(&ada.workspace, "Bob", "admin").await;
    let (app, _) = world.app(&bob, AppSpec { scopes: &["workflows:read", "workflows:execute"], ..MACHINE }).await;
    let scene = Scene { world, ada, app };
    assert_eq!(scene.token(ASKS).await.expect("a token").scope, "workflows:read workflows:execute");
    scene.world.set_role(&bob.workspace, &bob.user, "viewer").await;
    let issued = scene.token(ASKS).await.expect("a token");
    assert_eq!(issued.scope, "workflows:read");
    scene.world.remove_member(&bob.workspace, &bob.user).await;
    assert_eq!(code_of(scene.token(ASKS).await), "invalid_grant");
    assert!(!scene.is_live(&issued).await);
}
