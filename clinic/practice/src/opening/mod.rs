//! When somebody or something is open, as instants: weekly hours, less absences and closing days, plus what is open in
//! addition. The rule itself is in [`resolve`].
//!
//! From the practice down to the owner, what is nearer wins: first the week that is nearest to the owner; then closing
//! days take their local days out; then, at each level in turn, absences take out and extra openings put in. An extra
//! opening counts from the level downwards that the week comes from: a practice that opens in addition does not open
//! the doctor who keeps hours of her own.

#[cfg(test)]
mod http;
mod next;
mod resolve;
#[cfg(test)]
mod tests;
mod working;

use std::collections::HashMap;

use garde::Validate;
use jiff::Span as Days;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
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
use uuid::Uuid;

use crate::hours::{Line, Owner, Week};
use crate::{absences, closing_days, hours};
pub use next::next_opening;
pub(crate) use resolve::{Layer, LocalSpan};
pub use resolve::{Plan, Span};
pub use working::{Working, working, working_around};

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
    let rules = Rules::of(tx, &line.ids(tx), first, last).await?;
    let plan = rules.plan(&line.ids(tx), line.time_zone()?);
    Ok((line, plan))
}

/// What decides when some owners are open on some days, as it lies in the tables.
pub(crate) struct Rules {
    weeks: HashMap<Uuid, Week>,
    layers: HashMap<Uuid, Layer>,
    closing_days: Vec<Date>,
}

impl Rules {
    /// For these owners, read at once.
    pub(crate) async fn of(tx: &mut TenantTx, owners: &[Uuid], first: Date, last: Date) -> Result<Self> {
        let end = last.saturating_add(Days::new().days(1));
        let (from, to) = (first.to_datetime(Time::midnight()), end.to_datetime(Time::midnight()));
        Ok(Self {
            weeks: hours::weeks(tx, owners).await?,
            layers: absences::layers(tx, owners, from, to).await?,
            closing_days: closing_days::days(tx, first, last).await?,
        })
    }

    /// The plan of the last of these, who stands below the others.
    pub(crate) fn plan(&self, line: &[Uuid], zone: TimeZone) -> Plan {
        let (place, week) = hours::nearest(line, &self.weeks);
        let mut layers: Vec<Layer> = line.iter().map(|id| self.layers.get(id).cloned().unwrap_or_default()).collect();
        for above in &mut layers[..place] {
            above.extra.clear();
        }
        Plan { week, zone, closing_days: self.closing_days.clone(), layers }
    }
}
