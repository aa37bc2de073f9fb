//! What the service of apps promises, on a real database.

#![expect(clippy::expect_used, reason = "a test that cannot have its world must stop")]

use crate::{
    actor::Actor,
    apps::{App, AppForm, Presented, RegisteredApp},
    audit::Action,
    page::PageRequest,
    testing::World,
};
use std::net::{IpAddr, Ipv4Addr};

mod authenticating;
mod letting_in;
mod managing;
mod registering;
mod tracing;

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7));

/// A form for an app of this kind, as the page would send it.
fn form(kind: &str) -> AppForm {
    let redirects = matches!(kind, "server" | "public");
    AppForm {
        name: "Zap".to_owned(),
        kind: kind.to_owned(),
        redirect_uris: if redirects { "https://zap.example/callback".to_owned() } else { String::new() },
        scopes: vec!["workflows:read".to_owned()],
        ..AppForm::default()
    }
}

async fn make(world: &World, actor: &Actor, kind: &str) -> RegisteredApp {
    world.services.apps.create(actor, &form(kind)).await.expect("an app")
}

async fn get(world: &World, actor: &Actor, app: &App) -> App {
    world.services.apps.get(actor, app.id).await.expect("the app")
}

/// An app that says its name and secret in the body.
fn posted<'a>(client_id: &'a str, secret: &'a str) -> Presented<'a> {
    Presented { client_id: Some(client_id), client_secret: Some(secret), ..Presented::default() }
}

/// How often an action stands in the log, done and refused.
async fn logged(world: &World, actor: &Actor, action: Action) -> (usize, usize) {
    let entries = world.services.audit.list(actor, PageRequest::first()).await.expect("the log").items;
    let of_action = entries.iter().filter(|entry| entry.action == action.code());
    let (refused, done): (Vec<_>, Vec<_>) = of_action.partition(|entry| entry.refused.is_some());
    (done.len(), refused.len())
}
