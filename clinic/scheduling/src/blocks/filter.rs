//! Filters of what workflows find: the grammar of lists, in which a patient is everybody who was merged into them.

use std::collections::HashMap;

use automation::block::FindQuery;
use platform::Result;
use platform::db::TenantTx;
use platform::filter::{Comparison, Field, Filter, Op};
use platform::id::PatientId;
use serde_json::Value;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

/// The field that names a patient.
const PATIENT: &str = "patient";

/// Finds a page of records by id: `query` selects them and has a `where`, `id` is their id's column.
///
/// # Errors
/// 422 at `/filter`.
pub async fn find(
    tx: &mut TenantTx,
    mut query: QueryBuilder<Postgres>,
    (id, fields): (&str, &[Field<'_>]),
    asked: &FindQuery,
) -> Result<Vec<Uuid>> {
    if let Some(filter) = Filter::read_if_any(&asked.filter)? {
        let mut named = Vec::new();
        patients_in(&filter, &mut named);
        let mut all = HashMap::new();
        for patient in named {
            all.insert(patient, patients::merged_into(tx, PatientId(patient)).await?);
        }
        query.push(" and ");
        with_merged(filter, &all).push(fields, &mut query)?;
    }
    if let Some(after) = asked.after {
        query.push(format_args!(" and {id} > ")).push_bind(after);
    }
    query.push(format_args!(" order by {id} limit ")).push_bind(asked.limit);
    Ok(query.build_query_scalar().fetch_all(tx.conn()).await?)
}

fn ids(value: &Value) -> Vec<Uuid> {
    let one = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
    match value {
        Value::Array(values) => values.iter().filter_map(one).collect(),
        value => one(value).into_iter().collect(),
    }
}

fn patients_in(filter: &Filter, named: &mut Vec<Uuid>) {
    match filter {
        Filter::All { all: parts } | Filter::Any { any: parts } => {
            parts.iter().for_each(|part| patients_in(part, named));
        }
        Filter::Not { not } => patients_in(not, named),
        Filter::Is(comparison) if comparison.field == PATIENT => named.extend(ids(&comparison.value)),
        Filter::Is(_) => {}
    }
}

/// What is compared with a patient is compared with each of those. What is no id stays, and is refused as it stands.
fn with_merged(filter: Filter, all: &HashMap<Uuid, Vec<Uuid>>) -> Filter {
    let each = |parts: Vec<Filter>| parts.into_iter().map(|part| with_merged(part, all)).collect();
    match filter {
        Filter::All { all: parts } => Filter::All { all: each(parts) },
        Filter::Any { any: parts } => Filter::Any { any: each(parts) },
        Filter::Not { not } => Filter::Not { not: Box::new(with_merged(*not, all)) },
        Filter::Is(comparison) if comparison.field == PATIENT => {
            let wanted = ids(&comparison.value);
            let is_all = comparison.value.as_array().map_or(1, Vec::len) == wanted.len();
            let values: Value =
                wanted.iter().flat_map(|id| all.get(id).into_iter().flatten()).map(Uuid::to_string).collect();
            let among = |value| Filter::Is(Comparison { field: comparison.field.clone(), op: Op::In, value });
            match comparison.op {
                Op::Eq | Op::In if is_all => among(values),
                Op::Ne if is_all => Filter::Not { not: Box::new(among(values)) },
                _ => Filter::Is(comparison),
            }
        }
        Filter::Is(comparison) => Filter::Is(comparison),
    }
}
