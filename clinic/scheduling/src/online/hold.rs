//! A slot that is kept while a visitor types: only they can book it, and not for long.

use garde::Validate;
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Body;
use platform::guard::Anybody;
use platform::id::UserId;
use platform::idempotency::{IdempotencyKey, Once};
use platform::limit::{SharedBucket, limited};
use platform::routes::{Json, Routes};
use platform::{Result, route};
use practice::LocationId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::page::{Offer, Page, turn_at};
use super::times::{Choice, with_alternatives};
use crate::appointment::occupy::wait_for_turn;
use crate::appointment::plan::Asked;
use crate::holds::{self, HoldId, Keeper};

/// Slots that can be kept for one network at the same time: many share one, and a few of them at once.
const MOST_OF_NETWORK: i64 = 10;
/// How many slots are kept at once and in the long run, for a network and for a practice.
const NETWORK: SharedBucket<'_> = SharedBucket { name: "booking.hold.network", key: "", burst: 30, per_second: 0.2 };
const PRACTICE: SharedBucket<'_> = SharedBucket { name: "booking.hold.practice", key: "", burst: 300, per_second: 2.0 };

/// The routes of visitors' holds.
pub fn routes() -> Routes {
    Routes::new().route(route!(hold)).route(route!(release))
}

/// A hold, and what opens it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldKey {
    /// The hold.
    #[garde(skip)]
    pub id: HoldId,
    /// What came with it.
    #[garde(skip)]
    pub key: Uuid,
}

/// A slot to be kept for a visitor.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewVisitorHold {
    /// The practice's slug; at its own address it is always that one.
    #[garde(inner(length(max = 40)))]
    practice: Option<String>,
    /// What is done, by its address.
    #[garde(length(max = 60))]
    service: String,
    /// Where.
    #[garde(skip)]
    location_id: LocationId,
    /// With whom; left out, with whoever is free.
    #[garde(skip)]
    provider_id: Option<UserId>,
    /// From when.
    #[garde(skip)]
    start: Timestamp,
    /// One that it takes the place of.
    #[garde(dive)]
    instead_of: Option<HoldKey>,
}

/// A slot that is kept for a visitor.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct VisitorHold {
    /// Its id.
    id: HoldId,
    /// Who has it may book the slot.
    key: Uuid,
    /// From when.
    start: Timestamp,
    /// Until when.
    end: Timestamp,
    /// Until when it is kept.
    expires_at: Timestamp,
}

/// A hold that is not wanted any more.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReleaseHold {
    /// The practice's slug; at its own address it is always that one.
    #[garde(inner(length(max = 40)))]
    practice: Option<String>,
    /// Which one.
    #[garde(dive)]
    hold: HoldKey,
}

/// That nothing is kept any more.
#[derive(Debug, Serialize, ToSchema)]
struct HoldReleased {
    /// Which one.
    id: HoldId,
}

/// Keep a slot while somebody types. What is taken is answered with 409, `current.alternatives` says what is free near it.
#[utoipa::path(post, path = "/api/v1/booking/holds", tag = "scheduling", request_body = NewVisitorHold,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = VisitorHold)))]
async fn hold(who: Anybody, key: IdempotencyKey, Body(new): Body<NewVisitorHold>) -> Result<Once> {
    let page = Page::of(&who, new.practice.as_deref()).await?;
    page.slow(NETWORK, PRACTICE).await?;
    let request = key.of("booking.hold", &new)?;
    let (asked, start, network) = ((new.service.clone(), new.location_id, new.provider_id), new.start, page.network());
    let kept = page.create_once(request, async move |tx| keep(tx, &new, &network).await).await;
    with_alternatives(&page, asked, start, kept).await
}

/// Release a slot that somebody does not want any more.
#[utoipa::path(post, path = "/api/v1/booking/holds/release", tag = "scheduling", request_body = ReleaseHold,
    responses((status = 200, body = HoldReleased)))]
async fn release(who: Anybody, Body(old): Body<ReleaseHold>) -> Result<Json<HoldReleased>> {
    let page = Page::of(&who, old.practice.as_deref()).await?;
    let HoldKey { id, key } = old.hold;
    page.write(async move |tx| {
        if holds::find_with_key(tx, id, key).await?.is_none() || !holds::let_go(tx, id).await? {
            return Err(Error::not_found());
        }
        Ok(Json(HoldReleased { id }))
    })
    .await
}

async fn keep(tx: &mut TenantTx, new: &NewVisitorHold, network: &str) -> Result<VisitorHold> {
    let offer = Offer::of(tx).await?;
    let choice = Choice::of(tx, &offer, '/', (&new.service, new.location_id, new.provider_id)).await?;
    let network = tx.blind("scheduling.hold", "network", network).await?;
    // whoever comes from the same network waits, so that its holds can be counted
    wait_for_turn(tx, &[turn_at(&network)]).await?;
    if let Some(old) = new.instead_of
        && holds::find_with_key(tx, old.id, old.key).await?.is_some()
    {
        holds::let_go(tx, old.id).await?;
    }
    if holds::count_of_network(tx, &network).await? >= MOST_OF_NETWORK {
        return Err(limited(std::time::Duration::from_secs(60)));
    }
    let provider = choice.take_turn(tx, new.start, None, None).await?;
    let asked = Asked {
        patient: None,
        service: choice.service,
        location: choice.location,
        providers: vec![provider],
        rooms: None,
        start: new.start,
        minutes: None,
        over: false,
        hold: None,
    };
    let keeper = Keeper { key: Uuid::new_v4(), network };
    let hold = holds::hold(tx, &asked, Some(&keeper)).await?;
    Ok(VisitorHold { id: hold.id, key: keeper.key, start: hold.start, end: hold.end, expires_at: hold.expires_at })
}
