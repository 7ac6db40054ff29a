//! An insurance policy, as workflows see one.

use std::collections::HashMap;

use automation::block::{DateOf, DueQuery, Field, FindQuery, Kind, Subject, fields};
use automation::day::{DueDays, beginning};
use futures::future::BoxFuture;
use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::filter::{self, Filter};
use serde_json::{Value, json};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::birthday::zone;
use super::patient::{BELOW, known};
use crate::insurance::Eligibility;

const ELIGIBILITY: &[&str] = &["active", "inactive", "pending", "unknown"];

const OWN: [Field; 8] = [
    Field::new("id", Kind::Ref("policy"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
    Field::new("payer", Kind::Text, r#""Bupa Arabia""#),
    Field::new("plan", Kind::Text, r#""Gold""#),
    Field::new("rank", Kind::Number, "1"),
    Field::new("validFrom", Kind::Date, r#""2026-01-01""#),
    Field::new("validUntil", Kind::Date, r#""2026-12-31""#),
    Field::new("eligibility", Kind::Choice(ELIGIBILITY), r#""active""#),
    Field::new("verifiedAt", Kind::Instant, r#""2026-11-02T08:00:00Z""#),
];

static FIELDS: [Field; OWN.len() + BELOW.len()] = fields(&[&OWN, &BELOW]);

/// The policy. What is written on the card is for people only.
pub static POLICY: Subject = Subject {
    name: "policy",
    permission: "patients.read",
    fields: &FIELDS,
    load,
    dates: &[DateOf { field: "validUntil", due }],
    find: Some(find),
    filters: FILTERED,
    patient: Some("patient.id"),
};

fn load<'a>(tx: &'a mut TenantTx, ids: &'a [Uuid]) -> BoxFuture<'a, Result<HashMap<Uuid, Value>>> {
    Box::pin(async move {
        let practice = tx.practice();
        let rows = sqlx::query!(
            r#"select id, patient_id, payer, plan, rank, valid_from as "valid_from: jiff_sqlx::Date",
                      valid_to as "valid_to: jiff_sqlx::Date", eligibility as "eligibility: Eligibility",
                      verified_at as "verified_at: jiff_sqlx::Timestamp"
                 from patients.policy where practice_id = $1 and id = any($2) and deleted_at is null"#,
            practice,
            ids,
        )
        .fetch_all(tx.conn())
        .await?;
        let patients = known(tx, &rows.iter().map(|row| row.patient_id).collect::<Vec<_>>()).await?;
        let shown = rows.into_iter().filter_map(|row| {
            let policy = json!({
                "id": row.id,
                "payer": row.payer,
                "plan": row.plan,
                "rank": row.rank,
                "validFrom": row.valid_from.map(|date| date.to_jiff()),
                "validUntil": row.valid_to.map(|date| date.to_jiff()),
                "eligibility": row.eligibility,
                "verifiedAt": row.verified_at.map(|at| at.to_jiff().to_string()),
                "patient": patients.get(&row.patient_id)?.value,
            });
            Some((row.id, policy))
        });
        Ok(shown.collect())
    })
}

/// Which policies are in force for the last day: the instant is the first of that local day of the practice. A policy of
/// somebody who was deleted, or died, is nobody's concern any more.
fn due(tx: &mut TenantTx, asked: DueQuery) -> BoxFuture<'_, Result<Vec<(Timestamp, Uuid)>>> {
    Box::pin(async move {
        let (practice, zone) = (tx.practice(), zone(tx).await?);
        let Some(days) = DueDays::of(&asked, &zone)? else { return Ok(Vec::new()) };
        let rows = sqlx::query!(
            r#"select i.id, i.valid_to as "valid_to!: jiff_sqlx::Date"
                 from patients.policy i join patients.patient p on p.practice_id = i.practice_id and p.id = i.patient_id
                where i.practice_id = $1 and i.deleted_at is null and p.deleted_at is null and p.status <> 'deceased'
                  and i.valid_to >= $2 and i.valid_to <= $3
                  and ($4::date is null or (i.valid_to, i.id) > ($4, $5::uuid))
                order by i.valid_to, i.id limit $6"#,
            practice,
            jiff_sqlx::Date::from(days.first) as _,
            jiff_sqlx::Date::from(days.last) as _,
            days.after.map(|(day, _)| jiff_sqlx::Date::from(day)) as _,
            days.after.map(|(_, id)| id),
            asked.limit,
        )
        .fetch_all(tx.conn())
        .await?;
        rows.into_iter().map(|row| Ok((beginning(row.valid_to.to_jiff(), &zone)?, row.id))).collect()
    })
}

const FILTERED: &[filter::Field] = &[
    filter::Field { name: "patient", column: "i.patient_id", kind: filter::Kind::Id },
    filter::Field { name: "payer", column: "i.payer", kind: filter::Kind::Text },
    filter::Field { name: "plan", column: "i.plan", kind: filter::Kind::Text },
    filter::Field { name: "rank", column: "i.rank", kind: filter::Kind::Integer },
    filter::Field { name: "validFrom", column: "i.valid_from", kind: filter::Kind::Date },
    filter::Field { name: "validUntil", column: "i.valid_to", kind: filter::Kind::Date },
    filter::Field { name: "eligibility", column: "i.eligibility", kind: filter::Kind::Choice(ELIGIBILITY) },
    filter::Field { name: "verifiedAt", column: "i.verified_at", kind: filter::Kind::Instant },
];

/// Policies are a merged patient's no more: they went over to who was kept.
fn find(tx: &mut TenantTx, asked: FindQuery) -> BoxFuture<'_, Result<Vec<Uuid>>> {
    Box::pin(async move {
        let mut query = QueryBuilder::new(
            "select i.id from patients.policy i
               join patients.patient p on p.practice_id = i.practice_id and p.id = i.patient_id
              where i.deleted_at is null and p.deleted_at is null and i.practice_id = ",
        );
        query.push_bind(tx.practice());
        if let Some(filter) = Filter::read_if_any(&asked.filter)? {
            query.push(" and ");
            filter.push(FILTERED, &mut query)?;
        }
        if let Some(after) = asked.after {
            query.push(" and i.id > ").push_bind(after);
        }
        query.push(" order by i.id limit ").push_bind(asked.limit);
        Ok(query.build_query_scalar().fetch_all(tx.conn()).await?)
    })
}
