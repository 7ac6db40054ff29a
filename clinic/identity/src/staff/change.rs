//! Changing staff: another role, suspended, back again, gone. Each takes effect with the next request of that person.

use axum::http::StatusCode;
use garde::Validate;
use platform::Result;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::Error;
use platform::extract::{Body, Path, nullable};
use platform::guard::Can;
use platform::id::{RoleId, UserId};
use platform::permission::{Permission as _, Role, staff as may};
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Member, MemberStatus, Row, Standing, all, find, take_charge};
use crate::roles;

/// The routes that change staff.
pub fn routes() -> Routes {
    Routes::new().route(route!(change)).route(route!(suspend)).route(route!(restore)).route(route!(remove))
}

/// What is to be different about a member; what is left out stays.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MemberChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    /// A role of the table; it takes the place of one of the practice's own.
    #[garde(skip)]
    role: Option<Role>,
    /// A role of the practice's own, or null to go back to the one that it is based on.
    #[garde(skip)]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Uuid>)]
    custom_role_id: Option<Option<RoleId>>,
}

/// The version that an action is based on.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AtVersion {
    #[garde(skip)]
    version: i32,
}

/// Give a member another role.
#[utoipa::path(patch, path = "/api/v1/staff/{id}", tag = "identity", request_body = MemberChange,
    params(("id" = Uuid, Path, description = "The person")), responses((status = 200, body = Member)))]
async fn change(who: Can<may::Write>, Path(id): Path<UserId>, Body(asked): Body<MemberChange>) -> Result<Json<Member>> {
    who.write(async move |tx| {
        let actor = take_charge(tx, may::Write::NAME).await?;
        let before = find_at(tx, id, asked.version).await?;
        let member = before.member()?;
        let wanted = match (asked.role, asked.custom_role_id) {
            (None, None) => return Ok(Json(member)),
            (role, Some(Some(own))) => roles::assignable(tx, own, role).await?,
            (role, _) => roles::Assigned { standing: Standing::of(role.unwrap_or(member.role), None), own: None },
        };
        let to = To { standing: wanted.standing, own: wanted.own, status: before.status };
        apply(tx, &actor, &before, to, "staff.changed").await.map(Json)
    })
    .await
}

/// Keep somebody out for a while. Their sessions end at once.
#[utoipa::path(post, path = "/api/v1/staff/{id}/suspend", tag = "identity", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The person")), responses((status = 200, body = Member)))]
async fn suspend(who: Can<may::Write>, Path(id): Path<UserId>, Body(at): Body<AtVersion>) -> Result<Json<Member>> {
    who.write(async move |tx| set_status(tx, id, at.version, MemberStatus::Suspended, "staff.suspended").await)
        .await
        .map(Json)
}

/// Let somebody who was suspended in again, in the same role.
#[utoipa::path(post, path = "/api/v1/staff/{id}/restore", tag = "identity", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The person")), responses((status = 200, body = Member)))]
async fn restore(who: Can<may::Write>, Path(id): Path<UserId>, Body(at): Body<AtVersion>) -> Result<Json<Member>> {
    who.write(async move |tx| set_status(tx, id, at.version, MemberStatus::Active, "staff.restored").await)
        .await
        .map(Json)
}

/// End somebody's membership. What they did stays theirs in the ledger; the account itself is not touched.
#[utoipa::path(post, path = "/api/v1/staff/{id}/remove", tag = "identity", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The person")), responses((status = 204)))]
async fn remove(who: Can<may::Write>, Path(id): Path<UserId>, Body(at): Body<AtVersion>) -> Result<StatusCode> {
    who.write(async move |tx| set_status(tx, id, at.version, MemberStatus::Removed, "staff.removed").await).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a member is to become.
struct To {
    standing: Standing,
    own: Option<RoleId>,
    status: MemberStatus,
}

async fn set_status(
    tx: &mut TenantTx,
    id: UserId,
    version: i32,
    status: MemberStatus,
    event: &'static str,
) -> Result<Member> {
    let actor = take_charge(tx, may::Write::NAME).await?;
    let before = find_at(tx, id, version).await?;
    if before.status == status {
        return before.member();
    }
    // a role of the practice's own is not kept from being archived by whoever has left
    let own = before.role_id.map(RoleId).filter(|_| status != MemberStatus::Removed);
    let to = To { standing: before.standing()?, own, status };
    apply(tx, &actor, &before, to, event).await
}

/// The member, if still at that version. [`take_charge`] keeps others out meanwhile.
async fn find_at(tx: &mut TenantTx, id: UserId, version: i32) -> Result<Row> {
    let row = find(tx, id).await?;
    check_version(version, row.version, &row.member()?)?;
    Ok(row)
}

async fn apply(tx: &mut TenantTx, actor: &Standing, before: &Row, to: To, event: &'static str) -> Result<Member> {
    let was = before.standing()?;
    actor.may_handle(&was)?;
    actor.may_handle(&to.standing)?;
    let is_owner = |role: Role, status: MemberStatus| role == Role::Owner && status == MemberStatus::Active;
    if is_owner(was.role, before.status) && !is_owner(to.standing.role, to.status) {
        keep_an_owner(tx, before.user_id).await?;
    }
    sqlx::query!(
        "select auth.change_member($1, $2, $3, $4)",
        before.user_id,
        to.standing.role.name(),
        to.own.map(RoleId::uuid),
        to.status as MemberStatus,
    )
    .execute(tx.conn())
    .await?;
    if to.status != MemberStatus::Active || !to.standing.rights.may(may::Write::NAME) {
        take_back_invites(tx, before.user_id).await?;
    }
    let member = before.member()?;
    let after = match to.status {
        MemberStatus::Removed => Member { status: to.status, version: member.version + 1, ..member.clone() },
        _ => find(tx, member.id).await?.member()?,
    };
    tx.record(Change::updated("staff", before.user_id, &member, &after).event(event, after.version)).await?;
    Ok(after)
}

/// There is always one who can let others in.
async fn keep_an_owner(tx: &mut TenantTx, but: Uuid) -> Result<()> {
    let owner = |row: &Row| row.role == Role::Owner.name() && row.status == MemberStatus::Active && row.user_id != but;
    if all(tx, None).await?.iter().any(owner) {
        return Ok(());
    }
    Err(Error::conflict("staff.last_owner", "A practice needs an owner; make somebody else an owner first."))
}

/// Whoever may not invite any more leaves no open door behind.
async fn take_back_invites(tx: &mut TenantTx, inviter: Uuid) -> Result<()> {
    let revoked =
        sqlx::query_scalar!(r#"select auth.revoke_invites(null, $1) as "id!""#, inviter).fetch_all(tx.conn()).await?;
    for id in revoked {
        tx.record(Change::done("revoke", "invite", id)).await?;
    }
    Ok(())
}
