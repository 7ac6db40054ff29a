//! Holds: a slot that is kept for some minutes for somebody who talks or types.

use garde::Validate;
use jiff::{SignedDuration, Timestamp};
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
struct Hold {
    /// Its id, to book with.
    id: HoldId,
    /// What is done.
    service_id: ServiceId,
    /// At which location.
    location_id: LocationId,
    /// By whom.
    provider_ids: Vec<UserId>,
    /// In which rooms.
    room_ids: Vec<RoomId>,
    /// From when.
    start: Timestamp,
    /// Until when.
    end: Timestamp,
    /// Until when it is kept.
    expires_at: Timestamp,
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
    let kept = who.create_once(request, async move |tx| hold(tx, &new).await).await;
    slots::with_alternatives(&who, asked, None, kept).await
}

/// Release a hold before its time. One that is over, or was booked, is not there any more.
#[utoipa::path(post, path = "/api/v1/holds/{id}/release", tag = "scheduling",
    params(("id" = Uuid, Path, description = "The hold")), responses((status = 200, body = Released)))]
async fn release(who: Can<may::WriteOwn>, Path(id): Path<HoldId>) -> Result<Json<Released>> {
    who.write(async move |tx| {
        if !forget(tx, id).await? {
            return Err(Error::not_found());
        }
        tx.record(Change::done("delete", "hold", id.uuid()).event("hold.released", 2)).await?;
        Ok(Json(Released { id }))
    })
    .await
}

async fn hold(tx: &mut TenantTx, new: &NewHold) -> Result<Hold> {
    let asked = new.asked();
    let planned = asked.plan(tx).await?;
    let (id, now) = (HoldId::new(), tx.now());
    let minutes = settings::find(tx).await?.rules.hold_minutes;
    let expires_at = now.checked_add(SignedDuration::from_mins(minutes.into())).map_err(Error::internal)?;
    let mut hold = Hold {
        id,
        service_id: new.service_id,
        location_id: new.location_id,
        provider_ids: new.provider_ids.clone(),
        room_ids: Vec::new(),
        start: planned.span.start,
        end: planned.span.end,
        expires_at,
    };
    let (practice, at) = (tx.practice(), jiff_sqlx::Timestamp::from);
    // those that are over go with the next one; nobody needs them
    sqlx::query!("delete from scheduling.hold where practice_id = $1 and expires_at <= $2", practice, at(now) as _)
        .execute(tx.conn())
        .await?;
    sqlx::query!(
        "insert into scheduling.hold (practice_id, id, service_id, location_id, starts_at, ends_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        practice,
        id.uuid(),
        new.service_id.uuid(),
        new.location_id.uuid(),
        at(hold.start) as _,
        at(hold.end) as _,
        at(expires_at) as _,
    )
    .execute(tx.conn())
    .await?;
    hold.room_ids = occupy(tx, &planned.wanted(&asked, Holder::Hold(id, expires_at))).await?;
    tx.record(Change::created("hold", id.uuid(), &hold).event("hold.created", 1)).await?;
    Ok(hold)
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
