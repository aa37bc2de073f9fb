//! What whoever builds an app gets to see.

use super::{HOME, get, make, posted};
use crate::{apps::Refused, clock::Clock as _, page::PageRequest, testing::World};
use chrono::TimeDelta;

#[tokio::test]
async fn what_is_refused_to_an_app_stands_in_its_trace_without_the_secret() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let app = make(&world, &ada, "server").await.app;
    let apps = &world.services.apps;
    apps.authenticate(&posted(app.client_id.as_str(), "ks_tellnobody"), Some(HOME)).await.expect_err("refused");
    world.clock.advance(TimeDelta::seconds(1));
    let wrong = Refused::new("token", "invalid_grant", "The redirect_uri is not the one of the request.");
    apps.trace(app.id, Some(HOME), wrong.instead("https://a.example/cb", "https://b.example/\u{202e}cb\0"));
    let events = apps.events(&ada, app.id, PageRequest::first()).await.expect("a trace").items;
    let told: Vec<_> = events.iter().map(|event| (event.what.error.as_str(), event.address.as_str())).collect();
    assert_eq!(told, [("invalid_grant", "203.0.113.7"), ("invalid_client", "203.0.113.7")], "the latest first");
    assert_eq!(events[0].what.expected.as_deref(), Some("https://a.example/cb"));
    assert_eq!(events[0].what.received.as_deref(), Some("https://b.example/cb"), "nothing hidden in it");
    assert_eq!(events[0].at, world.clock.now());
    let secret = app.secret.expect("a secret");
    assert_eq!(events[1].what.expected, Some(format!("ks_…{}", secret.last4)));
    assert_eq!(events[1].what.received, None, "a wrong secret may be right elsewhere");
    assert!(!world.test_db.dump().await.contains("tellnobody"));
}

#[tokio::test]
async fn a_flood_of_refusals_fills_neither_memory_nor_the_database() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let (noisy, quiet) = (make(&world, &ada, "server").await.app, make(&world, &ada, "server").await.app);
    let apps = &world.services.apps;
    let refused = || Refused::new("token", "invalid_grant", "Why");
    apps.trace(quiet.id, None, refused());
    for _ in 0..60 {
        (0..1_000).for_each(|_| apps.trace(noisy.id, None, refused()));
        apps.flush().await.expect("a flush");
    }
    let all = PageRequest { after: None, limit: 1_000 };
    assert_eq!(apps.events(&ada, noisy.id, all).await.expect("a trace").items.len(), 200);
    assert_eq!(apps.events(&ada, quiet.id, all).await.expect("a trace").items.len(), 1);
    world.clock.advance(TimeDelta::days(31));
    apps.sweep().await.expect("swept");
    assert!(apps.events(&ada, noisy.id, all).await.expect("a trace").items.is_empty());
}

#[tokio::test]
async fn an_app_shows_when_it_was_last_given_something() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let app = make(&world, &ada, "server").await.app;
    assert_eq!(app.last_used_at, None);
    world.services.apps.mark_used(app.id);
    let at = world.clock.now();
    world.services.apps.flush().await.expect("a flush");
    assert_eq!(get(&world, &ada, &app).await.last_used_at, Some(at));
}

#[tokio::test]
async fn an_app_that_is_gone_keeps_nothing_else_from_being_written() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let (gone, app) = (make(&world, &ada, "server").await.app, make(&world, &ada, "server").await.app);
    let apps = &world.services.apps;
    for id in [gone.id, app.id] {
        apps.trace(id, None, Refused::new("token", "invalid_grant", "Why"));
        apps.mark_used(id);
    }
    apps.delete(&ada, gone.id, None).await.expect("deleted");
    apps.flush().await.expect("a flush");
    assert_eq!(apps.events(&ada, app.id, PageRequest::first()).await.expect("a trace").items.len(), 1);
}
