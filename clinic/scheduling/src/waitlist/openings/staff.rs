//! What staff do with an opening: offer it, book it, offer it no more.

use garde::Validate;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::permission::appointments as may;
use platform::routes::{Json, Routes};
use platform::shared::AtVersion;
use platform::{Result, route};
use serde::Deserialize;
use utoipa::ToSchema;

use super::list::{OpeningItem, items};
use super::{ClosedFor, Opening, OpeningId, OpeningStatus, close, find, lock, settings};
use crate::appointment::Appointment;
use crate::own;
use crate::waitlist::offers;
use crate::waitlist::pool::{Candidate, candidates};
use crate::waitlist::waves::{can_be_written_to, offer};
use crate::waitlist::wishes::WishId;

/// The routes of what is done with openings.
pub fn routes() -> Routes {
    Routes::new().route(route!(offer_it)).route(route!(book)).route(route!(stop))
}

/// Whom an opening is to be offered to.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewOffers {
    /// Those whose wishes these are; left out, a wave of those who come first.
    #[garde(inner(length(min = 1, max = 20)))]
    wish_ids: Option<Vec<WishId>>,
}

/// For whom an opening is booked.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BookOpening {
    /// Whose wish it is; left out, of whoever comes first.
    #[garde(skip)]
    wish_id: Option<WishId>,
}

/// Offer an opening by mail to some of those who fit and were not asked yet.
#[utoipa::path(post, path = "/api/v1/openings/{id}/offer", tag = "scheduling", request_body = NewOffers,
    params(("id" = Uuid, Path, description = "The opening")), responses((status = 200, body = OpeningItem)))]
async fn offer_it(
    who: Can<may::WriteOwn>,
    Path(id): Path<OpeningId>,
    Body(new): Body<NewOffers>,
) -> Result<Json<OpeningItem>> {
    check_own(&who, id, "POST /api/v1/openings/{id}/offer").await?;
    who.write(async move |tx| {
        let opening = open(tx, id).await?;
        let rules = settings::find(tx).await?.rules;
        if rules.latest(opening.start) <= tx.now() {
            let title = "It begins too soon to be offered by mail; call, and book it.";
            return Err(Error::conflict("opening.late", title));
        }
        let mut to = candidates(tx, &opening).await?;
        to.retain(can_be_written_to);
        match &new.wish_ids {
            Some(ids) => {
                to.retain(|candidate| ids.contains(&candidate.fit.wish));
                if to.len() != ids.len() {
                    return Err(unfit("/wishIds"));
                }
            }
            None => to.truncate(usize::try_from(rules.wave_size).unwrap_or(1)),
        }
        if to.is_empty() {
            let title = "Nobody is left who fits and can be written to.";
            return Err(Error::conflict("opening.nobody", title));
        }
        let opening = offer(tx, opening, &rules, &to).await?;
        shown(tx, opening).await
    })
    .await
}

/// Book an opening for somebody who waits, for instance on the telephone. Whoever was offered it is too late.
#[utoipa::path(post, path = "/api/v1/openings/{id}/book", tag = "scheduling", request_body = BookOpening,
    params(("id" = Uuid, Path, description = "The opening")), responses((status = 200, body = Appointment)))]
async fn book(
    who: Can<may::WriteOwn>,
    Path(id): Path<OpeningId>,
    Body(new): Body<BookOpening>,
) -> Result<Json<Appointment>> {
    check_own(&who, id, "POST /api/v1/openings/{id}/book").await?;
    who.write(async move |tx| {
        let opening = open(tx, id).await?;
        let (wish, span) = match new.wish_id {
            Some(wish) => fitting(tx, &opening, wish).await?,
            None => {
                let first: Option<Candidate> = candidates(tx, &opening).await?.into_iter().next();
                let title = "Nobody is left who fits.";
                let first = first.ok_or_else(|| Error::conflict("opening.nobody", title))?;
                (first.fit.wish, first.fit.span)
            }
        };
        let provider = opening.provider_id;
        offers::give(tx, opening, wish, span, provider).await.map(Json)
    })
    .await
}

/// Offer an opening no more. Whoever was asked and has not answered is told so by their link.
#[utoipa::path(post, path = "/api/v1/openings/{id}/close", tag = "scheduling", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The opening")), responses((status = 200, body = OpeningItem)))]
async fn stop(
    who: Can<may::WriteOwn>,
    Path(id): Path<OpeningId>,
    Body(at): Body<AtVersion>,
) -> Result<Json<OpeningItem>> {
    check_own(&who, id, "POST /api/v1/openings/{id}/close").await?;
    who.write(async move |tx| {
        let opening = lock(tx, id).await?;
        check_version(at.version, opening.version, &opening)?;
        let opening = match opening.status {
            OpeningStatus::Open => close(tx, opening, ClosedFor::ByHand).await?,
            _ => opening,
        };
        shown(tx, opening).await
    })
    .await
}

/// Who changes only their own schedule gives only their own time.
async fn check_own(who: &Can<may::WriteOwn>, id: OpeningId, operation: &'static str) -> Result<()> {
    let provider = who.read(async move |tx| Ok(find(tx, id).await?.provider_id)).await?;
    own::check(who, &[provider], operation).await
}

/// The opening, locked, if nobody has it yet.
async fn open(tx: &mut TenantTx, id: OpeningId) -> Result<Opening> {
    let opening = lock(tx, id).await?;
    if opening.status == OpeningStatus::Open {
        return Ok(opening);
    }
    Err(Error::conflict("opening.over", "Somebody has this time already, or it is offered no more.").showing(&opening))
}

/// Somebody who was offered it, or who fits it.
async fn fitting(tx: &mut TenantTx, opening: &Opening, wish: WishId) -> Result<(WishId, practice::Span)> {
    let offered = offers::of_openings(tx, &[opening.id]).await?.into_iter().find(|offer| offer.wish_id == wish);
    if let Some(offer) = offered {
        return Ok((wish, practice::Span { start: offer.start, end: offer.end }));
    }
    let fit = candidates(tx, opening).await?.into_iter().find(|candidate| candidate.fit.wish == wish);
    fit.map(|candidate| (wish, candidate.fit.span)).ok_or_else(|| unfit("/wishId"))
}

fn unfit(pointer: &str) -> Error {
    Error::invalid(Vec::new()).at(pointer, "unfit", "Choose among those who fit.")
}

async fn shown(tx: &mut TenantTx, opening: Opening) -> Result<Json<OpeningItem>> {
    items(tx, vec![opening], &[]).await?.pop().map(Json).ok_or_else(Error::not_found)
}
