//! Entering a workspace, and making one.

use super::{Membership, Workspace, WorkspaceName, store};
use crate::{
    Time,
    accounts::User,
    actor::{Actor, Origin},
    db::{Db, Tx},
    error::{Error, Result},
    ids::{UserId, WorkspaceId},
    profile::{Plan, Profile, Role},
    random::{self, SharedRandom},
};
use std::sync::Arc;

/// How many workspaces of one name find a slug of their own.
const SLUGS: u32 = 1_000;

/// The workspaces of the instance.
#[derive(Clone)]
pub struct Workspaces {
    pub(crate) db: Db,
    pub(crate) random: SharedRandom,
    pub(crate) profile: Arc<Profile>,
}

impl Workspaces {
    /// The person as a member of the workspace with this slug. To everyone else it does not exist.
    pub async fn enter(&self, user: UserId, slug: &str, origin: Origin) -> Result<Actor> {
        let missing = || Error::NotFound("workspace");
        if !Workspace::is_slug(slug) {
            return Err(missing());
        }
        let found = store::find_for_member(&self.db, slug, user).await?;
        let found = found.ok_or_else(missing)?;
        // A role that the profile no longer has grants nothing, which is as good as not being there.
        let role = self.profile.role(&found.role).cloned().ok_or_else(missing)?;
        let user = User { id: user, name: found.user_name, email: found.email };
        Ok(Actor { user, workspace: found.workspace, role, elsewhere: found.elsewhere, origin })
    }

    /// Where this person is a member, by name.
    pub async fn list(&self, user: UserId) -> Result<Vec<Workspace>> {
        Ok(store::list_for_user(&self.db, user).await?)
    }

    /// The same with what they are in each. Where their role is none that the profile knows, they cannot enter.
    pub async fn memberships(&self, user: UserId) -> Result<Vec<Membership>> {
        let rows = store::list_memberships(&self.db, user).await?;
        let known = rows.into_iter().filter_map(|row| {
            let role = self.profile.role(&row.role)?.clone();
            let last_owner = row.alone && role == *self.profile.owner_role();
            Some(Membership { workspace: row.workspace, role, last_owner })
        });
        Ok(known.collect())
    }

    /// The same in a transaction.
    pub(crate) async fn list_in(&self, tx: &mut Tx, user: UserId) -> Result<Vec<Workspace>> {
        Ok(store::list_for_user_in(tx, user).await?)
    }

    /// Makes a workspace with its owner, in the caller's transaction.
    pub(crate) async fn create(
        &self,
        tx: &mut Tx,
        name: &WorkspaceName,
        plan: &Plan,
        owner: UserId,
        at: Time,
    ) -> Result<Workspace> {
        let base = name.slug();
        for n in 1..=SLUGS {
            let slug = if n == 1 { base.clone() } else { format!("{base}-{n}") };
            let id = WorkspaceId::from_uuid(random::uuid(at, self.random.as_ref()));
            let workspace =
                Workspace { id, slug, name: name.as_str().to_owned(), plan: plan.name.clone(), suspended_at: None };
            if store::insert(tx, &workspace, at).await? {
                self.enroll(tx, workspace.id, owner, self.profile.owner_role(), at).await?;
                return Ok(workspace);
            }
        }
        Err(Error::Conflict("There are too many workspaces of this name. Choose another.".to_owned()))
    }

    /// Makes a person a member, in the caller's transaction.
    pub(crate) async fn enroll(
        &self,
        tx: &mut Tx,
        workspace: WorkspaceId,
        user: UserId,
        role: &Role,
        at: Time,
    ) -> Result<()> {
        Ok(store::insert_member(tx, workspace, user, &role.name, at).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{World, origin};

    #[tokio::test]
    async fn only_members_enter_and_each_in_their_role() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let bob = world.member(&ada.workspace, "Bob", "member").await;
        let eve = world.neighbour("Eve", "pro").await;
        let workspaces = &world.services.workspaces;
        assert_eq!(bob.role.name, "member");
        assert_eq!(workspaces.list(bob.user.id).await, Ok(vec![ada.workspace.clone()]));
        for slug in [ada.workspace.slug.as_str(), "nowhere", "", "\0", "ACME"] {
            let entered = workspaces.enter(eve.user.id, slug, origin()).await.map(drop);
            assert_eq!(entered, Err(Error::NotFound("workspace")), "{slug}");
        }
    }

    #[tokio::test]
    async fn workspaces_of_one_name_get_slugs_of_their_own() {
        let world = World::empty("lodol").await;
        let first = world.neighbour("Eve", "pro").await;
        let second = world.neighbour("Eve!", "pro").await;
        assert_eq!((first.workspace.slug.as_str(), second.workspace.slug.as_str()), ("eve-ltd", "eve-ltd-2"));
    }
}
