//! What a person decides where the two cannot agree.

use garde::Validate;
use platform::db::tenant::check_version;
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::permission::{Permission as _, appointments as may};
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed, validate};
use serde::Deserialize;
use utoipa::ToSchema;

use super::booking::{self, Booking, CalcomBookingId, CalcomState};
use super::list::{self, CalcomBooking};
use super::{place, sync};
use crate::own;

/// The route of deciding.
pub fn routes() -> Routes {
    Routes::new().route(route!(resolve))
}

/// What to do. Besides, the appointment can be moved or cancelled, which Cal.com is then told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CalcomAction {
    /// Try it again.
    Retry,
    /// What is here counts: the booking there is cancelled, where there is one.
    KeepOurs,
    /// Put what was booked there over other appointments here, or outside of working hours. Needs
    /// `appointments.overbook` and a reason.
    BookOver,
}

/// A decision.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ResolveCalcomBooking {
    /// The version that the decision is based on.
    #[garde(skip)]
    version: i32,
    /// What to do.
    #[garde(skip)]
    action: CalcomAction,
    /// Why it is booked over other appointments.
    #[garde(inner(length(chars, min = 1, max = 500), custom(validate::line)))]
    overbooking: Option<String>,
}

undisclosed!(ResolveCalcomBooking);

/// Decide about a booking that needs attention. What our own calendar is against is answered with 409, as in booking.
#[utoipa::path(post, path = "/api/v1/calcom-bookings/{id}/resolve", tag = "scheduling", request_body = ResolveCalcomBooking,
    params(("id" = Uuid, Path, description = "The booking")), responses((status = 200, body = CalcomBooking)))]
async fn resolve(
    who: Can<may::Write>,
    Path(id): Path<CalcomBookingId>,
    Body(how): Body<ResolveCalcomBooking>,
) -> Result<Json<CalcomBooking>> {
    let over = how.action == CalcomAction::BookOver;
    let allowed = !over || who.may(may::Overbook::NAME);
    own::demand::<may::Overbook, _>(&who, allowed, "POST /api/v1/calcom-bookings/{id}/resolve").await?;
    if over && how.overbooking.is_none() {
        return Err(Error::invalid(Vec::new()).at("/overbooking", "required", "Say why it is booked over others."));
    }
    who.write(async move |tx| {
        let before = list::lock(tx, id).await?;
        check_version(how.version, before.version, &list::shown(tx, before.clone()).await?)?;
        if before.state != CalcomState::NeedsAttention {
            let title = "This booking needs no attention any more; look at how it stands.";
            return Err(Error::conflict("calcom.settled", title).showing(&list::shown(tx, before).await?));
        }
        let after = match how.action {
            CalcomAction::Retry | CalcomAction::BookOver if before.is_against_ours() => {
                let over = how.overbooking.clone().filter(|_| how.action == CalcomAction::BookOver);
                place::take_over(tx, before, over).await?
            }
            CalcomAction::BookOver => {
                let title = "Cal.com is against this, and not our own calendar; move it, or keep it here only.";
                return Err(Error::conflict("calcom.not_ours", title));
            }
            CalcomAction::Retry => again(tx, &before, before.waiting()).await?,
            CalcomAction::KeepOurs => again(tx, &before, Booking { keep_ours: true, ..before.waiting() }).await?,
        };
        Ok(Json(list::shown(tx, after).await?))
    })
    .await
}

async fn again(tx: &mut platform::db::TenantTx, before: &Booking, after: Booking) -> Result<Booking> {
    let after = booking::save(tx, Some(before), after).await?;
    sync::enqueue(tx, after.id).await?;
    Ok(after)
}
