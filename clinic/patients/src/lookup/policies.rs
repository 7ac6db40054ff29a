//! Policies as other systems ask for them.

use std::ops::Range;

use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::filter::Kind;
use platform::page::{Order, Sort};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::push_ranges;
use crate::insurance::{self, Policy, PolicyId};

/// Which policies. All of it must hold; of each inner list, one is enough.
#[derive(Clone, Debug, Default)]
pub struct PolicyCriteria {
    /// Ids.
    pub ids: Vec<Vec<Uuid>>,
    /// Whose, by the ids of patients.
    pub patients: Vec<Vec<Uuid>>,
    /// Instants between which a policy was changed last, the last one excluded.
    pub changed: Vec<Vec<Range<Timestamp>>>,
}

const CHANGED: &[Sort] = &[Sort { name: "updatedAt", column: "i.updated_at", kind: Kind::Instant }];

/// A page of those that fit, of patients who are not deleted, the one whose change is the longest ago first, and the
/// cursor of the next page.
///
/// # Errors
/// 422 at `?cursor` for one that is none.
pub async fn policies(
    tx: &mut TenantTx,
    wanted: &PolicyCriteria,
    cursor: Option<&str>,
    limit: u32,
) -> Result<(Vec<Policy>, Option<String>)> {
    let order = Order::parse(CHANGED, None, cursor, limit)?;
    let mut query = QueryBuilder::new(
        "select i.id, i.updated_at from patients.policy i
           join patients.patient p on p.practice_id = i.practice_id and p.id = i.patient_id and p.deleted_at is null
          where i.practice_id = ",
    );
    query.push_bind(tx.practice()).push(" and i.deleted_at is null");
    for (column, lists) in [("i.id", &wanted.ids), ("i.patient_id", &wanted.patients)] {
        for ids in lists {
            query.push(format_args!(" and {column} = any(")).push_bind(ids.clone()).push(")");
        }
    }
    for ranges in &wanted.changed {
        push_ranges("i.updated_at", ranges, |at| jiff_sqlx::Timestamp::from(*at), &mut query);
    }
    order.push("i.id", &mut query)?;
    let rows: Vec<(Uuid, jiff_sqlx::Timestamp)> = query.build_query_as().fetch_all(tx.conn()).await?;
    let (rows, next) = order.cut(rows, |(id, at), _| (at.to_jiff().to_string().into(), *id))?;
    let ids: Vec<Uuid> = rows.iter().map(|(id, _)| *id).collect();
    let mut policies = insurance::find_all(tx, &ids).await?;
    policies.sort_by_key(|policy| (policy.updated_at, policy.id));
    Ok((policies, next))
}

/// The policy, deleted or not.
///
/// # Errors
/// 404.
pub async fn policy(tx: &mut TenantTx, id: PolicyId) -> Result<Policy> {
    insurance::find_all(tx, &[id.uuid()]).await?.pop().ok_or_else(platform::Error::not_found)
}
