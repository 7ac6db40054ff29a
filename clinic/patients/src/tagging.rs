//! Tags put on many patients at once, and taken off them.

use std::collections::BTreeSet;

use garde::Validate;
use platform::db::TenantTx;
use platform::error::{Error, OnConstraint as _};
use platform::extract::Body;
use platform::guard::Can;
use platform::id::PatientId;
use platform::permission::patients as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{Result, route};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// The most tags of a patient.
const MOST: usize = 30;

/// The route of tagging.
pub fn routes() -> Routes {
    Routes::new().route(route!(tag))
}

/// Which tags to put on whom, and which to take off.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tagging {
    /// The patients.
    #[garde(length(min = 1, max = 200))]
    pub ids: Vec<PatientId>,
    /// Tags that they shall have.
    #[garde(length(max = MOST))]
    #[serde(default)]
    pub add: Vec<Uuid>,
    /// Tags that they shall not have.
    #[garde(length(max = MOST))]
    #[serde(default)]
    pub remove: Vec<Uuid>,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tagged {
    /// Patients that are different now.
    pub changed: usize,
    /// Patients that are not there any more.
    pub missing: usize,
}

struct Row {
    id: Uuid,
    version: i32,
    tags: Vec<Uuid>,
}

/// Put tags on up to 200 patients and take others off. All of them or none; everything else about them stays as it is,
/// so that no version has to be known.
#[utoipa::path(post, path = "/api/v1/patients/tag", tag = "patients", request_body = Tagging,
    responses((status = 200, body = Tagged)))]
async fn tag(who: Can<may::Write>, Body(asked): Body<Tagging>) -> Result<Json<Tagged>> {
    if asked.add.iter().any(|tag| asked.remove.contains(tag)) {
        let fault = Error::invalid(Vec::new());
        return Err(fault.at("/remove", "invalid", "A tag is either put on or taken off."));
    }
    who.write(async move |tx| put(tx, &asked).await.map(Json)).await
}

/// Puts tags on patients and takes others off, each with audit entry, timeline entry and event.
///
/// # Errors
/// 422 at `/add` for tags that there are not, or too many; then nothing was changed.
pub async fn put(tx: &mut TenantTx, asked: &Tagging) -> Result<Tagged> {
    let wanted: BTreeSet<Uuid> = asked.ids.iter().map(|id| id.uuid()).collect();
    let rows = locked(tx, &wanted).await?;
    let missing = wanted.len() - rows.len();
    let changes: Vec<(Row, Vec<Uuid>)> = rows
        .into_iter()
        .map(|row| (becomes(&row.tags, &asked.add, &asked.remove), row))
        .filter(|(after, row)| *after != row.tags)
        .map(|(after, row)| (row, after))
        .collect();
    if changes.iter().any(|(_, after)| after.len() > MOST) {
        let fault = Error::invalid(Vec::new());
        return Err(fault.at("/add", "too_long", "A patient has at most 30 tags; take some off first."));
    }
    save(tx, &changes, asked).await?;
    let told = |(row, after): &(Row, Vec<Uuid>)| {
        let change = Change::updated("patient", row.id, &json!({ "tags": row.tags }), &json!({ "tags": after }));
        change.on_timeline(PatientId(row.id), "patient.changed").event("patient.changed", row.version + 1)
    };
    tx.record_all(&changes.iter().map(told).collect::<Vec<_>>()).await?;
    Ok(Tagged { changed: changes.len(), missing })
}

/// The tags that a patient has afterwards, in the order of their ids.
fn becomes(before: &[Uuid], add: &[Uuid], remove: &[Uuid]) -> Vec<Uuid> {
    let after: BTreeSet<Uuid> = before.iter().chain(add).filter(|tag| !remove.contains(tag)).copied().collect();
    after.into_iter().collect()
}

/// Those of the patients that are there, locked one after the other in the same order by everybody.
async fn locked(tx: &mut TenantTx, ids: &BTreeSet<Uuid>) -> Result<Vec<Row>> {
    let (practice, ids) = (tx.practice(), ids.iter().copied().collect::<Vec<_>>());
    sqlx::query_scalar!(
        "select 1 from patients.patient where practice_id = $1 and id = any($2) and deleted_at is null order by id for update",
        practice,
        &ids,
    )
    .fetch_all(tx.conn())
    .await?;
    let rows = sqlx::query_as!(
        Row,
        r#"select p.id, p.version, array(select l.tag_id from patients.patient_tag l where l.practice_id = p.practice_id
                  and l.patient_id = p.id order by l.tag_id) as "tags!"
             from patients.patient p where p.practice_id = $1 and p.id = any($2) and p.deleted_at is null"#,
        practice,
        &ids,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

async fn save(tx: &mut TenantTx, changes: &[(Row, Vec<Uuid>)], asked: &Tagging) -> Result<()> {
    let (practice, now) = (tx.practice(), tx.now());
    let ids: Vec<Uuid> = changes.iter().map(|(row, _)| row.id).collect();
    sqlx::query!(
        "delete from patients.patient_tag where practice_id = $1 and patient_id = any($2) and tag_id = any($3)",
        practice,
        &ids,
        &asked.remove,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into patients.patient_tag (practice_id, patient_id, tag_id)
         select $1, patient, tag from unnest($2::uuid[]) patient, unnest($3::uuid[]) tag on conflict do nothing",
        practice,
        &ids,
        &asked.add,
    )
    .execute(tx.conn())
    .await
    .on_constraint("patient_has_tag", || {
        Error::invalid(Vec::new()).at("/add", "unknown", "There is no such tag; choose from the practice's.")
    })?;
    sqlx::query!(
        "update patients.patient set version = version + 1, updated_at = $3 where practice_id = $1 and id = any($2)",
        practice,
        &ids,
        jiff_sqlx::Timestamp::from(now) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{enter, id, patient, start};

    #[tokio::test]
    async fn tags_are_put_on_many_and_taken_off_and_each_is_told() {
        let (_server, owner) = start().await;
        let mut tags = Vec::new();
        for name in ["VIP", "Late"] {
            tags.push(id(&owner.post("/api/v1/tags", &json!({ "name": name, "colour": "red" })).await.expect(201)));
        }
        let (vip, late) = (&tags[0], &tags[1]);
        let mut ids = Vec::new();
        for (name, own) in [("Sara", json!([late])), ("Huda", json!([])), ("Omar", json!([vip])), ("Gone", json!([]))] {
            ids.push(id(&enter(&owner, &json!({ "givenName": name, "tags": own })).await));
        }
        owner.post(&format!("/api/v1/patients/{}/delete", ids[3]), &json!({ "version": 1 })).await.expect(200);
        let asked = json!({ "ids": [ids[0], ids[0], ids[1], ids[2], ids[3]], "add": [vip], "remove": [late] });
        let told = owner.post("/api/v1/patients/tag", &asked).await.expect(200);
        assert_eq!(told, json!({ "changed": 2, "missing": 1 }));
        for (who, version) in [(0, 2), (1, 2), (2, 1)] {
            let now = owner.get(&format!("/api/v1/patients/{}", ids[who])).await.expect(200);
            assert_eq!((&now["tags"], &now["version"]), (&json!([vip]), &json!(version)));
        }
        let told = owner.get(&format!("/api/v1/patients/{}/timeline", ids[0])).await.expect(200);
        let change = &told["items"][0];
        assert_eq!((&change["kind"], &change["changes"][0]["after"]), (&json!("patient.changed"), &json!([vip])));
        let ledger = owner.get(&format!("/api/v1/patients/{}/timeline", ids[2])).await.expect(200);
        assert_eq!(ledger["items"].as_array().map(Vec::len), Some(1), "what stays as it was is not told");
    }

    #[tokio::test]
    async fn what_cannot_be_is_refused_as_a_whole() {
        let (_server, owner) = start().await;
        let tag = id(&owner.post("/api/v1/tags", &json!({ "name": "VIP", "colour": "red" })).await.expect(201));
        let sara = id(&enter(&owner, &patient("Sara", "Ali")).await);
        let nobody = "01a1fe48-1891-756b-aab2-930c260b1d02";
        let many: Vec<&str> = vec![nobody; 201];
        for (asked, pointer) in [
            (json!({ "ids": [sara], "add": [tag, nobody] }), "/add"),
            (json!({ "ids": [sara], "add": [tag], "remove": [tag] }), "/remove"),
            (json!({ "ids": [], "add": [tag] }), "/ids"),
            (json!({ "ids": many, "add": [tag] }), "/ids"),
        ] {
            let refused = owner.post("/api/v1/patients/tag", &asked).await;
            assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["pointer"]), (422, &json!(pointer)));
        }
        let now = owner.get(&format!("/api/v1/patients/{sara}")).await.expect(200);
        assert_eq!((&now["tags"], &now["version"]), (&json!([]), &Value::from(1)));
    }
}
