//! The record as it lies in its tables.

use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::{Error, FieldError, OnConstraint as _};
use platform::id::PatientId;
use platform::shared::Address;
use platform::{Result, undisclosed};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use super::Patient;
use super::fields::{Alert, Consents, ContactMethod, Email, PatientFields, PatientStatus, Phone, Rules, Sex};
use crate::custom::Values;
use crate::{names, terms};

const TABLE: &str = "patients.patient";

/// What is sealed as one value: read with the whole record, and never searched by but through a blind index.
#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Private {
    national_id: Option<String>,
    nationality: Option<String>,
    medical_history: Option<String>,
    notes: Option<String>,
    /// The practice's own fields that are sensitive.
    custom: Values,
}

undisclosed!(Private, Row);

struct Row {
    id: Uuid,
    number: i64,
    given_name: String,
    family_name: Option<String>,
    given_name_other: Option<String>,
    family_name_other: Option<String>,
    birth_date: Option<jiff_sqlx::Date>,
    sex: Sex,
    phones: Json<Vec<Phone>>,
    emails: Json<Vec<Email>>,
    address: Option<Json<Address>>,
    contact_method: Option<ContactMethod>,
    language: Option<String>,
    alerts: Json<Vec<Alert>>,
    consents: Json<Consents>,
    lead_source: Option<String>,
    status: PatientStatus,
    private: Option<Vec<u8>>,
    deleted_at: Option<jiff_sqlx::Timestamp>,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
    tags: Vec<Uuid>,
    custom: Json<Values>,
}

/// The patient, deleted or not; `lock` keeps others from changing it until the end of the transaction.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, id: PatientId, lock: bool) -> Result<Patient> {
    let practice = tx.practice();
    if lock {
        sqlx::query_scalar!(
            "select 1 from patients.patient where practice_id = $1 and id = $2 for update",
            practice,
            id.uuid()
        )
        .fetch_optional(tx.conn())
        .await?;
    }
    let row = sqlx::query_as!(
        Row,
        r#"select p.id, p.number, p.given_name, p.family_name, p.given_name_other, p.family_name_other, p.birth_date,
                  p.sex as "sex: Sex", p.phones as "phones: Json<Vec<Phone>>", p.emails as "emails: Json<Vec<Email>>",
                  p.address as "address: Json<Address>", p.contact_method as "contact_method: ContactMethod", p.language,
                  p.alerts as "alerts: Json<Vec<Alert>>", p.consents as "consents: Json<Consents>", p.lead_source,
                  p.status as "status: PatientStatus", p.private, p.deleted_at, p.version, p.created_at, p.updated_at,
                  p.custom as "custom: Json<Values>",
                  array(select t.tag_id from patients.patient_tag t
                         where t.practice_id = p.practice_id and t.patient_id = p.id order by t.tag_id) as "tags!"
             from patients.patient p where p.practice_id = $1 and p.id = $2"#,
        practice,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    let private = match &row.private {
        Some(sealed) => {
            let place = Place { table: TABLE, column: "private", row: row.id };
            serde_json::from_slice(&tx.open(place, sealed).await?).map_err(Error::internal)?
        }
        None => Private::default(),
    };
    Ok(row.with(private))
}

impl Row {
    fn with(self, private: Private) -> Patient {
        let fields = PatientFields {
            given_name: self.given_name,
            family_name: self.family_name,
            given_name_other: self.given_name_other,
            family_name_other: self.family_name_other,
            birth_date: self.birth_date.map(|date| date.to_jiff()),
            sex: self.sex,
            phones: self.phones.0,
            emails: self.emails.0,
            address: self.address.map(|address| address.0),
            contact_method: self.contact_method,
            language: self.language,
            national_id: private.national_id,
            nationality: private.nationality,
            alerts: self.alerts.0,
            medical_history: private.medical_history,
            notes: private.notes,
            lead_source: self.lead_source,
            status: self.status,
            consents: self.consents.0,
            tags: self.tags,
            custom: self.custom.0.into_iter().chain(private.custom).collect(),
        };
        Patient {
            id: PatientId(self.id),
            number: self.number,
            fields,
            deleted_at: self.deleted_at.map(|at| at.to_jiff()),
            version: self.version,
            created_at: self.created_at.to_jiff(),
            updated_at: self.updated_at.to_jiff(),
        }
    }
}

/// The next number of the practice. Whoever else enters a patient waits until this transaction ends.
///
/// # Errors
/// 503 when the database is away.
pub async fn next_number(tx: &mut TenantTx) -> Result<i64> {
    let practice = tx.practice();
    Ok(sqlx::query_scalar!(
        r#"insert into patients.counter as c (practice_id, next_number) values ($1, 2)
               on conflict (practice_id) do update set next_number = c.next_number + 1
           returning next_number - 1 as "number!""#,
        practice,
    )
    .fetch_one(tx.conn())
    .await?)
}

/// Writes the patient into its tables, for the first time or again.
///
/// # Errors
/// 422 at the tags that do not exist.
pub async fn save(tx: &mut TenantTx, rules: &Rules, patient: &Patient) -> Result<()> {
    let (practice, id, fields) = (tx.practice(), patient.id.uuid(), &patient.fields);
    let sensitive = |key: &String| rules.custom.iter().any(|field| field.sensitive && field.key == *key);
    let (secret, open): (Values, Values) = fields.custom.clone().into_iter().partition(|(key, _)| sensitive(key));
    let private = seal(tx, patient, secret).await?;
    let national_id = match &fields.national_id {
        Some(number) => Some(national_id_blind(tx, number).await?),
        None => None,
    };
    let nationality = match &fields.nationality {
        Some(country) => Some(tx.blind(TABLE, "nationality", country).await?),
        None => None,
    };
    sqlx::query!(
        "insert into patients.patient (practice_id, id, given_name, family_name, given_name_other, family_name_other,
                name_key, birth_date, sex, phones, emails, phone, email, address, contact_method, language, alerts,
                consents, lead_source, status, private, national_id_blind, nationality_blind, deleted_at, version,
                updated_at, custom, number, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                 $23, $24, $25, $26, $27, $28, $29)
         on conflict (practice_id, id) do update
            set given_name = excluded.given_name, family_name = excluded.family_name,
                given_name_other = excluded.given_name_other, family_name_other = excluded.family_name_other,
                name_key = excluded.name_key, birth_date = excluded.birth_date, sex = excluded.sex,
                phones = excluded.phones, emails = excluded.emails, phone = excluded.phone, email = excluded.email,
                address = excluded.address, contact_method = excluded.contact_method, language = excluded.language,
                alerts = excluded.alerts, consents = excluded.consents, lead_source = excluded.lead_source,
                status = excluded.status, private = excluded.private, national_id_blind = excluded.national_id_blind,
                nationality_blind = excluded.nationality_blind, deleted_at = excluded.deleted_at,
                version = excluded.version, updated_at = excluded.updated_at,
                custom = excluded.custom",
        practice,
        id,
        fields.given_name,
        fields.family_name,
        fields.given_name_other,
        fields.family_name_other,
        name_key(fields),
        fields.birth_date.map(jiff_sqlx::Date::from) as Option<jiff_sqlx::Date>,
        fields.sex as Sex,
        Json(&fields.phones) as _,
        Json(&fields.emails) as _,
        fields.phone(),
        fields.email(),
        fields.address.as_ref().map(Json) as _,
        fields.contact_method as Option<ContactMethod>,
        fields.language,
        Json(&fields.alerts) as _,
        Json(&fields.consents) as _,
        fields.lead_source,
        fields.status as PatientStatus,
        private,
        national_id,
        nationality,
        patient.deleted_at.map(jiff_sqlx::Timestamp::from) as _,
        patient.version,
        jiff_sqlx::Timestamp::from(patient.updated_at) as _,
        Json(&open) as _,
        patient.number,
        jiff_sqlx::Timestamp::from(patient.created_at) as _,
    )
    .execute(tx.conn())
    .await?;
    save_tags(tx, id, &fields.tags).await?;
    terms::save(tx, id, fields).await
}

async fn seal(tx: &mut TenantTx, patient: &Patient, custom: Values) -> Result<Option<Vec<u8>>> {
    let fields = patient.fields.clone();
    let private = Private {
        national_id: fields.national_id,
        nationality: fields.nationality,
        medical_history: fields.medical_history,
        notes: fields.notes,
        custom,
    };
    if private == Private::default() {
        return Ok(None);
    }
    let place = Place { table: TABLE, column: "private", row: patient.id.uuid() };
    let plain = serde_json::to_vec(&private).map_err(Error::internal)?;
    tx.seal(place, &plain).await.map(Some)
}

/// What stands for a national id, whatever spaces and case it was typed with.
///
/// # Errors
/// 503 when the database is away.
pub async fn national_id_blind(tx: &mut TenantTx, number: &str) -> Result<String> {
    let plain = names::fold(number).replace(' ', "");
    tx.blind(TABLE, "national_id", &plain).await
}

async fn save_tags(tx: &mut TenantTx, patient: Uuid, tags: &[Uuid]) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "delete from patients.patient_tag where practice_id = $1 and patient_id = $2 and tag_id <> all($3)",
        practice,
        patient,
        tags,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into patients.patient_tag (practice_id, patient_id, tag_id)
         select $1, $2, tag from unnest($3::uuid[]) tag on conflict do nothing",
        practice,
        patient,
        tags,
    )
    .execute(tx.conn())
    .await
    .on_constraint("patient_has_tag", || {
        Error::invalid(vec![FieldError::new("/tags", "unknown", "There is no such tag; choose from the practice's.")])
    })?;
    Ok(())
}

/// What lists are sorted by: the family name, then the given ones, folded.
fn name_key(fields: &PatientFields) -> String {
    let family = fields.family_name.as_deref().unwrap_or_default();
    names::fold(&format!("{family} {}", fields.given_name))
}
