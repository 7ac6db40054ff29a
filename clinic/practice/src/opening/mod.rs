//! When somebody or something is open, as instants: weekly hours, less absences and closing days, plus what is open in
//! addition. The rule itself is in [`resolve`].
//!
//! From the practice down to the owner, what is nearer wins: first the week that is nearest to the owner; then closing
//! days take their local days out; then, at each level in turn, absences take out and extra openings put in. An extra
//! opening counts from the level downwards that the week comes from: a practice that opens in addition does not open
//! the doctor who keeps hours of her own.

#[cfg(test)]
mod http;
mod resolve;
#[cfg(test)]
mod tests;

use garde::Validate;
use jiff::Span as Days;
use jiff::civil::{Date, Time};
use platform::Result;
use platform::db::TenantTx;
use platform::error::{Error, FieldError};
use platform::extract::Query;
use platform::guard::Can;
use platform::permission::hours as may;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::hours::{Line, Owner};
use crate::{absences, closing_days};
pub(crate) use resolve::{Layer, LocalSpan};
pub use resolve::{Plan, Span};

/// Days that can be asked for at once: two months and a bit, as a calendar shows them.
const MOST_DAYS: i32 = 62;

/// The route of opening hours.
pub fn routes() -> Routes {
    Routes::new().route(route!(read))
}

/// When somebody or something is open.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Opening {
    /// Who or what: `practice`, `location:{id}` or `provider:{userId}`.
    #[schema(value_type = String)]
    pub owner: Owner,
    /// The zone that the hours are kept in, IANA.
    pub time_zone: String,
    /// When it is open, in order; spans that touch are one.
    pub open: Vec<Span>,
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhenOpen {
    /// `practice`, `location:{id}` or `provider:{userId}`.
    #[garde(skip)]
    #[param(value_type = String)]
    owner: Owner,
    /// First local day.
    #[garde(custom(closing_days::year_in_reach))]
    from: Date,
    /// Last local day, at most 61 after the first.
    #[garde(custom(closing_days::year_in_reach))]
    to: Date,
}

/// When the practice, a location or a person is open.
#[utoipa::path(get, path = "/api/v1/opening", tag = "practice", params(WhenOpen), responses((status = 200, body = Opening)))]
async fn read(who: Can<may::Read>, Query(asked): Query<WhenOpen>) -> Result<Json<Opening>> {
    let days = asked.to.since(asked.from).map_err(Error::internal)?.get_days();
    if !(0..MOST_DAYS).contains(&days) {
        let text = "Ask for the first day, or for one of the 61 that follow.";
        return Err(Error::invalid(vec![FieldError::new("?to", "out_of_range", text)]));
    }
    who.read(async move |tx| {
        let (line, plan) = plan(tx, asked.owner, asked.from, asked.to).await?;
        Ok(Json(Opening { owner: asked.owner, time_zone: line.zone, open: plan.open(asked.from, asked.to)? }))
    })
    .await
}

/// Everything that decides when an owner is open on some days.
pub(crate) async fn plan(tx: &mut TenantTx, owner: Owner, first: Date, last: Date) -> Result<(Line, Plan)> {
    let line = Line::of(tx, owner).await?;
    let (place, week) = line.week(tx).await?;
    let end = last.saturating_add(Days::new().days(1));
    let mut layers =
        absences::layers(tx, &line, first.to_datetime(Time::midnight()), end.to_datetime(Time::midnight())).await?;
    for above in &mut layers[..place] {
        above.extra.clear();
    }
    let closing_days = closing_days::days(tx, first, last).await?;
    let plan = Plan { week, zone: line.time_zone()?, closing_days, layers };
    Ok((line, plan))
}
