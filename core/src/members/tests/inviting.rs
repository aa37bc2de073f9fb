//! What an invitation opens.

use super::*;

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
