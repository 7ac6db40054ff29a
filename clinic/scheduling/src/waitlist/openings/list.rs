//! Openings with whom they were offered to, and who else fits.

use std::collections::{BTreeSet, HashMap};

use garde::Validate;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Path, Query};
use platform::filter::Kind;
use platform::guard::Can;
use platform::id::PatientId;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::waitlist as may;
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use practice::LocationId;
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::row::{COLUMNS, Row};
use super::{Opening, OpeningId, OpeningStatus, find};
use crate::calendar::{Visitor, visitors};
use crate::waitlist::offers::{self, Offer};
use crate::waitlist::pool::{Candidate, Pool};
use crate::waitlist::waves::can_be_written_to;
use crate::waitlist::wishes::{Wish, WishId};

/// Of those who fit, so many are shown.
const MOST_MATCHES: usize = 10;

/// The routes of looking at openings.
pub fn routes() -> Routes {
    Routes::new().route(route!(list)).route(route!(read))
}

/// Which openings.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListOpenings {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// `start`, those that begin first first, or `-start`.
    #[garde(inner(length(max = 40)))]
    sort: Option<String>,
    /// Only those that stand there; those that nobody has yet, when nothing is said.
    #[garde(skip)]
    #[serde(default)]
    #[param(inline)]
    status: OpeningStatus,
    /// Only at this location.
    #[garde(skip)]
    location_id: Option<LocationId>,
}

/// An opening with whom it was offered to and who else fits.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpeningItem {
    #[serde(flatten)]
    opening: Opening,
    /// Whose time it was.
    patient: Visitor,
    /// Whom it was offered to, in order.
    offers: Vec<OfferItem>,
    /// Who fits and was not asked yet, in the order in which they are asked; of an opening that is open.
    matches: Vec<OpeningMatch>,
}

/// An offer with whom it was sent to.
#[derive(Serialize, ToSchema)]
struct OfferItem {
    #[serde(flatten)]
    offer: Offer,
    /// Whom it was sent to.
    patient: Visitor,
}

/// Somebody who fits an opening.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OpeningMatch {
    /// Their wish.
    wish_id: WishId,
    /// What they wait for, without the note.
    wish: Wish,
    /// Who waits.
    patient: Visitor,
    /// From when the visit would be.
    start: jiff::Timestamp,
    /// Until when.
    end: jiff::Timestamp,
    /// Whether it can be offered to them by mail.
    may_be_offered: bool,
}

/// A page of openings.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OpeningPage {
    items: Vec<OpeningItem>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

undisclosed!(OpeningItem, OfferItem, OpeningMatch, OpeningPage);

const SORTS: &[Sort] = &[Sort { name: "start", column: "o.starts_at", kind: Kind::Instant }];

/// Time that became free again, with whom it was offered to and who else fits. Who is on the page is written to the
/// ledger.
#[utoipa::path(get, path = "/api/v1/openings", tag = "scheduling", params(ListOpenings), responses((status = 200, body = OpeningPage)))]
async fn list(who: Can<may::Read>, Query(asked): Query<ListOpenings>) -> Result<Json<OpeningPage>> {
    let order = Order::parse(SORTS, asked.sort.as_deref(), asked.cursor.as_deref(), asked.limit)?;
    who.read_recorded(async move |tx| {
        let mut query = QueryBuilder::new("select ");
        query.push(COLUMNS).push(" from scheduling.opening o where o.practice_id = ").push_bind(tx.practice());
        query.push(" and o.status = ").push_bind(asked.status);
        if let Some(id) = asked.location_id {
            query.push(" and o.location_id = ").push_bind(id.uuid());
        }
        order.push("o.id", &mut query)?;
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let openings: Vec<Opening> = rows.into_iter().map(Opening::from).collect();
        let (openings, next_cursor) =
            order.cut(openings, |opening, _| (opening.start.to_string().into(), opening.id.uuid()))?;
        let filter: &[&str] = if asked.location_id.is_some() { &["status", "location"] } else { &["status"] };
        let items = items(tx, openings, filter).await?;
        Ok(Json(OpeningPage { items, next_cursor }))
    })
    .await
}

/// An opening with whom it was offered to and who else fits.
#[utoipa::path(get, path = "/api/v1/openings/{id}", tag = "scheduling",
    params(("id" = Uuid, Path, description = "The opening")), responses((status = 200, body = OpeningItem)))]
async fn read(who: Can<may::Read>, Path(id): Path<OpeningId>) -> Result<Json<OpeningItem>> {
    who.read_recorded(async move |tx| {
        let opening = find(tx, id).await?;
        items(tx, vec![opening], &[]).await?.pop().map(Json).ok_or_else(Error::not_found)
    })
    .await
}

/// With everybody who is on them; written to the ledger.
///
/// # Errors
/// 503 when the database is away.
pub async fn items(tx: &mut TenantTx, openings: Vec<Opening>, filter: &[&str]) -> Result<Vec<OpeningItem>> {
    let ids: Vec<OpeningId> = openings.iter().map(|opening| opening.id).collect();
    let offers = offers::of_openings(tx, &ids).await?;
    let open: Vec<Opening> = openings.iter().filter(|opening| opening.status == OpeningStatus::Open).cloned().collect();
    let mut matches: HashMap<OpeningId, Vec<Candidate>> = HashMap::new();
    if !open.is_empty() {
        let pool = Pool::around(tx, &open).await?;
        for opening in &open {
            let candidates = pool.candidates(opening)?;
            matches.insert(opening.id, candidates.into_iter().take(MOST_MATCHES).collect());
        }
    }
    let whose = openings.iter().map(|opening| opening.patient_id);
    let asked = offers.iter().map(|offer| offer.patient_id);
    let fitting = matches.values().flatten().map(|candidate| candidate.fit.patient);
    let patients: BTreeSet<PatientId> = whose.chain(asked).chain(fitting).collect();
    let patients: Vec<PatientId> = patients.into_iter().collect();
    let people = visitors(tx, &patients).await?;
    let on_it: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    tx.record_read(Look::list("opening", &on_it, filter).of_patients(&patients)).await?;
    let visitor = |id: PatientId| {
        people.get(&id).cloned().ok_or_else(|| Error::internal("an opening of a patient who is not there"))
    };
    let item = |opening: Opening| {
        let of_it = offers.iter().filter(|offer| offer.opening_id == opening.id).cloned();
        let offers = of_it.map(|offer| Ok(OfferItem { patient: visitor(offer.patient_id)?, offer }));
        let offers = offers.collect::<Result<_>>()?;
        let fits = matches.remove(&opening.id).unwrap_or_default().into_iter();
        let matches = fits.map(|of| OpeningMatch::of(of, &visitor)).collect::<Result<_>>()?;
        Ok(OpeningItem { patient: visitor(opening.patient_id)?, opening, offers, matches })
    };
    openings.into_iter().map(item).collect()
}

impl OpeningMatch {
    fn of(of: Candidate, visitor: &impl Fn(PatientId) -> Result<Visitor>) -> Result<Self> {
        Ok(Self {
            wish_id: of.fit.wish,
            patient: visitor(of.fit.patient)?,
            start: of.fit.span.start,
            end: of.fit.span.end,
            may_be_offered: can_be_written_to(&of),
            wish: of.wish,
        })
    }
}
