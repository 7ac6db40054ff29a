//! Invitations: open, then accepted, expired or revoked. An expired one can be sent again, which opens it anew.
//!
//! The link carries 256 random bits behind a `#`, so that they never reach a server's log; only their hash is stored.
//! How long it serves is the practice's policy, measured by the database's clock. What the inviting side is told does
//! not depend on whether the address has an account.

mod accept;
mod by_platform;
mod list;
#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use garde::Validate;
use jiff::Timestamp;
use platform::app::App;
use platform::crypto::{random_token, sha256};
use platform::db::TenantTx;
use platform::error::{Error, OnConstraint as _, Result};
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::id::{PracticeId, RoleId, UserId};
use platform::idempotency::{IdempotencyKey, Once};
use platform::language::Language;
use platform::limit::SharedBucket;
use platform::mail::Letter;
use platform::permission::{Permission as _, Role, staff as may};
use platform::phi::Phi;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::person::{MAILS, local_time};
use crate::roles;
use crate::session::CustomRole;
use crate::signup::{email_address, person_name};
use crate::staff::{self, Standing, custom_role, take_charge};

pub use accept::{Accept, accept_invite};
pub use by_platform::{Guest, invite_by_platform, invite_owner_anew, resend_by_platform};

platform::id!(
    /// An invitation.
    InviteId
);

/// Invitations and links that a practice makes in an hour: far above any day of hiring, far below a flood of mail.
const AN_HOUR: u32 = 100;

/// The routes of invitations.
pub fn routes() -> Routes {
    list::routes().merge(accept::routes()).route(route!(create)).route(route!(resend)).route(route!(revoke))
}

/// Somebody was asked to join.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Invite {
    id: InviteId,
    email: Phi<String>,
    #[schema(required)]
    name: Option<Phi<String>>,
    /// The role; with one of the practice's own, what that one is based on.
    role: Role,
    /// The role of the practice's own.
    #[schema(required)]
    custom_role: Option<CustomRole>,
    /// In which the mail and the page speak.
    language: Language,
    status: Status,
    pub expires_at: Timestamp,
    created_at: Timestamp,
    /// Null when the platform did, which founded the practice.
    #[schema(required)]
    invited_by: Option<Inviter>,
    version: i32,
    /// What opens the door: only in the answer to whoever made it, as only its hash is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Phi<String>>,
}

/// Who asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Inviter {
    id: UserId,
    name: Phi<String>,
}

/// How far an invitation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[schema(as = InviteStatus)]
enum Status {
    Open,
    Accepted,
    Expired,
    Revoked,
}

/// Somebody to be invited.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewInvite {
    #[garde(custom(email_address))]
    pub email: Phi<String>,
    /// What the page of acceptance begins with; the person has the last word.
    #[garde(inner(custom(person_name)))]
    pub name: Option<Phi<String>>,
    /// A role of the table; not needed with one of the practice's own.
    #[garde(skip)]
    pub role: Option<Role>,
    /// A role of the practice's own.
    #[garde(skip)]
    pub custom_role_id: Option<RoleId>,
    /// The practice's, when nothing else is said.
    #[garde(skip)]
    pub language: Option<Language>,
}

/// Invite somebody. The link goes to them by mail, and is in this answer for whoever wants to hand it over.
#[utoipa::path(post, path = "/api/v1/invites", tag = "identity", request_body = NewInvite,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Invite)))]
async fn create(who: Can<may::Write>, key: IdempotencyKey, Body(new): Body<NewInvite>) -> Result<Once> {
    throttle(who.app(), who.practice()).await?;
    let request = key.of("invite.create", &new)?;
    let origin = who.app().config.public_origin();
    who.create_once(request, async move |tx| invite(tx, &new, &origin).await).await
}

/// A new link for an invitation that is open or has expired. The old link is dead.
#[utoipa::path(post, path = "/api/v1/invites/{id}/resend", tag = "identity",
    params(("id" = Uuid, Path, description = "The invitation")), responses((status = 200, body = Invite)))]
async fn resend(who: Can<may::Write>, Path(id): Path<InviteId>) -> Result<Json<Invite>> {
    throttle(who.app(), who.practice()).await?;
    let origin = who.app().config.public_origin();
    who.write(async move |tx| {
        let before = handle(tx, id, &[Status::Open, Status::Expired]).await?;
        renew(tx, before, &origin).await.map(Json)
    })
    .await
}

/// A new link in place of the old one.
async fn renew(tx: &mut TenantTx, before: Invite, origin: &str) -> Result<Invite> {
    refuse_member(tx, before.email.expose()).await?;
    let (id, token) = (before.id, random_token()?);
    sqlx::query!("select auth.renew_invite($1, $2)", id.uuid(), sha256(&token))
        .execute(tx.conn())
        .await
        .on_constraint("invite_open_key", already_invited)?;
    let after = find(tx, id).await?.invite;
    tx.record(Change::updated("invite", id.uuid(), &before, &after).event("invite.resent", after.version)).await?;
    send(tx, after, origin, token).await
}

/// Take an open invitation back. Its link is dead.
#[utoipa::path(post, path = "/api/v1/invites/{id}/revoke", tag = "identity",
    params(("id" = Uuid, Path, description = "The invitation")), responses((status = 200, body = Invite)))]
async fn revoke(who: Can<may::Write>, Path(id): Path<InviteId>) -> Result<Json<Invite>> {
    who.write(async move |tx| {
        let before = handle(tx, id, &[Status::Open]).await?;
        take_back(tx, before).await.map(Json)
    })
    .await
}

async fn take_back(tx: &mut TenantTx, before: Invite) -> Result<Invite> {
    let id = before.id;
    sqlx::query!("select from auth.revoke_invites($1, null)", id.uuid()).fetch_optional(tx.conn()).await?;
    let after = find(tx, id).await?.invite;
    tx.record(Change::updated("invite", id.uuid(), &before, &after).event("invite.revoked", after.version)).await?;
    Ok(after)
}

/// Counts against what a practice may invite in an hour.
///
/// # Errors
/// 429 when it is too much.
pub async fn throttle(app: &App, practice: PracticeId) -> Result<()> {
    let key = practice.to_string();
    let bucket =
        SharedBucket { name: "invite.practice", key: &key, burst: AN_HOUR, per_second: f64::from(AN_HOUR) / 3600.0 };
    let mut tx = app.db().auth().await?;
    let taken = bucket.take(&mut tx).await;
    tx.commit().await?;
    taken
}

/// Makes an invitation, in a transaction of whoever may.
pub(crate) async fn invite(tx: &mut TenantTx, new: &NewInvite, origin: &str) -> Result<Invite> {
    let actor = take_charge(tx, may::Write::NAME).await?;
    let wanted = match (new.custom_role_id, new.role) {
        (Some(own), role) => roles::assignable(tx, own, role).await?,
        (None, Some(role)) => roles::Assigned { standing: Standing::of(role, None), own: None },
        (None, None) => return Err(Error::invalid(Vec::new()).at("/role", "required", "Say as what they come.")),
    };
    actor.may_handle(&wanted.standing)?;
    add(tx, new, &wanted, origin).await
}

async fn add(tx: &mut TenantTx, new: &NewInvite, wanted: &roles::Assigned, origin: &str) -> Result<Invite> {
    let email = new.email.expose().trim().to_lowercase();
    refuse_member(tx, &email).await?;
    let (id, token, inviter) = (InviteId::new(), random_token()?, tx.caller().actor.user());
    let language = match new.language {
        Some(language) => language,
        None => practice_of(tx).await?.language,
    };
    sqlx::query!(
        "select auth.add_invite($1, $2, $3, $4, $5, $6, $7, $8)",
        id.uuid(),
        email,
        new.name.as_ref().map(|name| name.expose().trim().to_owned()),
        wanted.standing.role.name(),
        wanted.own.map(RoleId::uuid),
        language as Language,
        sha256(&token),
        inviter.map(UserId::uuid),
    )
    .execute(tx.conn())
    .await
    .on_constraint("invite_open_key", already_invited)?;
    let invite = find(tx, id).await?.invite;
    tx.record(Change::created("invite", id.uuid(), &invite).event("invite.created", invite.version)).await?;
    send(tx, invite, origin, token).await
}

/// Queues the mail with the link, which is in the answer as well.
async fn send(tx: &mut TenantTx, invite: Invite, origin: &str, token: [u8; 32]) -> Result<Invite> {
    let practice = practice_of(tx).await?;
    let link = Phi::new(format!("{origin}/invite#{}", URL_SAFE_NO_PAD.encode(token)));
    let kind = if invite.invited_by.is_some() { "invite" } else { "invite_by_platform" };
    let mut letter = Letter::new(MAILS, kind, invite.email.clone(), invite.language)
        .with("practice", Phi::new(practice.name))
        .with("time", local_time(invite.expires_at, &practice.time_zone))
        .link(link.clone());
    if let Some(inviter) = &invite.invited_by {
        letter = letter.with("inviter", inviter.name.clone());
    }
    tx.queue_mail(&letter).await?;
    Ok(Invite { link: Some(link), ..invite })
}

async fn refuse_member(tx: &mut TenantTx, email: &str) -> Result<()> {
    if !staff::all(tx, None).await?.iter().any(|member| member.email == email) {
        return Ok(());
    }
    let error = Error::conflict("invite.already_member", "Somebody with this e-mail belongs to the practice.");
    Err(error.at("/email", "taken", "Look under staff; a suspended person can be restored."))
}

fn already_invited() -> Error {
    Error::conflict("invite.exists", "This e-mail has an open invitation already; send that one again instead.").at(
        "/email",
        "taken",
        "Look at the open invitations.",
    )
}

struct Practice {
    name: String,
    language: Language,
    time_zone: String,
}

async fn practice_of(tx: &mut TenantTx) -> Result<Practice> {
    let practice = tx.practice();
    Ok(sqlx::query_as!(
        Practice,
        r#"select name, language as "language: Language", time_zone from platform.practice where practice_id = $1"#,
        practice,
    )
    .fetch_one(tx.conn())
    .await?)
}

/// The invitation, if it is in one of these states and the caller could have made it.
async fn handle(tx: &mut TenantTx, id: InviteId, states: &[Status]) -> Result<Invite> {
    let actor = take_charge(tx, may::Write::NAME).await?;
    let Found { invite, standing } = find(tx, id).await?;
    actor.may_handle(&standing)?;
    if states.contains(&invite.status) {
        return Ok(invite);
    }
    Err(Error::conflict("invite.closed", "This invitation was accepted, revoked or has expired; make a new one."))
}

struct Found {
    invite: Invite,
    standing: Standing,
}

/// An invitation as `auth.invites` tells it.
#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: Uuid,
    email: String,
    name: Option<String>,
    role: String,
    role_id: Option<Uuid>,
    role_name: Option<String>,
    permissions: Option<Vec<String>>,
    language: Language,
    status: Status,
    expires_at: jiff_sqlx::Timestamp,
    created_by: Option<Uuid>,
    created_by_name: Option<String>,
    created_at: jiff_sqlx::Timestamp,
    version: i32,
}

impl TryFrom<Row> for Found {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let role = Role::from_name(&row.role).ok_or_else(|| Error::internal("a role that nobody knows"))?;
        let invite = Invite {
            id: InviteId(row.id),
            email: Phi::new(row.email),
            name: row.name.map(Phi::new),
            role,
            custom_role: custom_role(row.role_id, row.role_name),
            language: row.language,
            status: row.status,
            expires_at: row.expires_at.to_jiff(),
            created_at: row.created_at.to_jiff(),
            invited_by: row
                .created_by
                .zip(row.created_by_name)
                .map(|(id, name)| Inviter { id: UserId(id), name: Phi::new(name) }),
            version: row.version,
            link: None,
        };
        Ok(Self { invite, standing: Standing::of(role, row.permissions.as_ref()) })
    }
}

async fn find(tx: &mut TenantTx, id: InviteId) -> Result<Found> {
    sqlx::query_as!(
        Row,
        r#"select id as "id!", email as "email!", name, role as "role!", role_id, role_name, permissions,
                  language as "language!: Language", status as "status!: Status", expires_at as "expires_at!",
                  created_by, created_by_name, created_at as "created_at!",
                  version as "version!"
             from auth.invites($1)"#,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?
    .try_into()
}
