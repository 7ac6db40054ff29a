//! Invitations that the platform sent for a practice: how far they are, sending one again, and another owner where the
//! first one never came. Their links are in mails and nowhere else.

use garde::Validate;
use identity::{InviteId, invite_owner_anew, resend_by_platform, throttle_invites};
use jiff::Timestamp;
use platform::administrator::Admin;
use platform::error::Result;
use platform::extract::{Body, Path};
use platform::id::PracticeId;
use platform::permission::Role;
use platform::phi::Phi;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::founding::NewOwner;
use crate::practices::find;

/// A practice is founded with 51 of them, and owners are invited anew a few times.
const MOST: i32 = 200;

/// The routes of the platform's invitations.
pub fn routes() -> Routes {
    Routes::new().route(route!(list_invites)).route(route!(resend_invite)).route(route!(replace_owner))
}

/// Somebody whom the platform invited.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PlatformInvite {
    id: InviteId,
    email: Phi<String>,
    #[schema(required)]
    name: Option<Phi<String>>,
    role: Role,
    status: InviteState,
    expires_at: Timestamp,
    created_at: Timestamp,
}

/// How far an invitation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[schema(as = PlatformInviteStatus)]
enum InviteState {
    Open,
    Accepted,
    Expired,
    Revoked,
}

/// All of them, the latest first, at most 200.
#[derive(Debug, Serialize, ToSchema)]
struct PlatformInvites {
    items: Vec<PlatformInvite>,
}

/// Which to send again.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Resent {
    #[garde(skip)]
    invite: InviteId,
}

/// Whom the platform has invited into a practice.
#[utoipa::path(get, path = "/api/v1/admin/practices/{id}/invites", tag = "administration",
    params(("id" = Uuid, Path, description = "The practice")), responses((status = 200, body = PlatformInvites)))]
async fn list_invites(who: Admin, Path(id): Path<PracticeId>) -> Result<Json<PlatformInvites>> {
    let mut tx = who.open_about("invites.list", Some(id)).await?;
    find(&mut tx, id).await?;
    tx.commit().await?;
    of(&who, id).await
}

/// Send an invitation again that is open or has expired. The old link is dead.
#[utoipa::path(post, path = "/api/v1/admin/practices/{id}/invites/resend", tag = "administration", request_body = Resent,
    params(("id" = Uuid, Path, description = "The practice")), responses((status = 200, body = PlatformInvites)))]
async fn resend_invite(
    who: Admin,
    Path(id): Path<PracticeId>,
    Body(asked): Body<Resent>,
) -> Result<Json<PlatformInvites>> {
    throttle_invites(who.app(), id).await?;
    let origin = who.app().config.public_origin();
    who.write(id, "invites.resend", "console", async move |tx| resend_by_platform(tx, asked.invite, &origin).await)
        .await?;
    of(&who, id).await
}

/// Invite somebody else as the owner of a practice that still waits for one.
#[utoipa::path(post, path = "/api/v1/admin/practices/{id}/owner", tag = "administration", request_body = NewOwner,
    params(("id" = Uuid, Path, description = "The practice")), responses((status = 200, body = PlatformInvites)))]
async fn replace_owner(
    who: Admin,
    Path(id): Path<PracticeId>,
    Body(owner): Body<NewOwner>,
) -> Result<Json<PlatformInvites>> {
    throttle_invites(who.app(), id).await?;
    let (origin, guest) = (who.app().config.public_origin(), owner.guest());
    who.write(id, "invites.owner", "console", async move |tx| invite_owner_anew(tx, &guest, &origin).await).await?;
    of(&who, id).await
}

async fn of(who: &Admin, practice: PracticeId) -> Result<Json<PlatformInvites>> {
    let mut tx = who.app().db().platform_unrecorded().await?;
    let rows = sqlx::query!(
        r#"select id as "id!", email as "email!", name, role as "role!", status as "status!: InviteState",
                  expires_at as "expires_at!", created_at as "created_at!"
             from administration.invites($1, $2)"#,
        practice.uuid(),
        MOST,
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    let items = rows.into_iter().map(|row| PlatformInvite {
        id: InviteId(row.id),
        email: Phi::new(row.email),
        name: row.name.map(Phi::new),
        role: Role::from_name(&row.role).unwrap_or(Role::Staff),
        status: row.status,
        expires_at: row.expires_at.to_jiff(),
        created_at: row.created_at.to_jiff(),
    });
    Ok(Json(PlatformInvites { items: items.collect() }))
}
