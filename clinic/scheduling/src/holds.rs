//! Holds: a slot that is kept for some minutes for somebody who talks or types.

use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use platform::crypto::sha256;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::id::UserId;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::appointments as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{Result, route};
use practice::{LocationId, RoomId, ServiceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::appointment::occupy::{Holder, Rooms, occupy};
use crate::appointment::plan::Asked;
use crate::{own, settings, slots};

platform::id!(
    /// A slot that is kept.
    HoldId
);

/// The routes of holds.
pub fn routes() -> Routes {
    Routes::new().route(route!(keep)).route(route!(release))
}

/// A slot to be kept.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewHold {
    /// What is done.
    #[garde(skip)]
    service_id: ServiceId,
    /// At which location.
    #[garde(skip)]
    location_id: LocationId,
    /// By whom, the main one first.
    #[garde(length(min = 1, max = 5))]
    provider_ids: Vec<UserId>,
    /// In which rooms; left out, the first one of the location that is free.
    #[garde(inner(length(max = 5)))]
    room_ids: Option<Vec<RoomId>>,
    /// From when.
    #[garde(skip)]
    start: Timestamp,
    /// How long; left out, as long as the service takes.
    #[garde(inner(range(min = 5, max = 720)))]
    duration_minutes: Option<i32>,
}

/// A slot that is kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Hold {
    /// Its id, to book with.
    pub id: HoldId,
    /// What is done.
    pub service_id: ServiceId,
    /// At which location.
    pub location_id: LocationId,
    /// By whom.
    pub provider_ids: Vec<UserId>,
    /// In which rooms.
    pub room_ids: Vec<RoomId>,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// Until when it is kept.
    pub expires_at: Timestamp,
}

/// That a hold is over.
#[derive(Debug, Serialize, ToSchema)]
struct Released {
    /// Which one.
    id: HoldId,
}

/// Keep a slot for somebody who is deciding, for as many minutes as the practice says. What is taken is answered with
/// 409, as in booking.
#[utoipa::path(post, path = "/api/v1/holds", tag = "scheduling", request_body = NewHold,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Hold)))]
async fn keep(who: Can<may::WriteOwn>, key: IdempotencyKey, Body(new): Body<NewHold>) -> Result<Once> {
    own::check(&who, &new.provider_ids, "POST /api/v1/holds").await?;
    let (request, asked) = (key.of("hold.create", &new)?, new.asked());
    let wanted = asked.clone();
    let kept = who.create_once(request, async move |tx| hold(tx, &wanted, None).await).await;
    slots::with_alternatives(&who, asked, None, kept).await
}

/// Release a hold before its time. One that is over, or was booked, is not there any more. Who changes only their own
/// schedule releases only what is kept in it.
#[utoipa::path(post, path = "/api/v1/holds/{id}/release", tag = "scheduling",
    params(("id" = Uuid, Path, description = "The hold")), responses((status = 200, body = Released)))]
async fn release(who: Can<may::WriteOwn>, Path(id): Path<HoldId>) -> Result<Json<Released>> {
    let held = who.read(async move |tx| of_staff(tx, id).await).await?.ok_or_else(Error::not_found)?;
    own::check(&who, &held, "POST /api/v1/holds/{id}/release").await?;
    who.write(async move |tx| if let_go(tx, id).await? { Ok(Json(Released { id })) } else { Err(Error::not_found()) })
        .await
}

/// In whose schedules something is kept for the practice itself; none for what is over, or is a visitor's.
async fn of_staff(tx: &mut TenantTx, id: HoldId) -> Result<Option<Vec<UserId>>> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let providers = sqlx::query_scalar!(
        r#"select array(select b.resource_id from scheduling.booked b where b.practice_id = h.practice_id
                           and b.holder_id = h.id and b.kind = 'provider') as "providers!"
             from scheduling.hold h
            where h.practice_id = $1 and h.id = $2 and h.expires_at > $3 and h.key_hash is null"#,
        practice,
        id.uuid(),
        now as _,
    );
    let providers = providers.fetch_optional(tx.conn()).await?;
    Ok(providers.map(|all| all.into_iter().map(UserId).collect()))
}

/// That a hold is one which the practice may book with: what visitors keep is theirs alone.
///
/// # Errors
/// 422 at `/holdId`.
pub async fn check(tx: &mut TenantTx, id: Option<HoldId>) -> Result<()> {
    let Some(id) = id else { return Ok(()) };
    let practice = tx.practice();
    let is_visitors = sqlx::query_scalar!(
        r#"select exists (select from scheduling.hold where practice_id = $1 and id = $2 and key_hash is not null)
               as "is!""#,
        practice,
        id.uuid(),
    );
    if is_visitors.fetch_one(tx.conn()).await? {
        return Err(Error::invalid(Vec::new()).at("/holdId", "not_found", "Choose a hold of the practice's own."));
    }
    Ok(())
}

/// Whose hold it is, where that is a visitor: nobody else may book it.
#[derive(Debug)]
pub struct Keeper {
    /// What they must show to use it.
    pub key: Uuid,
    /// What stands for the network that they come from.
    pub network: String,
}

fn hash(key: Uuid) -> Vec<u8> {
    sha256(key.as_bytes())
}

/// Keeps a slot, with audit entry and event.
///
/// # Errors
/// 422 for what does not exist or does not fit together; 409 for what is taken, or outside of working hours.
pub async fn hold(tx: &mut TenantTx, asked: &Asked, keeper: Option<&Keeper>) -> Result<Hold> {
    let planned = asked.plan(tx).await?;
    let (id, now) = (HoldId::new(), tx.now());
    let minutes = settings::find(tx).await?.rules.hold_minutes;
    let expires_at = now.checked_add(SignedDuration::from_mins(minutes.into())).map_err(Error::internal)?;
    let mut hold = Hold {
        id,
        service_id: asked.service,
        location_id: asked.location,
        provider_ids: asked.providers.clone(),
        room_ids: Vec::new(),
        start: planned.span.start,
        end: planned.span.end,
        expires_at,
    };
    let (practice, at) = (tx.practice(), jiff_sqlx::Timestamp::from);
    sqlx::query!(
        "insert into scheduling.hold (practice_id, id, service_id, location_id, starts_at, ends_at, expires_at, key_hash,
                network)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        practice,
        id.uuid(),
        asked.service.uuid(),
        asked.location.uuid(),
        at(hold.start) as _,
        at(hold.end) as _,
        at(expires_at) as _,
        keeper.map(|keeper| hash(keeper.key)),
        keeper.map(|keeper| keeper.network.as_str()),
    )
    .execute(tx.conn())
    .await?;
    hold.room_ids = occupy(tx, &planned.wanted(asked, Holder::Hold(id, expires_at))).await?;
    forget_expired(tx).await?;
    tx.record(Change::created("hold", id.uuid(), &hold).event("hold.created", 1)).await?;
    Ok(hold)
}

/// Those that are over go with the next one, behind its turn: whoever cleans up has nothing left to wait for.
async fn forget_expired(tx: &mut TenantTx) -> Result<()> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    sqlx::query!("delete from scheduling.hold where practice_id = $1 and expires_at <= $2", practice, now as _)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// A slot that is kept, as whoever keeps it elsewhere as well must know it.
pub struct Held {
    /// What is done.
    pub service_id: ServiceId,
    /// By whom, first of all.
    pub provider_id: Option<UserId>,
    /// From when.
    pub start: Timestamp,
    /// Until when it is kept.
    pub expires_at: Timestamp,
}

/// The hold, unless it is over.
///
/// # Errors
/// 503 when the database is away.
pub async fn find(tx: &mut TenantTx, id: HoldId) -> Result<Option<Held>> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let row = sqlx::query!(
        r#"select h.service_id, h.starts_at as "starts_at: jiff_sqlx::Timestamp",
                  h.expires_at as "expires_at: jiff_sqlx::Timestamp",
                  (select b.resource_id from scheduling.booked b where b.practice_id = h.practice_id and b.holder_id = h.id
                      and b.kind = 'provider' order by b.position limit 1) as provider_id
             from scheduling.hold h where h.practice_id = $1 and h.id = $2 and h.expires_at > $3"#,
        practice,
        id.uuid(),
        now as _,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| Held {
        service_id: ServiceId(row.service_id),
        provider_id: row.provider_id.map(UserId),
        start: row.starts_at.to_jiff(),
        expires_at: row.expires_at.to_jiff(),
    }))
}

/// Forgets a hold, and answers whether there was one. Somebody else's practice has none of that id.
///
/// # Errors
/// 503 when the database is away.
pub async fn forget(tx: &mut TenantTx, id: HoldId) -> Result<bool> {
    let practice = tx.practice();
    let gone = sqlx::query!("delete from scheduling.hold where practice_id = $1 and id = $2", practice, id.uuid())
        .execute(tx.conn())
        .await?;
    Ok(gone.rows_affected() > 0)
}

/// The hold that a visitor has the key of, while it lasts.
///
/// # Errors
/// 503 when the database is away.
pub async fn find_with_key(tx: &mut TenantTx, id: HoldId, key: Uuid) -> Result<Option<Hold>> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let row = sqlx::query!(
        r#"select service_id, location_id, starts_at as "starts_at: jiff_sqlx::Timestamp",
                  ends_at as "ends_at: jiff_sqlx::Timestamp", expires_at as "expires_at: jiff_sqlx::Timestamp",
                  array(select b.resource_id from scheduling.booked b where b.practice_id = h.practice_id
                           and b.holder_id = h.id and b.kind = 'provider' order by b.position) as "providers!",
                  array(select b.resource_id from scheduling.booked b where b.practice_id = h.practice_id
                           and b.holder_id = h.id and b.kind = 'room' order by b.position) as "rooms!"
             from scheduling.hold h where practice_id = $1 and id = $2 and key_hash = $3 and expires_at > $4"#,
        practice,
        id.uuid(),
        hash(key),
        now as _,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| Hold {
        id,
        service_id: ServiceId(row.service_id),
        location_id: LocationId(row.location_id),
        provider_ids: row.providers.into_iter().map(UserId).collect(),
        room_ids: row.rooms.into_iter().map(RoomId).collect(),
        start: row.starts_at.to_jiff(),
        end: row.ends_at.to_jiff(),
        expires_at: row.expires_at.to_jiff(),
    }))
}

/// How many slots are kept for visitors from a network.
///
/// # Errors
/// 503 when the database is away.
pub async fn count_of_network(tx: &mut TenantTx, network: &str) -> Result<i64> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from scheduling.hold where practice_id = $1 and network = $2 and expires_at > $3"#,
        practice,
        network,
        now as _,
    );
    Ok(count.fetch_one(tx.conn()).await?)
}

/// Releases a hold before its time, with audit entry and event; answers whether there was one.
///
/// # Errors
/// 503 when the database is away.
pub async fn let_go(tx: &mut TenantTx, id: HoldId) -> Result<bool> {
    let there = forget(tx, id).await?;
    if there {
        tx.record(Change::done("delete", "hold", id.uuid()).event("hold.released", 2)).await?;
    }
    Ok(there)
}

impl NewHold {
    fn asked(&self) -> Asked {
        Asked {
            patient: None,
            service: self.service_id,
            location: self.location_id,
            providers: self.provider_ids.clone(),
            rooms: self.room_ids.clone().map(Rooms::These),
            start: self.start,
            minutes: self.duration_minutes,
            over: false,
            hold: None,
        }
    }
}
