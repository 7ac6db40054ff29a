//! Invitations by the platform: for the owner of a practice that it founds, and for people who come with the owner. The
//! links go out by mail only: whoever administers the platform must not come into a practice by one.

use platform::db::{Actor, TenantTx};
use platform::error::{Error, Result};
use platform::permission::Role;
use platform::phi::Phi;

use super::{InviteId, NewInvite, Status, add, find, renew, take_back};
use crate::roles::Assigned;
use crate::staff::{self, MemberStatus, Standing};

/// Somebody whom the platform invites.
#[derive(Clone, Debug)]
pub struct Guest {
    /// Where the link goes.
    pub email: Phi<String>,
    /// What the page of acceptance begins with.
    pub name: Option<Phi<String>>,
    /// As what.
    pub role: Role,
}

/// Invites somebody in the practice's language. Whether the address has an account makes no difference.
///
/// # Errors
/// 403 for anybody but an administrator of the platform; 409 `invite.exists` or `invite.already_member`.
pub async fn invite_by_platform(tx: &mut TenantTx, guest: &Guest, origin: &str) -> Result<()> {
    take_charge(tx).await?;
    let Guest { email, name, role } = guest.clone();
    let new = NewInvite { email, name, role: Some(role), custom_role_id: None, language: None };
    add(tx, &new, &Assigned { standing: Standing::of(role, None), own: None }, origin).await?;
    Ok(())
}

/// Sends an invitation of the platform's own again, with a new link.
///
/// # Errors
/// 404 when the platform made none of that id here; 409 `invite.closed` when it was accepted or taken back.
pub async fn resend_by_platform(tx: &mut TenantTx, id: InviteId, origin: &str) -> Result<()> {
    take_charge(tx).await?;
    let invite = find(tx, id).await?.invite;
    if invite.invited_by.is_some() {
        return Err(Error::not_found());
    }
    if !matches!(invite.status, Status::Open | Status::Expired) {
        return Err(Error::conflict("invite.closed", "This invitation was accepted or revoked; make a new one."));
    }
    renew(tx, invite, origin).await?;
    Ok(())
}

/// Invites somebody else as the owner of a practice whose owner has not come yet: the address was wrong, or the person
/// has left. What was open for an owner before is taken back.
///
/// # Errors
/// 409 `practice.has_owner` once an owner has accepted: from then on owners decide; as [`invite_by_platform`].
pub async fn invite_owner_anew(tx: &mut TenantTx, guest: &Guest, origin: &str) -> Result<()> {
    take_charge(tx).await?;
    let owns = |row: &staff::Row| row.role == Role::Owner.name() && row.status == MemberStatus::Active;
    if staff::all(tx, None).await?.iter().any(owns) {
        return Err(Error::conflict(
            "practice.has_owner",
            "The practice has an owner, who decides about further ones.",
        ));
    }
    let open = sqlx::query_scalar!(
        r#"select id as "id!" from auth.invites(null) where status = 'open' and role = 'owner' and created_by is null"#
    )
    .fetch_all(tx.conn())
    .await?;
    for id in open {
        let invite = find(tx, InviteId(id)).await?.invite;
        take_back(tx, invite).await?;
    }
    invite_by_platform(tx, &Guest { role: Role::Owner, ..guest.clone() }, origin).await
}

/// One at a time, as whoever changes staff.
async fn take_charge(tx: &mut TenantTx) -> Result<()> {
    if !matches!(tx.caller().actor, Actor::Platform(_)) {
        return Err(Error::forbidden());
    }
    tx.one_by_one().await
}
