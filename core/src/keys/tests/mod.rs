//! What the service of keys promises, on a real database.

#![expect(clippy::expect_used, reason = "a test that cannot have its world must stop")]

use crate::{
    actor::Actor,
    gate::{Call, Needs, Verdict},
    ids::KeyId,
    keys::{ApiKey, CreatedKey, KeyForm},
    secret::Secret,
    testing::{World, key_form},
};
use chrono::TimeDelta;
use std::net::{IpAddr, Ipv4Addr};

mod changing;
mod creating;
mod finding;
mod reminding;
mod rotating;

const READ: &[&str] = &["workflows:read"];
const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7));

/// What the gate says to a request that needs `workflows:read`, from an address.
async fn verdict_from(world: &World, secret: &Secret, address: IpAddr) -> Verdict {
    let needs = Needs::Request { method: "GET", path: "/api/v1/workflows" };
    let call = Call {
        key: Some(secret.expose()),
        needs,
        address,
        user_agent: None,
        cost: 1,
        from_stranger: true,
        member: None,
    };
    world.services.gate.check(call).await.expect("a decision").decision.verdict
}

async fn verdict(world: &World, secret: &Secret) -> Verdict {
    verdict_from(world, secret, HOME).await
}

/// Lets a second pass: what is done then sorts after what was done before.
fn tick(world: &World) {
    world.clock.advance(TimeDelta::seconds(1));
}

async fn make(world: &World, actor: &Actor, label: &str) -> CreatedKey {
    make_of(world, actor, &key_form(label, READ)).await
}

/// A key that ends after so many days.
async fn make_for(world: &World, actor: &Actor, label: &str, days: u32) -> CreatedKey {
    make_of(world, actor, &KeyForm { expiry: days.to_string(), ..key_form(label, READ) }).await
}

async fn make_of(world: &World, actor: &Actor, form: &KeyForm) -> CreatedKey {
    tick(world);
    world.services.keys.create(actor, form).await.expect("a key")
}

async fn get(world: &World, actor: &Actor, id: KeyId) -> ApiKey {
    world.services.keys.get(actor, id).await.expect("the key")
}
