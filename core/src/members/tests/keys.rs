//! What becomes of the keys of somebody who goes or is demoted.

use super::*;

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
