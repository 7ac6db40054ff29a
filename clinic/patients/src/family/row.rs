//! Relatives as they lie in their table.

use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::{Error, OnConstraint as _};
use platform::id::PatientId;
use platform::{Result, undisclosed};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{MOST, Relationship, Relative, RelativeFields, RelativeId};

const TABLE: &str = "patients.relative";

/// What is sealed as one value.
#[derive(Serialize, Deserialize)]
struct Private {
    name: Option<String>,
    phone: Option<String>,
    email: Option<String>,
    note: Option<String>,
}

undisclosed!(Private, Row);

struct Row {
    id: Uuid,
    patient_id: Uuid,
    relationship: Relationship,
    related_id: Option<Uuid>,
    private: Vec<u8>,
    guardian: bool,
    emergency: bool,
    deleted_at: Option<jiff_sqlx::Timestamp>,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

fn place(id: Uuid) -> Place<'static> {
    Place { table: TABLE, column: "private", row: id }
}

impl Row {
    async fn open(self, tx: &mut TenantTx) -> Result<Relative> {
        let private: Private =
            serde_json::from_slice(&tx.open(place(self.id), &self.private).await?).map_err(Error::internal)?;
        let fields = RelativeFields {
            email: private.email,
            emergency: self.emergency,
            guardian: self.guardian,
            name: private.name,
            note: private.note,
            phone: private.phone,
            related_id: self.related_id.map(PatientId),
            relationship: self.relationship,
        };
        Ok(Relative {
            id: RelativeId(self.id),
            patient_id: PatientId(self.patient_id),
            fields,
            deleted_at: self.deleted_at.map(|at| at.to_jiff()),
            version: self.version,
            created_at: self.created_at.to_jiff(),
            updated_at: self.updated_at.to_jiff(),
        })
    }
}

/// Relatives of these patients, and those who have one of them as a relative; as they were entered.
///
/// # Errors
/// 503 when the database is away.
pub async fn around(tx: &mut TenantTx, patients: &[Uuid]) -> Result<Vec<Relative>> {
    let practice = tx.practice();
    // both sides of a family of the allowed size; a patient may be the relative of more
    let most = i64::try_from(2 * MOST).unwrap_or(i64::MAX);
    let rows = sqlx::query_as!(
        Row,
        r#"select r.id, r.patient_id, r.relationship as "relationship: Relationship", r.related_id, r.private,
                  r.guardian, r.emergency, r.deleted_at, r.version, r.created_at, r.updated_at
             from patients.relative r
            where r.practice_id = $1 and r.deleted_at is null and (r.patient_id = any($2) or r.related_id = any($2))
            order by r.created_at, r.id limit $3"#,
        practice,
        patients,
        most,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut relatives = Vec::with_capacity(rows.len());
    for row in rows {
        relatives.push(row.open(tx).await?);
    }
    Ok(relatives)
}

/// The relative, deleted or not, locked until the end of the transaction.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, id: RelativeId) -> Result<Relative> {
    let practice = tx.practice();
    let row = sqlx::query_as!(
        Row,
        r#"select id, patient_id, relationship as "relationship: Relationship", related_id, private,
                  guardian, emergency, deleted_at, version, created_at, updated_at
             from patients.relative where practice_id = $1 and id = $2 for update"#,
        practice,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    row.open(tx).await
}

/// Writes the relative, for the first time or again.
///
/// # Errors
/// 409 `relative.exists`.
pub async fn save(tx: &mut TenantTx, relative: &Relative) -> Result<()> {
    let (practice, id, fields) = (tx.practice(), relative.id.uuid(), &relative.fields);
    let private = Private {
        name: fields.name.clone(),
        phone: fields.phone.clone(),
        email: fields.email.clone(),
        note: fields.note.clone(),
    };
    let private = tx.seal(place(id), &serde_json::to_vec(&private).map_err(Error::internal)?).await?;
    sqlx::query!(
        "insert into patients.relative (practice_id, id, patient_id, relationship, related_id, private, guardian,
                emergency, deleted_at, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict (practice_id, id) do update
            set relationship = excluded.relationship, related_id = excluded.related_id, private = excluded.private,
                guardian = excluded.guardian, emergency = excluded.emergency, deleted_at = excluded.deleted_at,
                version = excluded.version, updated_at = excluded.updated_at",
        practice,
        id,
        relative.patient_id.uuid(),
        fields.relationship as Relationship,
        fields.related_id.map(PatientId::uuid),
        private,
        fields.guardian,
        fields.emergency,
        relative.deleted_at.map(jiff_sqlx::Timestamp::from) as _,
        relative.version,
        jiff_sqlx::Timestamp::from(relative.created_at) as _,
        jiff_sqlx::Timestamp::from(relative.updated_at) as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("relative_pair_key", || {
        Error::conflict("relative.exists", "These two are related already; change that instead.")
    })?;
    Ok(())
}
