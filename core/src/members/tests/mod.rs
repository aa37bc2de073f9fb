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
use std::time::Duration;

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

fn wrong_fields<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<&'static str> {
    match result {
        Err(Error::Invalid(errors)) => errors.iter().map(|error| error.field).collect(),
        other => panic!("not refused for a field: {other:?}"),
    }
}

#[tokio::test]
async fn members_are_listed_with_their_live_keys_and_page_by_page() {
    let (world, ada) = world().await;
    let members = &world.services.members;
    world.clock.advance(TimeDelta::seconds(1));
    let bob = world.member(&ada.workspace, "Bob", "admin").await;
    let live = key(&world, &bob, READ).await;
    let revoked = key(&world, &bob, READ).await;
    world.services.keys.revoke(&bob, revoked.key.id, "", None).await.expect("revoked");
    let expiring = crate::keys::KeyForm { expiry: "1".into(), ..key_form("short", &[READ]) };
    world.services.keys.create(&bob, &expiring).await.expect("a key");
    world.clock.advance(TimeDelta::days(2));
    let first = members.list(&ada, PageRequest { after: None, limit: 1 }).await.expect("a page");
    assert_eq!(
        first.items.iter().map(|m| (m.user.name.as_str(), m.last_owner)).collect::<Vec<_>>(),
        [("Ada Lovelace", true)]
    );
    let second = members.list(&ada, PageRequest { after: first.next, limit: 1 }).await.expect("a page");
    let found = &second.items[0];
    assert_eq!((found.user.id, found.role.as_str(), found.live_keys), (bob.user.id, "admin", 1));
    assert_eq!((second.next, members.get(&ada, bob.user.id).await), (None, Ok(found.clone())));
    assert_eq!(verdict(&world, &live, READ).await, Verdict::Allowed);
}

#[tokio::test]
async fn common_10_a_removed_members_keys_stop_on_the_next_call() {
    let (world, ada) = world().await;
    let bob = world.member(&ada.workspace, "Bob", "admin").await;
    let (his, hers) = (key(&world, &bob, READ).await, key(&world, &ada, READ).await);
    assert_eq!(verdict(&world, &his, READ).await, Verdict::Allowed);
    let change = world.services.members.remove(&ada, bob.user.id, STOP).await.expect("removed");
    assert_eq!((change.handed_over, change.stopped), (0, 1));
    assert_eq!(verdict(&world, &his, READ).await, Verdict::OwnerGone);
    assert_eq!(verdict(&world, &hers, READ).await, Verdict::Allowed);
    assert!(world.services.keys.get(&ada, his.key.id).await.is_ok(), "the key stays in the list");
    let entered = world.services.workspaces.enter(bob.user.id, &ada.workspace.slug, origin()).await;
    assert!(entered.is_err(), "and its owner cannot come in");
}

#[tokio::test]
async fn skedcast_02_a_demoted_members_key_does_only_what_the_new_role_allows() {
    let (world, ada) = world().await;
    let members = &world.services.members;
    let bob = world.member(&ada.workspace, "Bob", "admin").await;
    let (read, write) = (key(&world, &bob, READ).await, key(&world, &bob, WRITE).await);
    assert_eq!(verdict(&world, &write, WRITE).await, Verdict::Allowed);
    let change = members.change_role(&ada, bob.user.id, "viewer", STOP).await.expect("demoted");
    assert_eq!((change.stopped, change.member.role.as_str()), (1, "viewer"), "only one key exceeds the role");
    assert_eq!(verdict(&world, &write, WRITE).await, Verdict::ScopeMissing);
    assert_eq!(verdict(&world, &read, READ).await, Verdict::Allowed);
    members.change_role(&ada, bob.user.id, "admin", None).await.expect("promoted: nothing is lost, nothing asked");
    assert_eq!(verdict(&world, &write, WRITE).await, Verdict::Allowed);
}

#[tokio::test]
async fn common_10_keys_that_are_handed_over_work_on_and_the_log_says_so() {
    let (world, ada) = world().await;
    let bob = world.member(&ada.workspace, "Bob", "admin").await;
    let carol = world.member(&ada.workspace, "Carol", "admin").await;
    let (one, two) = (key(&world, &bob, READ).await, key(&world, &bob, WRITE).await);
    let gone = key(&world, &bob, READ).await;
    world.services.keys.revoke(&bob, gone.key.id, "", None).await.expect("revoked");
    for key in [&one, &two] {
        assert_eq!(verdict(&world, key, READ).await == Verdict::Allowed, key.key.id == one.key.id);
    }
    let change = world.services.members.remove(&ada, bob.user.id, hand_over(&carol)).await.expect("removed");
    assert_eq!((change.handed_over, change.stopped), (2, 0));
    assert_eq!(verdict(&world, &one, READ).await, Verdict::Allowed);
    assert_eq!(verdict(&world, &two, WRITE).await, Verdict::Allowed);
    assert_eq!(
        world.services.keys.get(&ada, gone.key.id).await.map(|k| k.owner.person().map(|p| p.name.clone())),
        Ok(Some("Bob".into()))
    );
    let lines = log(&world, &ada).await;
    let handed: Vec<_> = lines.iter().filter(|line| line.action == "key.handed_over").collect();
    assert_eq!(handed.len(), 2, "one line for each key");
    for line in handed {
        let change = &line.changes[0];
        assert_eq!((change.from.as_deref(), change.to.as_deref()), (Some("Bob"), Some("Carol")));
    }
    let version: i64 = on_db!(&world.test_db.db, c => {
        sqlx::query_scalar("select version from api_keys where id = $1").bind(one.key.id).fetch_one(c).await
    })
    .expect("a version");
    assert_eq!(version, 2, "whoever has the key's page open is told that it changed");
}

#[tokio::test]
async fn a_demotion_hands_over_only_what_the_new_role_does_not_cover() {
    let (world, ada) = world().await;
    let bob = world.member(&ada.workspace, "Bob", "admin").await;
    let (read, write) = (key(&world, &bob, READ).await, key(&world, &bob, WRITE).await);
    let asked = world.services.members.at_stake(&ada, bob.user.id, Some("viewer")).await.expect("a question");
    assert_eq!(asked.keys.iter().map(|k| k.id).collect::<Vec<_>>(), [write.key.id]);
    assert_eq!(asked.heirs.iter().map(|h| h.name.as_str()).collect::<Vec<_>>(), ["Ada Lovelace"]);
    world.services.members.change_role(&ada, bob.user.id, "viewer", hand_over(&ada)).await.expect("demoted");
    let owner = async |id: KeyId| world.services.keys.get(&ada, id).await.expect("a key").owner.person().map(|p| p.id);
    assert_eq!(owner(read.key.id).await, Some(bob.user.id));
    assert_eq!(owner(write.key.id).await, Some(ada.user.id));
    assert_eq!(verdict(&world, &write, WRITE).await, Verdict::Allowed);
}

#[tokio::test]
async fn keys_of_the_workspace_itself_are_nobodys_to_hand_over() {
    let (world, ada) = world().await;
    let bob = world.member(&ada.workspace, "Bob", "admin").await;
    let shared = key(&world, &bob, READ).await;
    sql(&world, "update api_keys set owner_kind = 'workspace'").await;
    let change = world.services.members.remove(&ada, bob.user.id, None).await.expect("no key of his is left");
    assert_eq!((change.handed_over, change.stopped), (0, 0));
    assert!(is_conflict(world.services.keys.hand_over(&ada, shared.key.id, ada.user.id).await));
}

#[tokio::test]
async fn somebody_with_keys_does_not_go_before_it_is_said_what_becomes_of_them() {
    let (world, ada) = world().await;
    let bob = world.member(&ada.workspace, "Bob", "admin").await;
    key(&world, &bob, WRITE).await;
    let members = &world.services.members;
    assert_eq!(wrong_fields(members.remove(&ada, bob.user.id, None).await), ["keys"]);
    assert_eq!(wrong_fields(members.change_role(&ada, bob.user.id, "viewer", None).await), ["keys"]);
    assert!(members.get(&ada, bob.user.id).await.is_ok_and(|member| member.role == "admin"));
}

#[tokio::test]
async fn keys_go_only_to_whom_their_scopes_are_allowed() {
    let (world, ada) = world().await;
    let bob = world.member(&ada.workspace, "Bob", "admin").await;
    let vera = world.member(&ada.workspace, "Vera", "viewer").await;
    let eve = world.neighbour("Eve", "scale").await;
    let write = key(&world, &bob, WRITE).await;
    let members = &world.services.members;
    for nobody in [&vera, &eve, &bob] {
        let refused = members.remove(&ada, bob.user.id, hand_over(nobody)).await;
        assert_eq!(wrong_fields(refused), ["hand_over_to"], "{}", nobody.user.name);
    }
    assert_eq!(verdict(&world, &write, WRITE).await, Verdict::Allowed, "nothing was half done");
}

#[tokio::test]
async fn a_demoted_member_cannot_restore_a_key_by_leaving_it_to_somebody_else() {
    let (world, ada) = world().await;
    let bob = world.member(&ada.workspace, "Bob", "admin").await;
    let write = key(&world, &bob, WRITE).await;
    let members = &world.services.members;
    members.change_role(&ada, bob.user.id, "manager", STOP).await.expect("demoted");
    let bob = world.enter(bob.user, &ada.workspace).await;
    assert!(is_forbidden(members.remove(&bob, bob.user.id, hand_over(&ada)).await));
    assert!(is_forbidden(world.services.keys.hand_over(&bob, write.key.id, ada.user.id).await));
    assert!(members.at_stake(&bob, bob.user.id, None).await.is_ok_and(|asked| asked.heirs.is_empty()));
    assert_eq!(verdict(&world, &write, WRITE).await, Verdict::ScopeMissing);
}

#[tokio::test]
async fn nobody_reaches_above_themselves() {
    let (world, ada) = world().await;
    let admin = world.member(&ada.workspace, "Grace", "admin").await;
    let manager = world.member(&ada.workspace, "Mia", "manager").await;
    let other = world.member(&ada.workspace, "Max", "manager").await;
    let members = &world.services.members;
    assert!(is_forbidden(members.change_role(&admin, admin.user.id, "owner", STOP).await));
    assert!(is_forbidden(members.change_role(&admin, manager.user.id, "owner", STOP).await));
    assert!(is_forbidden(members.change_role(&admin, ada.user.id, "viewer", STOP).await));
    assert!(is_forbidden(members.remove(&admin, ada.user.id, STOP).await));
    assert!(is_forbidden(members.remove(&manager, admin.user.id, STOP).await));
    assert!(is_forbidden(members.invite(&manager, &invite("new@example.com", "admin")).await));
    assert!(members.change_role(&manager, other.user.id, "viewer", STOP).await.is_ok(), "an equal is in reach");
    assert!(members.change_role(&admin, manager.user.id, "admin", STOP).await.is_ok());
    let lines = log(&world, &ada).await;
    let refused = lines.iter().filter(|line| line.refused.as_deref() == Some("forbidden")).count();
    assert_eq!(refused, 6, "each attempt is in the log");
}

#[tokio::test]
async fn who_may_not_manage_members_changes_nobody_and_may_leave() {
    let (world, ada) = world().await;
    let vera = world.member(&ada.workspace, "Vera", "viewer").await;
    let wilma = world.member(&ada.workspace, "Wilma", "viewer").await;
    let members = &world.services.members;
    assert!(is_forbidden(members.change_role(&vera, wilma.user.id, "manager", STOP).await));
    assert!(is_forbidden(members.change_role(&vera, vera.user.id, "manager", STOP).await));
    assert!(is_forbidden(members.remove(&vera, wilma.user.id, STOP).await));
    assert!(is_forbidden(members.invite(&vera, &invite("new@example.com", "viewer")).await));
    assert!(members.list(&vera, PageRequest::first()).await.is_ok());
    assert!(members.remove(&vera, vera.user.id, None).await.is_ok());
    assert_eq!(members.list(&vera, PageRequest::first()).await.map(|page| page.items.len()), Ok(2));
}

#[tokio::test]
async fn the_last_owner_can_be_neither_removed_nor_demoted() {
    let (world, ada) = world().await;
    let members = &world.services.members;
    for refused in
        [members.remove(&ada, ada.user.id, STOP).await, members.change_role(&ada, ada.user.id, "viewer", STOP).await]
    {
        assert!(is_conflict(refused));
    }
    assert!(is_conflict(members.at_stake(&ada, ada.user.id, None).await));
    let bob = world.member(&ada.workspace, "Bob", "owner").await;
    assert!(members.remove(&ada, ada.user.id, STOP).await.is_ok(), "with a second owner the first may leave");
    assert!(is_conflict(members.remove(&bob, bob.user.id, STOP).await));
}

#[tokio::test]
async fn two_owners_who_step_down_at_once_leave_one() {
    let (world, ada) = world().await;
    let bob = world.member(&ada.workspace, "Bob", "owner").await;
    let members = &world.services.members;
    let (one, two) = tokio::join!(
        members.change_role(&ada, ada.user.id, "viewer", STOP),
        members.change_role(&bob, bob.user.id, "viewer", STOP)
    );
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1);
    let owners = roles(&world, &ada).await.into_iter().filter(|(_, role)| role == "owner").count();
    assert_eq!(owners, 1);
}

#[tokio::test]
async fn two_owners_who_remove_each_other_at_once_leave_one() {
    let (world, ada) = world().await;
    let bob = world.member(&ada.workspace, "Bob", "owner").await;
    let tasks: Vec<_> = [(&ada, &bob), (&bob, &ada)]
        .map(|(actor, other)| {
            let (members, actor, other) = (world.services.members.clone(), actor.clone(), other.user.id);
            tokio::spawn(async move { members.remove(&actor, other, STOP).await })
        })
        .into();
    let mut removed = 0;
    for task in tasks {
        match task.await.expect("no panic") {
            Ok(_) => removed += 1,
            Err(error) => assert_eq!(error, Error::NotFound("workspace"), "who is gone finds nothing"),
        }
    }
    assert_eq!((removed, roles(&world, &ada).await.len()), (1, 1));
}

#[tokio::test]
async fn a_right_that_was_taken_away_meanwhile_is_not_used() {
    let (world, ada) = world().await;
    let bob = world.member(&ada.workspace, "Bob", "admin").await;
    let vera = world.member(&ada.workspace, "Vera", "viewer").await;
    let members = &world.services.members;
    members.change_role(&ada, bob.user.id, "viewer", STOP).await.expect("demoted");
    // What Bob's browser has asked for began while he was an admin.
    assert!(is_forbidden(members.remove(&bob, vera.user.id, STOP).await));
    assert!(is_forbidden(members.invite(&bob, &invite("new@example.com", "viewer")).await));
    assert!(is_forbidden(world.services.keys.hand_over(&bob, key(&world, &ada, READ).await.key.id, bob.user.id).await));
}

#[tokio::test]
async fn common_14_another_workspaces_members_and_invitations_are_as_unknown_as_none() {
    let (world, ada) = world().await;
    let eve = world.neighbour("Eve", "scale").await;
    let (members, keys) = (&world.services.members, &world.services.keys);
    let invitation = members.invite(&ada, &invite("new@example.com", "viewer")).await.expect("an invitation").0.id;
    let id = key(&world, &ada, READ).await.key.id;
    for (user, invitation, id) in [
        (ada.user.id, invitation, id),
        (
            UserId::from_uuid(uuid::Uuid::nil()),
            InvitationId::from_uuid(uuid::Uuid::nil()),
            KeyId::from_uuid(uuid::Uuid::nil()),
        ),
    ] {
        assert_eq!(members.get(&eve, user).await, Err(Error::NotFound("member")));
        assert_eq!(members.remove(&eve, user, STOP).await, Err(Error::NotFound("member")));
        assert_eq!(members.change_role(&eve, user, "viewer", STOP).await, Err(Error::NotFound("member")));
        assert_eq!(members.at_stake(&eve, user, None).await, Err(Error::NotFound("member")));
        assert_eq!(members.invitation(&eve, invitation).await, Err(Error::NotFound("invitation")));
        assert_eq!(members.revoke_invitation(&eve, invitation).await, Err(Error::NotFound("invitation")));
        assert_eq!(keys.handover(&eve, id).await, Err(Error::NotFound("key")));
        assert_eq!(keys.hand_over(&eve, id, eve.user.id).await, Err(Error::NotFound("key")));
    }
}

#[tokio::test]
async fn nothing_changes_in_a_workspace_that_is_suspended() {
    let (world, ada) = world().await;
    let vera = world.member(&ada.workspace, "Vera", "viewer").await;
    let members = &world.services.members;
    let (_, link) = members.invite(&ada, &invite("new@example.com", "viewer")).await.expect("an invitation");
    sql(&world, "update workspaces set suspended_at = created_at").await;
    let (ada, vera) = (world.enter(ada.user, &vera.workspace).await, world.enter(vera.user, &vera.workspace).await);
    assert_eq!(members.remove(&ada, vera.user.id, STOP).await, Err(Error::Suspended));
    assert_eq!(members.remove(&vera, vera.user.id, STOP).await, Err(Error::Suspended));
    assert_eq!(members.invite(&ada, &invite("b@example.com", "viewer")).await.map(drop), Err(Error::Suspended));
    assert_eq!(members.join(&join(&link, "New"), &origin()).await.map(drop), Err(Error::Suspended));
}

#[tokio::test]
async fn an_invitation_brings_in_the_person_it_is_for_and_its_token_is_nowhere() {
    let (world, ada) = world().await;
    let members = &world.services.members;
    let (made, link) = members.invite(&ada, &invite(" New@Example.com ", "viewer")).await.expect("an invitation");
    assert_eq!((made.email.as_str(), made.role.as_str()), ("new@example.com", "viewer"));
    assert_eq!(made.expires_at, made.created_at + TimeDelta::days(7));
    assert_eq!(format!("{link:?}"), "InvitationLink(…)");
    assert!(!world.test_db.dump().await.contains(link.token()));
    let listed = members.invitations(&ada, PageRequest::first()).await.expect("a list").items;
    assert_eq!(listed, std::slice::from_ref(&made));
    let invited = members.look_at(link.token()).await.expect("an invitation");
    assert_eq!((invited.state, invited.has_account, invited.is_member), (InvitationState::Open, false, false));
    assert_eq!(members.look_at(link.token()).await, Ok(invited), "looking uses nothing up");

    let (user, workspace) = members.join(&join(&link, "Nora"), &origin()).await.expect("a new member");
    assert_eq!((user.email.as_str(), user.name.as_str()), ("new@example.com", "Nora"));
    let nora = world.enter(user.clone(), &workspace).await;
    assert_eq!((nora.role.name.as_str(), nora.elsewhere), ("viewer", false));
    assert_eq!(members.invitations(&ada, PageRequest::first()).await.expect("a list").items, vec![]);
    let lines = log(&world, &ada).await;
    assert!(lines.iter().any(|l| l.action == "member.joined" && l.actor.as_deref() == Some("Nora")), "{lines:?}");
    let signed_in = crate::accounts::SignIn { email: &user.email, password: PASSWORD, device: None };
    assert!(world.services.accounts.sign_in(signed_in, &origin()).await.is_ok());
}

#[tokio::test]
async fn a_link_that_is_used_over_or_withdrawn_opens_nothing() {
    let (world, ada) = world().await;
    let members = &world.services.members;
    let bob = world.person("Bob").await;
    let state = async |link: &InvitationLink| members.look_at(link.token()).await.map(|invited| invited.state);
    let send = async || members.invite(&ada, &invite("bob@example.com", "viewer")).await.expect("an invitation");

    let (made, revoked) = send().await;
    members.revoke_invitation(&ada, made.id).await.expect("withdrawn");
    assert_eq!(members.revoke_invitation(&ada, made.id).await, Err(Error::NotFound("invitation")));
    let (_, expired) = send().await;
    world.clock.advance(TimeDelta::days(7));
    let (_, used) = send().await;
    members.accept(&bob, used.token(), &origin()).await.expect("a new member");
    members.remove(&ada, bob.id, None).await.expect("removed");

    for (link, expected) in
        [(&used, InvitationState::Used), (&expired, InvitationState::Revoked), (&revoked, InvitationState::Revoked)]
    {
        assert_eq!(state(link).await, Ok(expected));
        assert!(is_conflict(members.accept(&bob, link.token(), &origin()).await));
    }
    let (_, lapsed) = send().await;
    world.clock.advance(TimeDelta::days(7));
    assert_eq!(state(&lapsed).await, Ok(InvitationState::Expired));
    assert!(is_conflict(members.accept(&bob, lapsed.token(), &origin()).await));
    for unknown in ["", "guess", &"0".repeat(64)] {
        assert_eq!(members.look_at(unknown).await, Err(Error::NotFound("invitation")), "{unknown}");
        assert_eq!(members.accept(&bob, unknown, &origin()).await, Err(Error::NotFound("invitation")));
    }
    assert_eq!(roles(&world, &ada).await.len(), 1);
}

#[tokio::test]
async fn an_invitation_is_for_one_address_and_a_stranger_uses_nothing_up() {
    let (world, ada) = world().await;
    let members = &world.services.members;
    let (bob, eve) = (world.person("Bob").await, world.person("Eve").await);
    let (_, link) = members.invite(&ada, &invite("bob@example.com", "viewer")).await.expect("an invitation");
    let refused = members.accept(&eve, link.token(), &origin()).await;
    let message = "This invitation is for bob@example.com. Sign in as that person.";
    assert_eq!(refused.map(drop), Err(Error::Forbidden(message.into())));
    assert!(is_conflict(members.join(&join(&link, "Eve"), &origin()).await.map(drop)), "Bob has an account");
    assert!(log(&world, &ada).await.iter().any(|l| l.action == "member.joined" && l.actor.as_deref() == Some("Eve")));
    assert_eq!(members.accept(&bob, link.token(), &origin()).await, Ok(ada.workspace));
}

#[tokio::test]
async fn a_refused_form_uses_nothing_up_and_names_every_fault() {
    let (world, ada) = world().await;
    let members = &world.services.members;
    let (_, link) = members.invite(&ada, &invite("new@example.com", "viewer")).await.expect("an invitation");
    let bad = JoinForm { name: " ".into(), password: "password1234".into(), ..join(&link, "") };
    assert_eq!(wrong_fields(members.join(&bad, &origin()).await.map(drop)), ["name", "password"]);
    assert!(members.join(&join(&link, "New"), &origin()).await.is_ok());
}

#[tokio::test]
async fn of_two_who_use_one_invitation_at_once_one_comes_in() {
    let (world, ada) = world().await;
    let members = &world.services.members;
    let (_, link) = members.invite(&ada, &invite("new@example.com", "viewer")).await.expect("an invitation");
    let (one, two, here) = (join(&link, "One"), join(&link, "Two"), origin());
    let (one, two) = tokio::join!(members.join(&one, &here), members.join(&two, &here));
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1);

    let bob = world.person("Bob").await;
    let (_, link) = members.invite(&ada, &invite("bob@example.com", "viewer")).await.expect("an invitation");
    let accept = || members.accept(&bob, link.token(), &here);
    let (one, two) = tokio::join!(accept(), accept());
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1);
    assert_eq!(roles(&world, &ada).await.len(), 3);
}

#[tokio::test]
async fn one_person_invited_to_two_workspaces_at_once_gets_one_account() {
    let (world, ada) = world().await;
    let eve = world.neighbour("Eve", "scale").await;
    let members = &world.services.members;
    let mut forms = Vec::new();
    for owner in [&ada, &eve] {
        let (_, link) = members.invite(owner, &invite("new@example.com", "viewer")).await.expect("an invitation");
        forms.push(join(&link, "New"));
    }
    let here = origin();
    let (one, two) = tokio::join!(members.join(&forms[0], &here), members.join(&forms[1], &here));
    let [one, two] = [one, two].map(|result| result.map(|(user, _)| user));
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1, "{one:?} {two:?}");
    let user = one.clone().or(two.clone()).expect("an account");
    let rest = if one.is_ok() { &forms[1] } else { &forms[0] };
    assert!(members.accept(&user, &rest.token, &here).await.is_ok(), "the other is still open");
    let entered = world.enter(user.clone(), &ada.workspace).await;
    assert!(entered.elsewhere, "and the pages show the way between the two");
    assert_eq!(world.services.workspaces.memberships(user.id).await.map(|all| all.len()), Ok(2));
}

#[tokio::test]
async fn nobody_is_invited_who_is_there_or_invited_already() {
    let (world, ada) = world().await;
    world.member(&ada.workspace, "Bob", "viewer").await;
    let members = &world.services.members;
    let send = async |email: &str, role: &str| members.invite(&ada, &invite(email, role)).await.map(drop);
    assert_eq!(wrong_fields(send("BOB@example.com", "viewer").await), ["email"]);
    assert_eq!(send("new@example.com", "viewer").await, Ok(()));
    assert_eq!(wrong_fields(send("new@example.com", "admin").await), ["email"]);
    assert_eq!(wrong_fields(send("nobody", "emperor").await), ["email", "role"]);
    world.clock.advance(TimeDelta::days(7));
    assert_eq!(send("new@example.com", "viewer").await, Ok(()), "one that is over makes room");
    assert_eq!(members.invitations(&ada, PageRequest::first()).await.expect("a list").items.len(), 1);
}

#[tokio::test]
async fn a_member_who_came_in_otherwise_is_told_so_and_keeps_their_role() {
    let (world, ada) = world().await;
    let members = &world.services.members;
    let bob = world.person("Bob").await;
    let (_, link) = members.invite(&ada, &invite("bob@example.com", "admin")).await.expect("an invitation");
    world.join(&ada.workspace, &bob, "viewer").await;
    assert!(members.look_at(link.token()).await.is_ok_and(|invited| invited.is_member));
    assert!(is_conflict(members.accept(&bob, link.token(), &origin()).await));
    assert_eq!(world.enter(bob, &ada.workspace).await.role.name, "viewer");
}

#[tokio::test]
async fn who_goes_leaves_no_invitation_behind() {
    let (world, ada) = world().await;
    let members = &world.services.members;
    let bob = world.member(&ada.workspace, "Bob", "admin").await;
    let (_, back) = members.invite(&bob, &invite("bob.too@example.com", "admin")).await.expect("an invitation");
    let (_, other) = members.invite(&ada, &invite("carol@example.com", "viewer")).await.expect("an invitation");
    members.remove(&ada, bob.user.id, STOP).await.expect("removed");
    assert!(is_conflict(members.join(&join(&back, "Bob"), &origin()).await.map(drop)));
    assert!(members.join(&join(&other, "Carol"), &origin()).await.is_ok());
    assert!(log(&world, &ada).await.iter().any(|line| line.action == "invitation.revoked"));
}

#[tokio::test]
async fn who_is_demoted_keeps_only_the_invitations_that_they_could_still_send() {
    let (world, ada) = world().await;
    let members = &world.services.members;
    let bob = world.member(&ada.workspace, "Bob", "admin").await;
    let (_, high) = members.invite(&bob, &invite("a@example.com", "admin")).await.expect("an invitation");
    let (_, low) = members.invite(&bob, &invite("b@example.com", "viewer")).await.expect("an invitation");
    members.change_role(&ada, bob.user.id, "manager", STOP).await.expect("demoted");
    let state = async |link: &InvitationLink| members.look_at(link.token()).await.map(|invited| invited.state);
    assert_eq!(state(&high).await, Ok(InvitationState::Revoked));
    assert_eq!(state(&low).await, Ok(InvitationState::Open));
    members.change_role(&ada, bob.user.id, "viewer", STOP).await.expect("demoted");
    assert_eq!(state(&low).await, Ok(InvitationState::Revoked));
}

#[tokio::test]
async fn a_key_whose_owner_left_is_revived_by_handing_it_over() {
    let (world, ada) = world().await;
    let (members, keys) = (&world.services.members, &world.services.keys);
    let bob = world.member(&ada.workspace, "Bob", "admin").await;
    let manager = world.member(&ada.workspace, "Mia", "manager").await;
    let vera = world.member(&ada.workspace, "Vera", "viewer").await;
    let write = key(&world, &bob, WRITE).await;
    assert!(is_forbidden(keys.hand_over(&manager, write.key.id, manager.user.id).await), "nor from above");
    members.remove(&ada, bob.user.id, STOP).await.expect("removed");
    assert_eq!(verdict(&world, &write, WRITE).await, Verdict::OwnerGone);

    let asked = keys.handover(&ada, write.key.id).await.expect("a question");
    assert_eq!((asked.owner.as_str(), asked.owner_left, asked.heirs.len()), ("Bob", true, 1));
    assert!(is_forbidden(keys.hand_over(&manager, write.key.id, ada.user.id).await), "beyond their own scopes");
    assert!(is_forbidden(keys.hand_over(&vera, write.key.id, vera.user.id).await));
    for nobody in [vera.user.id, bob.user.id] {
        assert_eq!(wrong_fields(keys.hand_over(&ada, write.key.id, nobody).await), ["hand_over_to"]);
    }
    assert_eq!(keys.hand_over(&ada, write.key.id, ada.user.id).await, Ok(()));
    assert_eq!(verdict(&world, &write, WRITE).await, Verdict::Allowed);
    assert_eq!(wrong_fields(keys.hand_over(&ada, write.key.id, ada.user.id).await), ["hand_over_to"]);
    let refused = log(&world, &ada).await;
    let refused = refused.iter().filter(|line| line.action == "key.handed_over" && line.refused.is_some()).count();
    assert_eq!(refused, 3);
    keys.revoke(&ada, write.key.id, "", None).await.expect("revoked");
    assert!(is_conflict(keys.hand_over(&ada, write.key.id, ada.user.id).await));
}

#[tokio::test]
async fn common_10_the_other_node_hears_of_a_removed_member() {
    // SQLite serves one node.
    if crate::db::testing::postgres_url().is_none() {
        return;
    }
    let (world, ada) = world().await;
    let other = world.second_node().await;
    let following = [world.services.gate.clone(), other.gate.clone()]
        .map(|gate| tokio::spawn(async move { gate.follow_other_nodes().await }));
    let bob = world.member(&ada.workspace, "Bob", "admin").await;
    let his = key(&world, &bob, READ).await;
    for _ in 0..20 {
        assert_eq!(verdict_on(&other, &his, READ).await, Verdict::Allowed);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    world.services.members.remove(&ada, bob.user.id, STOP).await.expect("removed");
    let refused = async {
        while verdict_on(&other, &his, READ).await == Verdict::Allowed {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(2), refused).await.is_ok());
    for task in following {
        task.abort();
    }
}
