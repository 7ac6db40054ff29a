//! Two patients become one, and two again: nothing of either is lost.

use std::collections::HashMap;

use garde::Validate;
use jiff::Timestamp;
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::id::PatientId;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::patients as may;
use platform::record::{Change, Look};
use platform::routes::{Json, Routes};
use platform::shared::AtVersion;
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::combine;
use crate::insurance::{self, Moved};
use crate::record::{self, Patient, PatientFields, Rules};
use crate::{custom, family};

platform::id!(
    /// A merge of two patients.
    MergeId
);

/// The routes of merging.
pub fn routes() -> Routes {
    Routes::new().route(route!(merge)).route(route!(merges)).route(route!(undo))
}

/// Who is merged into a patient.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewMerge {
    /// The version of the one who is kept.
    #[garde(skip)]
    version: i32,
    /// The other one: its history and policies go over, and it is deleted.
    #[garde(skip)]
    other: PatientId,
    /// The version of the other one.
    #[garde(skip)]
    other_version: i32,
    /// Names of the fields whose value is the other one's. Else the kept one's counts, and what it lacks is filled in.
    #[garde(length(max = 40))]
    #[serde(default)]
    take: Vec<String>,
}

/// Two patients who were put together.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Merge {
    id: MergeId,
    /// Who was kept.
    kept_id: PatientId,
    /// Who was merged into that one.
    merged_id: PatientId,
    /// The practice's number for the one who was merged.
    merged_number: i64,
    merged_at: Timestamp,
    /// Since when they are two again.
    #[schema(required)]
    undone_at: Option<Timestamp>,
    version: i32,
}

/// The merges of a patient.
#[derive(Debug, Serialize, ToSchema)]
struct Merges {
    items: Vec<Merge>,
}

/// What is needed to take a merge apart.
#[derive(Serialize, Deserialize)]
struct Before {
    before: PatientFields,
    after: PatientFields,
    policies: Vec<Moved>,
}

undisclosed!(Before);

fn place(id: MergeId) -> Place<'static> {
    Place { table: "patients.merge", column: "before", row: id.uuid() }
}

/// Put two patients together: one is kept, with the numbers, policies and history of both; the other one is deleted.
#[utoipa::path(post, path = "/api/v1/patients/{id}/merge", tag = "patients", request_body = NewMerge,
    params(("id" = Uuid, Path, description = "The patient who is kept"),
           ("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Merge)))]
async fn merge(
    who: Can<may::Delete>,
    Path(id): Path<PatientId>,
    key: IdempotencyKey,
    Body(new): Body<NewMerge>,
) -> Result<Once> {
    let request = key.of("patient.merge", &(id, &new))?;
    who.create_once(request, async move |tx| put_together(tx, id, &new).await).await
}

/// Who was merged into a patient and is still part of it, the last one first.
#[utoipa::path(get, path = "/api/v1/patients/{id}/merges", tag = "patients",
    params(("id" = Uuid, Path, description = "The patient who was kept")), responses((status = 200, body = Merges)))]
async fn merges(who: Can<may::Read>, Path(id): Path<PatientId>) -> Result<Json<Merges>> {
    who.read_recorded(async move |tx| {
        record::must_be(tx, id).await?;
        let items = select(tx, None, Some(id)).await?;
        tx.record_read(Look::at("merge", id.uuid()).of_patient(Some(id))).await?;
        Ok(Json(Merges { items }))
    })
    .await
}

/// Take a merge apart: both are as they were, with what people have changed since.
#[utoipa::path(post, path = "/api/v1/merges/{id}/undo", tag = "patients", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The merge")), responses((status = 200, body = Merge)))]
async fn undo(who: Can<may::Delete>, Path(id): Path<MergeId>, Body(at): Body<AtVersion>) -> Result<Json<Merge>> {
    who.write(async move |tx| take_apart(tx, id, at.version).await).await.map(Json)
}

async fn put_together(tx: &mut TenantTx, id: PatientId, new: &NewMerge) -> Result<Merge> {
    if id == new.other {
        return Err(Error::invalid(Vec::new()).at("/other", "invalid", "Choose another patient."));
    }
    let (kept, other) = both(tx, id, new.other).await?;
    check_version(new.version, kept.version, &kept)?;
    check_version(new.other_version, other.version, &other)?;
    if kept.deleted_at.is_some() || other.deleted_at.is_some() {
        return Err(Error::conflict("patient.deleted", "One of the two is deleted; restore it first."));
    }
    let rules = Rules::of(tx).await?;
    let fields = combine::combined(&kept.fields, &other.fields, &new.take)?;
    let fields = fields.tidied(&rules, Some(&kept.fields), tx.now())?;
    let (now, merge_id) = (tx.now(), MergeId::new());
    let after = Patient { fields, version: kept.version + 1, updated_at: now, ..kept.clone() };
    let gone = Patient {
        deleted_at: Some(now),
        merged_into: Some(id),
        version: other.version + 1,
        updated_at: now,
        ..other.clone()
    };
    let policies = insurance::take_over(tx, other.id, id).await?;
    let before = Before { before: kept.fields.clone(), after: after.fields.clone(), policies };
    insert(tx, merge_id, id, other.id, &before).await?;
    let told = |of: PatientId| json!({ "merge": merge_id, "with": of });
    record::change_all(tx, &rules.custom, &[(other.clone(), gone)], "patient.merged_away", told(id)).await?;
    record::change_all(tx, &rules.custom, &[(kept, after)], "patient.merged", told(other.id)).await?;
    family::save_terms(tx, id).await?;
    find(tx, merge_id).await
}

async fn take_apart(tx: &mut TenantTx, id: MergeId, version: i32) -> Result<Merge> {
    let merge = find(tx, id).await?;
    let (kept, other) = both(tx, merge.kept_id, merge.merged_id).await?;
    // whoever else undoes it has waited for the patients
    let merge = find(tx, id).await?;
    check_version(version, merge.version, &merge)?;
    if merge.undone_at.is_some() {
        return Ok(merge);
    }
    if kept.deleted_at.is_some() {
        return Err(Error::conflict("patient.deleted", "The patient who was kept is deleted; restore it first."));
    }
    let (practice, now) = (tx.practice(), tx.now());
    let sealed = sqlx::query_scalar!(
        "update patients.merge set undone_at = $3, version = version + 1 where practice_id = $1 and id = $2 returning before",
        practice,
        id.uuid(),
        jiff_sqlx::Timestamp::from(now) as _,
    )
    .fetch_one(tx.conn())
    .await?;
    let was: Before = serde_json::from_slice(&tx.open(place(id), &sealed).await?).map_err(Error::internal)?;
    let fields = combine::taken_apart(&was.before, &was.after, &kept.fields)?;
    let one = Patient { fields, version: kept.version + 1, updated_at: now, ..kept.clone() };
    let two =
        Patient { deleted_at: None, merged_into: None, version: other.version + 1, updated_at: now, ..other.clone() };
    insurance::give_back(tx, &was.policies, merge.merged_id).await?;
    let told = json!({ "merge": id });
    let own = custom::all(tx).await?;
    record::change_all(tx, &own, &[(other, two), (kept, one)], "patient.unmerged", told).await?;
    family::save_terms(tx, merge.kept_id).await?;
    find(tx, id).await
}

/// Both patients, locked until the end of the transaction.
async fn both(tx: &mut TenantTx, one: PatientId, other: PatientId) -> Result<(Patient, Patient)> {
    let mut found = record::find_all(tx, &[one.uuid(), other.uuid()], true).await?;
    found.sort_by_key(|patient| patient.id != one);
    let [one, other] = <[Patient; 2]>::try_from(found).map_err(|_| Error::not_found())?;
    Ok((one, other))
}

async fn insert(tx: &mut TenantTx, id: MergeId, kept: PatientId, merged: PatientId, before: &Before) -> Result<()> {
    let sealed = tx.seal(place(id), &serde_json::to_vec(before).map_err(Error::internal)?).await?;
    let (practice, by, now) = (tx.practice(), tx.caller().actor.id(), tx.now());
    sqlx::query!(
        "insert into patients.merge (practice_id, id, kept_id, merged_id, before, merged_at, merged_by)
         values ($1, $2, $3, $4, $5, $6, $7)",
        practice,
        id.uuid(),
        kept.uuid(),
        merged.uuid(),
        sealed,
        jiff_sqlx::Timestamp::from(now) as _,
        by,
    )
    .execute(tx.conn())
    .await?;
    let merge = find(tx, id).await?;
    tx.record(Change::created("merge", id.uuid(), &merge).for_patient(kept)).await
}

async fn find(tx: &mut TenantTx, id: MergeId) -> Result<Merge> {
    select(tx, Some(id), None).await?.pop().ok_or_else(Error::not_found)
}

/// One merge, or all of a patient that hold. Nobody is entered more than a few times.
async fn select(tx: &mut TenantTx, id: Option<MergeId>, kept: Option<PatientId>) -> Result<Vec<Merge>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        "select m.id, m.kept_id, m.merged_id, p.number, m.merged_at, m.undone_at, m.version
           from patients.merge m join patients.patient p on p.practice_id = m.practice_id and p.id = m.merged_id
          where m.practice_id = $1 and (m.id = $2 or m.kept_id = $3 and m.undone_at is null)
          order by m.merged_at desc limit 100",
        practice,
        id.map(MergeId::uuid),
        kept.map(PatientId::uuid),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Merge {
            id: MergeId(row.id),
            kept_id: PatientId(row.kept_id),
            merged_id: PatientId(row.merged_id),
            merged_number: row.number,
            merged_at: row.merged_at.to_jiff(),
            undone_at: row.undone_at.map(|at| at.to_jiff()),
            version: row.version,
        })
        .collect())
}

/// The patient, and everybody who was merged into it: their histories are one.
///
/// # Errors
/// 503 when the database is away.
pub async fn all_of(tx: &mut TenantTx, patient: PatientId) -> Result<Vec<Uuid>> {
    let practice = tx.practice();
    let ids = sqlx::query_scalar!(
        r#"with recursive part (id) as (
               select $2::uuid
               union
               select p.id from patients.patient p join part on p.practice_id = $1 and p.merged_into = part.id)
           select id as "id!" from part"#,
        practice,
        patient.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids)
}

/// As whom these patients are kept, with everybody who was merged into those: of triples of a patient, who they are kept as,
/// and such a part, each of them among them.
///
/// # Errors
/// 503 when the database is away.
pub async fn whole(tx: &mut TenantTx, patients: &[Uuid]) -> Result<Vec<(Uuid, Uuid, Uuid)>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"with recursive way (of, at, next) as (
               select p.id, p.id, p.merged_into from patients.patient p where p.practice_id = $1 and p.id = any($2)
               union
               select w.of, p.id, p.merged_into
                 from way w join patients.patient p on p.practice_id = $1 and p.id = w.next),
           part (whole, id) as (
               select distinct w.at, w.at from way w where w.next is null
               union
               select part.whole, p.id
                 from patients.patient p join part on p.practice_id = $1 and p.merged_into = part.id)
           select w.of as "of!", w.at as "at!", part.id as "part!"
             from way w join part on part.whole = w.at where w.next is null"#,
        practice,
        patients,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.of, row.at, row.part)).collect())
}

/// As whom these patients are kept: who was merged as the other one, everybody else as themselves.
///
/// # Errors
/// 503 when the database is away.
pub async fn kept(tx: &mut TenantTx, patients: &[Uuid]) -> Result<HashMap<Uuid, Uuid>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"with recursive way (of, at, next) as (
               select p.id, p.id, p.merged_into from patients.patient p where p.practice_id = $1 and p.id = any($2)
               union
               select w.of, p.id, p.merged_into
                 from way w join patients.patient p on p.practice_id = $1 and p.id = w.next)
           select of as "of!", at as "at!" from way where next is null"#,
        practice,
        patients,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.of, row.at)).collect())
}

/// As whom a patient is kept, and whether that one is not deleted; none, where there is no such patient.
///
/// # Errors
/// 503 when the database is away.
pub async fn kept_one(tx: &mut TenantTx, patient: Uuid) -> Result<Option<(Uuid, bool)>> {
    let practice = tx.practice();
    let row = sqlx::query!(
        r#"with recursive way (at, next, present) as (
               select p.id, p.merged_into, p.deleted_at is null from patients.patient p where p.practice_id = $1 and p.id = $2
               union
               select p.id, p.merged_into, p.deleted_at is null
                 from way w join patients.patient p on p.practice_id = $1 and p.id = w.next)
           select at as "at!", present as "present!" from way where next is null"#,
        practice,
        patient,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| (row.at, row.present)))
}
