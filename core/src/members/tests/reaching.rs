//! Who may do what to whom.

use super::*;

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
