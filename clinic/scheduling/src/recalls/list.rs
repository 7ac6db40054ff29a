//! Who should come again: those who are overdue first.

use std::collections::BTreeSet;

use garde::Validate;
use jiff::civil::Date;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Path, Query};
use platform::filter::Kind;
use platform::guard::Can;
use platform::id::PatientId;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::recalls as may;
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use practice::ServiceId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::row::{self, Row};
use super::{Recall, RecallAttempt, RecallId};
use crate::calendar::{Visitor, visitors};

/// The routes of looking at recalls.
pub fn routes() -> Routes {
    Routes::new().route(route!(list)).route(route!(read))
}

/// Those that are listed together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RecallState {
    /// Who is still to be asked: due or contacted.
    #[default]
    Open,
    /// Who has not been contacted.
    Due,
    /// Who has, without an appointment so far.
    Contacted,
    /// Who has an appointment.
    Booked,
    /// Who came.
    Done,
    /// Who is not asked any more.
    Dismissed,
}

impl RecallState {
    fn condition(self) -> &'static str {
        match self {
            Self::Open => " and r.status in ('due', 'contacted')",
            Self::Due => " and r.status = 'due'",
            Self::Contacted => " and r.status = 'contacted'",
            Self::Booked => " and r.status = 'booked'",
            Self::Done => " and r.status = 'done'",
            Self::Dismissed => " and r.status = 'dismissed'",
        }
    }
}

/// Which recalls.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListRecalls {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// `nextOn`, those who have been due longest first, or `-nextOn`.
    #[garde(inner(length(max = 40)))]
    sort: Option<String>,
    /// Only those that stand there; who is still to be asked, when nothing is said.
    #[garde(skip)]
    #[serde(default)]
    #[param(inline)]
    state: RecallState,
    /// Only those to be looked at from this local day on; left out, those that are overdue as well.
    #[garde(skip)]
    from: Option<Date>,
    /// Only those to be looked at until this local day.
    #[garde(skip)]
    to: Option<Date>,
    /// Only for this service.
    #[garde(skip)]
    service_id: Option<ServiceId>,
    /// Only of this patient.
    #[garde(skip)]
    patient_id: Option<PatientId>,
}

/// A recall with who should come.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecallItem {
    #[serde(flatten)]
    recall: Recall,
    /// Who should come.
    patient: Visitor,
    /// Whether they can be written to by e-mail.
    may_be_written_to: bool,
}

/// A recall with everything that was tried.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WholeRecall {
    #[serde(flatten)]
    item: RecallItem,
    /// What was tried, the latest first.
    tried: Vec<RecallAttempt>,
}

/// A page of recalls.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RecallPage {
    items: Vec<RecallItem>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

undisclosed!(RecallItem, WholeRecall, RecallPage);

const SORTS: &[Sort] = &[Sort { name: "nextOn", column: "r.next_on", kind: Kind::Date }];

/// Who should come again. Who is on the page is written to the ledger.
#[utoipa::path(get, path = "/api/v1/recalls", tag = "scheduling", params(ListRecalls), responses((status = 200, body = RecallPage)))]
async fn list(who: Can<may::Read>, Query(asked): Query<ListRecalls>) -> Result<Json<RecallPage>> {
    let order = Order::parse(SORTS, asked.sort.as_deref(), asked.cursor.as_deref(), asked.limit)?;
    who.read_recorded(async move |tx| {
        let mut query = row::select(tx);
        query.push(asked.state.condition());
        if let Some(from) = asked.from {
            query.push(" and r.next_on >= ").push_bind(jiff_sqlx::Date::from(from));
        }
        if let Some(to) = asked.to {
            query.push(" and r.next_on <= ").push_bind(jiff_sqlx::Date::from(to));
        }
        if let Some(id) = asked.service_id {
            query.push(" and r.service_id = ").push_bind(id.uuid());
        }
        if let Some(id) = asked.patient_id {
            let all = patients::merged_into(tx, id).await?;
            query.push(" and r.patient_id = any(").push_bind(all).push(")");
        }
        order.push("r.id", &mut query)?;
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let recalls: Vec<Recall> = rows.into_iter().map(Recall::from).collect();
        let (recalls, next_cursor) =
            order.cut(recalls, |recall, _| (recall.next_on.to_string().into(), recall.id.uuid()))?;
        let items = items(tx, recalls, &asked.filtered_by()).await?;
        Ok(Json(RecallPage { items, next_cursor }))
    })
    .await
}

/// A recall with everything that was tried.
#[utoipa::path(get, path = "/api/v1/recalls/{id}", tag = "scheduling",
    params(("id" = Uuid, Path, description = "The recall")), responses((status = 200, body = WholeRecall)))]
async fn read(who: Can<may::Read>, Path(id): Path<RecallId>) -> Result<Json<WholeRecall>> {
    who.read_recorded(async move |tx| {
        let recall = row::find(tx, id).await?;
        whole(tx, recall).await.map(Json)
    })
    .await
}

impl ListRecalls {
    /// By which fields, for the ledger.
    fn filtered_by(&self) -> Vec<&'static str> {
        let fields = [
            ("from", self.from.is_some()),
            ("to", self.to.is_some()),
            ("service", self.service_id.is_some()),
            ("patient", self.patient_id.is_some()),
        ];
        ["state"].into_iter().chain(fields.into_iter().filter(|(_, asked)| *asked).map(|(name, _)| name)).collect()
    }
}

/// A recall with everything around it; written to the ledger.
///
/// # Errors
/// 503 when the database is away.
pub async fn whole(tx: &mut TenantTx, recall: Recall) -> Result<WholeRecall> {
    let tried = row::attempts(tx, recall.id).await?;
    let item = items(tx, vec![recall], &[]).await?.pop().ok_or_else(Error::not_found)?;
    Ok(WholeRecall { item, tried })
}

async fn items(tx: &mut TenantTx, recalls: Vec<Recall>, filter: &[&str]) -> Result<Vec<RecallItem>> {
    let patients: BTreeSet<PatientId> = recalls.iter().map(|recall| recall.patient_id).collect();
    let patients: Vec<PatientId> = patients.into_iter().collect();
    let people = visitors(tx, &patients).await?;
    let ids: Vec<Uuid> = patients.iter().map(|id| id.uuid()).collect();
    let reach = patients::reach_all(tx, &ids).await?;
    let on_it: Vec<Uuid> = recalls.iter().map(|recall| recall.id.uuid()).collect();
    tx.record_read(Look::list("recall", &on_it, filter).of_patients(&patients)).await?;
    let item = |recall: Recall| {
        let patient = people.get(&recall.patient_id).cloned();
        let patient = patient.ok_or_else(|| Error::internal("a recall of a patient who is not there"))?;
        let may_be_written_to = reach.get(&recall.patient_id).is_some_and(|reach| reach.writable().is_some());
        Ok(RecallItem { recall, patient, may_be_written_to })
    };
    recalls.into_iter().map(item).collect()
}
