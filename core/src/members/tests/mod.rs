//! Who may do what to whom, what becomes of keys, and what an invitation opens.

use super::*;
use crate::{
    actor::Actor,
    audit::AuditEntry,
    db::on_db,
    error::Error,
    gate::{Call, Gate, Needs, Verdict},
    ids::{InvitationId, KeyId, UserId},
    keys::CreatedKey,
    page::PageRequest,
    profile::{Profile, Right, Role},
    services::Services,
    testing::{PASSWORD, World, key_form, origin},
};
use chrono::TimeDelta;
use std::{borrow::Cow, time::Duration};

mod inviting;
mod keys;
mod reaching;

const READ: &str = "workflows:read";

const WRITE: &str = "workflows:write";

/// owner and admin: everything; manager: keys and members, but not every scope; viewer: looks on.
async fn world() -> (World, Actor) {
    let text = Profile::built_in("default").expect("the profile");
    let mut profile = Profile::parse("default", text).expect("a good profile");
    let (read, all) = (profile.scope_set(&[READ]).expect("a scope"), profile.all_scopes());
    let every: Vec<Right> = Right::ALL.iter().map(|(right, _)| *right).collect();
    let look = vec![Right::KeysRead, Right::MembersRead];
    let role = |name: &str, rights: &[Right], scopes| {
        let title = name[..1].to_uppercase() + &name[1..];
        Role { name: name.into(), title, rights: rights.to_vec(), scopes }
    };
    profile.roles = vec![
        role("owner", &every, all),
        role("admin", &every, all),
        role("manager", &every, read),
        role("viewer", &look, read),
    ];
    let world = World::of(profile).await;
    let ada = world.claim("scale").await;
    (world, ada)
}

async fn key(world: &World, owner: &Actor, scope: &str) -> CreatedKey {
    world
        .services
        .keys
        .create(owner, &key_form(&format!("{} {scope}", owner.user.name), &[scope]))
        .await
        .expect("a key")
}

async fn verdict_on(services: &Services, key: &CreatedKey, scope: &str) -> Verdict {
    let needs = Needs::Scopes(services.profile.scope_set(&[scope]).expect("a scope"));
    let gate: &Gate = &services.gate;
    let call = Call {
        key: Some(key.secret.expose()),
        needs,
        address: [203, 0, 113, 7].into(),
        user_agent: None,
        cost: 1,
        from_stranger: true,
        member: None,
    };
    gate.check(call).await.expect("a decision").decision.verdict
}

async fn verdict(world: &World, key: &CreatedKey, scope: &str) -> Verdict {
    verdict_on(&world.services, key, scope).await
}

async fn log(world: &World, ada: &Actor) -> Vec<AuditEntry> {
    world.services.audit.list(ada, PageRequest { after: None, limit: 100 }).await.expect("a log").items
}

async fn roles(world: &World, ada: &Actor) -> Vec<(String, String)> {
    let rows = store::list_roles(&world.test_db.db, ada.workspace.id).await.expect("rows");
    rows.into_iter().map(|row| (row.name, row.role)).collect()
}

async fn sql(world: &World, statement: &'static str) {
    on_db!(&world.test_db.db, c => sqlx::query(statement).execute(c).await.map(drop)).expect("a good statement");
}

fn invite(email: &str, role: &str) -> InviteForm {
    InviteForm { email: email.into(), role: role.into() }
}

fn join(link: &InvitationLink, name: &str) -> JoinForm {
    JoinForm { token: link.token().into(), name: name.into(), password: PASSWORD.into() }
}

const STOP: Option<KeysFate> = Some(KeysFate::Stop);

fn hand_over(to: &Actor) -> Option<KeysFate> {
    Some(KeysFate::HandOver(to.user.id))
}

fn is_forbidden<T: std::fmt::Debug>(result: Result<T, Error>) -> bool {
    matches!(result, Err(Error::Forbidden(_)))
}

fn is_conflict<T: std::fmt::Debug>(result: Result<T, Error>) -> bool {
    matches!(result, Err(Error::Conflict(_)))
}

fn wrong_fields<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<Cow<'static, str>> {
    match result {
        Err(Error::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
        other => panic!("not refused for a field: {other:?}"),
    }
}
