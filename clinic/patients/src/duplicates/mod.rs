//! Patients who were entered twice: a list of pairs to look at, and what becomes of them.

mod combine;
pub mod merge;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use axum::http::StatusCode;
use garde::Validate;
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Body, Query};
use platform::filter::Kind;
use platform::guard::Can;
use platform::id::PatientId;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::patients as may;
use platform::record::{Change, Look};
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, QueryBuilder};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::likeness::{self, Likeness, Rule};
use crate::list::{self, PatientItem};
use crate::record::Patient;

/// The routes of duplicates.
pub fn routes() -> Routes {
    merge::routes().route(route!(list)).route(route!(dismiss)).route(route!(reopen))
}

/// Which part of the list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListDuplicates {
    /// Pairs of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
}

/// A page of pairs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DuplicatePage {
    items: Vec<Duplicate>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Two patients who are likely one.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Duplicate {
    /// Who was entered first.
    one: PatientItem,
    other: PatientItem,
    /// Why they are likely one.
    rule: Rule,
    /// Since when they are alike.
    found_at: Timestamp,
}

/// Two patients, in any order.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Pair {
    #[garde(skip)]
    one: PatientId,
    #[garde(skip)]
    other: PatientId,
}

undisclosed!(Duplicate);

#[derive(FromRow)]
struct Row {
    id: Uuid,
    one_id: Uuid,
    other_id: Uuid,
    rule: Rule,
    found_at: jiff_sqlx::Timestamp,
}

const NEWEST: &[Sort] = &[Sort { name: "foundAt", column: "d.found_at", kind: Kind::Instant }];

/// Pairs of patients who are likely one, those found last first. Who was told apart is not among them.
#[utoipa::path(get, path = "/api/v1/duplicates", tag = "patients", params(ListDuplicates),
    responses((status = 200, body = DuplicatePage)))]
async fn list(who: Can<may::Delete>, Query(asked): Query<ListDuplicates>) -> Result<Json<DuplicatePage>> {
    let order = Order::parse(NEWEST, Some("-foundAt"), asked.cursor.as_deref(), asked.limit)?;
    who.read_recorded(async move |tx| {
        let mut query = QueryBuilder::new(
            "select d.id, d.one_id, d.other_id, d.rule, d.found_at
               from patients.duplicate d
               join patients.patient a on a.practice_id = d.practice_id and a.id = d.one_id and a.deleted_at is null
               join patients.patient b on b.practice_id = d.practice_id and b.id = d.other_id and b.deleted_at is null
              where d.dismissed_at is null and d.practice_id = ",
        );
        query.push_bind(tx.practice());
        order.push("d.id", &mut query)?;
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let (rows, next_cursor) = order.cut(rows, |row, _| (row.found_at.to_jiff().to_string().into(), row.id))?;
        let items = with_patients(tx, rows).await?;
        let seen: Vec<PatientId> = items.iter().flat_map(|pair| [pair.one.id, pair.other.id]).collect();
        tx.record_read(Look::list("patient", &[], &["duplicates"]).of_patients(&seen)).await?;
        Ok(Json(DuplicatePage { items, next_cursor }))
    })
    .await
}

async fn with_patients(tx: &mut TenantTx, rows: Vec<Row>) -> Result<Vec<Duplicate>> {
    let ids: Vec<Uuid> = rows.iter().flat_map(|row| [row.one_id, row.other_id]).collect();
    let patients: HashMap<Uuid, PatientItem> =
        list::items(tx, &ids).await?.into_iter().map(|item| (item.id.uuid(), item)).collect();
    let pair = |row: Row| {
        let (one, other) = (patients.get(&row.one_id)?.clone(), patients.get(&row.other_id)?.clone());
        Some(Duplicate { one, other, rule: row.rule, found_at: row.found_at.to_jiff() })
    };
    Ok(rows.into_iter().filter_map(pair).collect())
}

/// Say that two patients are two. They are not shown as a pair again, whatever becomes of them.
#[utoipa::path(post, path = "/api/v1/duplicates/dismiss", tag = "patients", request_body = Pair,
    responses((status = 204)))]
async fn dismiss(who: Can<may::Delete>, Body(pair): Body<Pair>) -> Result<StatusCode> {
    who.write(async move |tx| set_dismissed(tx, &pair, true).await).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take that back.
#[utoipa::path(post, path = "/api/v1/duplicates/reopen", tag = "patients", request_body = Pair,
    responses((status = 204)))]
async fn reopen(who: Can<may::Delete>, Body(pair): Body<Pair>) -> Result<StatusCode> {
    who.write(async move |tx| set_dismissed(tx, &pair, false).await).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn set_dismissed(tx: &mut TenantTx, pair: &Pair, dismissed: bool) -> Result<()> {
    let (practice, now) = (tx.practice(), tx.now());
    let [one, other] = ordered(pair.one.uuid(), pair.other.uuid());
    let by = tx.caller().actor.id().filter(|_| dismissed);
    sqlx::query!(
        "update patients.duplicate set dismissed_at = $4, dismissed_by = $5
          where practice_id = $1 and one_id = $2 and other_id = $3 returning 1 as found",
        practice,
        one,
        other,
        dismissed.then(|| jiff_sqlx::Timestamp::from(now)) as _,
        by,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    let action = if dismissed { "dismiss" } else { "reopen" };
    tx.record(Change::done(action, "duplicate", one).for_patient(PatientId(other))).await
}

/// Finds anew whom these patients are like, now that they are entered or changed. Who was told apart stays apart.
///
/// # Errors
/// 503 when the database is away.
pub async fn refresh(tx: &mut TenantTx, patients: &[Patient]) -> Result<()> {
    let present: Vec<&Patient> = patients.iter().filter(|patient| patient.deleted_at.is_none()).collect();
    let mut wanted = Vec::with_capacity(present.len());
    for patient in &present {
        wanted.push(Likeness::of(tx, &patient.fields).await?);
    }
    let mut pairs: BTreeMap<[Uuid; 2], Rule> = BTreeMap::new();
    for like in likeness::find(tx, &wanted).await? {
        let id = present[like.at].id.uuid();
        if id != like.patient {
            pairs.entry(ordered(id, like.patient)).or_insert(like.rule);
        }
    }
    let practice = tx.practice();
    let ids: Vec<Uuid> = patients.iter().map(|patient| patient.id.uuid()).collect();
    let (ones, others): (Vec<Uuid>, Vec<Uuid>) = pairs.keys().map(|[one, other]| (*one, *other)).unzip();
    let new: Vec<Uuid> = pairs.iter().map(|_| Uuid::now_v7()).collect();
    let rules: Vec<&str> = pairs.values().map(|rule| rule.word()).collect();
    sqlx::query!(
        "delete from patients.duplicate d
          where d.practice_id = $1 and d.dismissed_at is null and (d.one_id = any($2) or d.other_id = any($2))
            and not exists (select from unnest($3::uuid[], $4::uuid[]) n (one, other)
                             where n.one = d.one_id and n.other = d.other_id)",
        practice,
        &ids,
        &ones,
        &others,
    )
    .execute(tx.conn())
    .await?;
    if pairs.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into patients.duplicate (practice_id, id, one_id, other_id, rule, found_at)
         select $1, n.id, n.one, n.other, n.rule, $6
           from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) n (id, one, other, rule)
             on conflict (practice_id, one_id, other_id) do update set rule = excluded.rule
          where patients.duplicate.rule <> excluded.rule",
        practice,
        &new,
        &ones,
        &others,
        &rules as _,
        jiff_sqlx::Timestamp::from(tx.now()) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

fn ordered(one: Uuid, other: Uuid) -> [Uuid; 2] {
    if one < other { [one, other] } else { [other, one] }
}
