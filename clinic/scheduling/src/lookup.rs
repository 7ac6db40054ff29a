//! Appointments as other systems ask for them: in the order of the latest changes, so that nothing is missed that
//! changes while the pages are read.

use std::ops::Range;

use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::filter::Kind;
use platform::id::PatientId;
use platform::page::{Order, Sort};
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::appointment::row::{COLUMNS, Row, open_all};
use crate::appointment::{Appointment, Status};

/// Which appointments. All of it must hold; of each inner list, one is enough.
#[derive(Clone, Debug, Default)]
pub struct AppointmentCriteria {
    /// Ids.
    pub ids: Vec<Vec<Uuid>>,
    /// Whose, by the ids of patients.
    pub patients: Vec<Vec<Uuid>>,
    /// Patients or providers, by their ids.
    pub actors: Vec<Vec<Uuid>>,
    /// With whom, by the ids of providers.
    pub providers: Vec<Vec<Uuid>>,
    /// How far they have come.
    pub statuses: Vec<Vec<Status>>,
    /// Instants between which they begin, the last one excluded.
    pub begins: Vec<Vec<Range<Timestamp>>>,
    /// Instants between which they were changed last, the last one excluded.
    pub changed: Vec<Vec<Range<Timestamp>>>,
}

const CHANGED: &[Sort] = &[Sort { name: "updatedAt", column: "a.updated_at", kind: Kind::Instant }];

/// A page of those that fit, the one whose change is the longest ago first, and the cursor of the next page.
///
/// # Errors
/// 422 at `?cursor` for one that is none.
pub async fn appointments(
    tx: &mut TenantTx,
    wanted: &AppointmentCriteria,
    cursor: Option<&str>,
    limit: u32,
) -> Result<(Vec<Appointment>, Option<String>)> {
    let order = Order::parse(CHANGED, None, cursor, limit)?;
    let mut query = QueryBuilder::new("select ");
    query.push(COLUMNS).push(" from scheduling.appointment a where a.practice_id = ").push_bind(tx.practice());
    let (of, actors) = (with_merged(tx, &wanted.patients).await?, with_merged(tx, &wanted.actors).await?);
    for (column, lists) in [("a.id", &wanted.ids), ("a.patient_id", &of)] {
        for ids in lists {
            query.push(format_args!(" and {column} = any(")).push_bind(ids.clone()).push(")");
        }
    }
    for (kinds, lists) in [("b.kind = 'provider'", &wanted.providers), ("b.kind <> 'room'", &actors)] {
        for ids in lists {
            query.push(format_args!(
                " and exists (select from scheduling.booked b where b.practice_id = a.practice_id and b.holder_id = a.id
                     and {kinds} and b.resource_id = any("
            ));
            query.push_bind(ids.clone()).push("))");
        }
    }
    for statuses in &wanted.statuses {
        query.push(" and a.status = any(").push_bind(statuses.clone()).push("::text[])");
    }
    for (column, lists) in [("a.starts_at", &wanted.begins), ("a.updated_at", &wanted.changed)] {
        for ranges in lists {
            push_ranges(column, ranges, &mut query);
        }
    }
    order.push("a.id", &mut query)?;
    let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
    let (rows, next) = order.cut(rows, |row, _| (row.updated().to_string().into(), row.id()))?;
    Ok((open_all(tx, rows).await?, next))
}

/// Whoever was merged into a patient is that patient.
async fn with_merged(tx: &mut TenantTx, lists: &[Vec<Uuid>]) -> Result<Vec<Vec<Uuid>>> {
    let mut all = Vec::with_capacity(lists.len());
    for ids in lists {
        let mut list = Vec::with_capacity(ids.len());
        for id in ids {
            list.extend(patients::merged_into(tx, PatientId(*id)).await?);
        }
        all.push(list);
    }
    Ok(all)
}

fn push_ranges(column: &str, ranges: &[Range<Timestamp>], query: &mut QueryBuilder<Postgres>) {
    let at = jiff_sqlx::Timestamp::from;
    query.push(" and (false");
    for range in ranges {
        query.push(format_args!(" or {column} >= ")).push_bind(at(range.start));
        query.push(format_args!(" and {column} < ")).push_bind(at(range.end));
    }
    query.push(")");
}
