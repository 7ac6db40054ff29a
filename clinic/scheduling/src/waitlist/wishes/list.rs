//! Who waits, and for what.

use std::collections::BTreeSet;

use garde::Validate;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Query;
use platform::filter::Kind;
use platform::guard::Can;
use platform::id::PatientId;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::waitlist as may;
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use practice::{LocationId, ServiceId};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::row::{COLUMNS, Row};
use super::{Wish, WishStatus};
use crate::calendar::{Visitor, visitors};

/// The route of the list.
pub fn routes() -> Routes {
    Routes::new().route(route!(list))
}

/// Which wishes.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListWishes {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// `createdAt`, those who have waited longest first, or `-createdAt`.
    #[garde(inner(length(max = 40)))]
    sort: Option<String>,
    /// Only those that stand there; those who wait, when nothing is said.
    #[garde(skip)]
    #[serde(default)]
    #[param(inline)]
    status: WishStatus,
    /// Only for this service.
    #[garde(skip)]
    service_id: Option<ServiceId>,
    /// Only at this location.
    #[garde(skip)]
    location_id: Option<LocationId>,
    /// Only of this patient.
    #[garde(skip)]
    patient_id: Option<PatientId>,
}

/// A wish with who waits.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WishItem {
    #[serde(flatten)]
    wish: Wish,
    /// Who waits.
    patient: Visitor,
}

/// A page of wishes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WishPage {
    items: Vec<WishItem>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

undisclosed!(WishItem, WishPage);

const SORTS: &[Sort] = &[Sort { name: "createdAt", column: "w.created_at", kind: Kind::Instant }];

/// Who waits for what. Who is on the page is written to the ledger.
#[utoipa::path(get, path = "/api/v1/wishes", tag = "scheduling", params(ListWishes), responses((status = 200, body = WishPage)))]
async fn list(who: Can<may::Read>, Query(asked): Query<ListWishes>) -> Result<Json<WishPage>> {
    let order = Order::parse(SORTS, asked.sort.as_deref(), asked.cursor.as_deref(), asked.limit)?;
    who.read_recorded(async move |tx| {
        let mut query = QueryBuilder::new("select ");
        query.push(COLUMNS).push(" from scheduling.wish w where w.practice_id = ").push_bind(tx.practice());
        query.push(" and w.status = ").push_bind(asked.status);
        if let Some(id) = asked.patient_id {
            let all = patients::merged_into(tx, id).await?;
            query.push(" and w.patient_id = any(").push_bind(all).push(")");
        }
        for (column, id) in [
            ("w.service_id", asked.service_id.map(ServiceId::uuid)),
            ("w.location_id", asked.location_id.map(LocationId::uuid)),
        ] {
            if let Some(id) = id {
                query.push(format_args!(" and {column} = ")).push_bind(id);
            }
        }
        order.push("w.id", &mut query)?;
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let (rows, next_cursor) = order.cut(rows, |row, _| (row.created().to_string().into(), row.id()))?;
        let items = with_patients(tx, rows, &asked.filtered_by()).await?;
        Ok(Json(WishPage { items, next_cursor }))
    })
    .await
}

impl ListWishes {
    /// By which fields, for the ledger.
    fn filtered_by(&self) -> Vec<&'static str> {
        let fields = [
            ("service", self.service_id.is_some()),
            ("location", self.location_id.is_some()),
            ("patient", self.patient_id.is_some()),
        ];
        ["status"].into_iter().chain(fields.into_iter().filter(|(_, asked)| *asked).map(|(name, _)| name)).collect()
    }
}

async fn with_patients(tx: &mut TenantTx, rows: Vec<Row>, filter: &[&str]) -> Result<Vec<WishItem>> {
    let mut wishes = Vec::with_capacity(rows.len());
    for row in rows {
        wishes.push(row.open(tx).await?);
    }
    let patients: BTreeSet<PatientId> = wishes.iter().map(|wish| wish.fields.patient_id).collect();
    let patients: Vec<PatientId> = patients.into_iter().collect();
    let people = visitors(tx, &patients).await?;
    let on_it: Vec<Uuid> = wishes.iter().map(|wish| wish.id.uuid()).collect();
    tx.record_read(Look::list("wish", &on_it, filter).of_patients(&patients)).await?;
    let item = |wish: Wish| {
        let patient = people.get(&wish.fields.patient_id).cloned();
        let patient = patient.ok_or_else(|| Error::internal("a wish of a patient who is not there"))?;
        Ok(WishItem { wish, patient })
    };
    wishes.into_iter().map(item).collect()
}
