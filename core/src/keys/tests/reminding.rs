//! Who is told, and how often, that a key ends soon.

#![expect(clippy::expect_used, reason = "a test that cannot go on must stop")]

use super::{make, make_for, tick};
use crate::{
    actor::Actor,
    db::on_db,
    ids::KeyId,
    keys::{Keys, Reminder},
    testing::World,
};
use chrono::TimeDelta;

/// What is due: to whom, with the labels and the days of each letter's keys.
async fn due(keys: &Keys) -> Vec<(String, Vec<(String, u32)>)> {
    let letters = keys.due_reminders().await.expect("letters");
    let mut due: Vec<_> = letters.into_iter().map(told).collect();
    due.sort();
    due
}

fn told(letter: Reminder) -> (String, Vec<(String, u32)>) {
    (letter.to.name, letter.keys.into_iter().map(|key| (key.label, key.days)).collect())
}

fn one(name: &str, keys: &[(&str, u32)]) -> (String, Vec<(String, u32)>) {
    (name.to_owned(), keys.iter().map(|(label, days)| ((*label).to_owned(), *days)).collect())
}

/// Takes every letter that is due, as if it had been sent.
async fn send_all(keys: &Keys) -> usize {
    let mut sent = 0;
    for letter in keys.due_reminders().await.expect("letters") {
        sent += usize::from(keys.claim_reminder(letter).await.expect("a claim").is_some());
    }
    sent
}

async fn leave(world: &World, person: &Actor) {
    let sql = "delete from members where user_id = $1";
    on_db!(&world.test_db.db, c => sqlx::query(sql).bind(person.user.id).execute(c).await.map(drop)).expect("gone");
}

async fn give_to_workspace(world: &World, key: KeyId) {
    let sql = "update api_keys set owner_kind = 'workspace' where id = $1";
    on_db!(&world.test_db.db, c => sqlx::query(sql).bind(key).execute(c).await.map(drop)).expect("given");
}

async fn suspend(world: &World, actor: &Actor) {
    let sql = "update workspaces set suspended_at = created_at where id = $1";
    on_db!(&world.test_db.db, c => sqlx::query(sql).bind(actor.workspace.id).execute(c).await.map(drop))
        .expect("suspended");
}

#[tokio::test]
async fn a_key_is_pointed_out_thirty_and_seven_days_and_one_before_its_end() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let keys = &world.services.keys;
    make_for(&world, &ada, "ci", 60).await;
    make(&world, &ada, "for ever").await;
    assert_eq!(due(keys).await, []);
    for (wait, days) in [(30, 30), (23, 7), (6, 1)] {
        world.clock.advance(TimeDelta::days(wait));
        assert_eq!(due(keys).await, [one("Ada Lovelace", &[("ci", days)])]);
        assert_eq!(send_all(keys).await, 1);
        assert_eq!(due(keys).await, [], "once is enough");
    }
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(due(keys).await, [], "it has ended");
}

#[tokio::test]
async fn of_several_reminders_that_are_due_together_only_the_most_urgent_is_sent() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let keys = &world.services.keys;
    make_for(&world, &ada, "ci", 60).await;
    world.clock.advance(TimeDelta::days(55));
    assert_eq!(due(keys).await, [one("Ada Lovelace", &[("ci", 7)])]);
    assert_eq!(send_all(keys).await, 1);
    assert_eq!(due(keys).await, [], "the earlier one is not made up for");
}

#[tokio::test]
async fn nobody_is_reminded_of_a_key_at_its_birth() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let keys = &world.services.keys;
    for (label, days) in [("week", 7), ("day", 1)] {
        make_for(&world, &ada, label, days).await;
    }
    assert_eq!(due(keys).await, []);
    world.clock.advance(TimeDelta::days(6));
    assert_eq!(due(keys).await, [one("Ada Lovelace", &[("week", 1)])]);
}

#[tokio::test]
async fn keys_that_do_not_work_are_not_pointed_out() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let keys = &world.services.keys;
    let paused = make_for(&world, &ada, "paused", 60).await.key.id;
    let revoked = make_for(&world, &ada, "revoked", 60).await.key.id;
    keys.disable(&ada, paused, None).await.expect("disabled");
    keys.revoke(&ada, revoked, "", None).await.expect("revoked");
    world.clock.advance(TimeDelta::days(40));
    assert_eq!(due(keys).await, []);
    keys.enable(&ada, paused, None).await.expect("enabled");
    assert_eq!(due(keys).await, [one("Ada Lovelace", &[("paused", 30)])]);
    suspend(&world, &ada).await;
    assert_eq!(due(keys).await, [], "in a suspended workspace nothing can be done about it");
}

#[tokio::test]
async fn of_two_nodes_one_sends_and_what_failed_is_tried_again() {
    let (world, ada) = World::owned("lodol", "pro").await;
    make_for(&world, &ada, "ci", 60).await;
    make_for(&world, &ada, "cd", 60).await;
    world.clock.advance(TimeDelta::days(31));
    let (one, other) = (world.services.keys.clone(), world.second_node().await.keys);
    let letters = one.due_reminders().await.expect("letters");
    assert_eq!(other.due_reminders().await, Ok(letters.clone()));
    assert_eq!((letters.len(), letters[0].keys.len()), (1, 2));

    let claims = tokio::join!(one.claim_reminder(letters[0].clone()), other.claim_reminder(letters[0].clone()));
    let claims = [claims.0.expect("an answer"), claims.1.expect("an answer")];
    let claimed: Vec<_> = claims.into_iter().flatten().collect();
    assert_eq!(claimed, letters, "one of them has it, and whole");
    assert_eq!(other.due_reminders().await, Ok(vec![]));

    one.give_back_reminder(&claimed[0]).await.expect("given back");
    assert_eq!(other.due_reminders().await, Ok(letters));
}

#[tokio::test]
async fn the_owner_is_told_and_where_there_is_none_the_first_role() {
    let (world, ada) = World::owned("lodol", "enterprise").await;
    let keys = &world.services.keys;
    let bob = world.member(&ada.workspace, "Bob", "admin").await;
    world.member(&ada.workspace, "Grace", "owner").await;
    world.member(&ada.workspace, "Hedy", "admin").await;
    make_for(&world, &bob, "his", 60).await;
    make_for(&world, &ada, "hers", 36).await;
    let shared = make_for(&world, &bob, "ours", 60).await.key.id;
    give_to_workspace(&world, shared).await;
    let eve = world.neighbour("Eve", "pro").await;
    make_for(&world, &eve, "elsewhere", 60).await;
    world.clock.advance(TimeDelta::days(30));
    assert_eq!(
        due(keys).await,
        [
            one("Ada Lovelace", &[("hers", 7), ("ours", 30)]),
            one("Bob", &[("his", 30)]),
            one("Eve", &[("elsewhere", 30)]),
            one("Grace", &[("ours", 30)]),
        ]
    );
    send_all(keys).await;

    leave(&world, &bob).await;
    let his = [("his", 30)];
    assert_eq!(due(keys).await, [one("Ada Lovelace", &his), one("Grace", &his)], "now it is nobody's");
}

#[tokio::test]
async fn a_letter_is_claimed_as_things_are_and_not_as_they_were() {
    let (world, ada) = World::owned("lodol", "enterprise").await;
    let keys = &world.services.keys;
    let bob = world.member(&ada.workspace, "Bob", "admin").await;
    let gone = make_for(&world, &bob, "gone", 60).await.key.id;
    make_for(&world, &bob, "stays", 60).await;
    world.clock.advance(TimeDelta::days(31));
    let letter = keys.due_reminders().await.expect("letters").remove(0);
    tick(&world);
    keys.revoke(&bob, gone, "", None).await.expect("revoked");
    let claimed = keys.claim_reminder(letter.clone()).await.expect("a claim").map(told);
    assert_eq!(claimed, Some(one("Bob", &[("stays", 30)])));

    keys.give_back_reminder(&letter).await.expect("given back");
    leave(&world, &bob).await;
    assert_eq!(keys.claim_reminder(letter).await, Ok(None), "who has left is told nothing");
}
