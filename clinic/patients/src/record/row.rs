//! The record as it lies in its tables.

use jiff::Timestamp;
use jiff::civil::Date;
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
use super::fields::{Alert, Consents, ContactMethod, Email, PatientFields, PatientStatus, Phone, Sex};
use crate::custom::{CustomField, Values};
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
    merged_into: Option<Uuid>,
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
    find_all(tx, &[id.uuid()], lock).await?.pop().ok_or_else(Error::not_found)
}

/// Those of these patients that there are, deleted or not, by id.
///
/// # Errors
/// 503 when the database is away.
pub async fn find_all(tx: &mut TenantTx, ids: &[Uuid], lock: bool) -> Result<Vec<Patient>> {
    let practice = tx.practice();
    if lock {
        sqlx::query_scalar!(
            "select 1 from patients.patient where practice_id = $1 and id = any($2) order by id for update",
            practice,
            ids,
        )
        .fetch_all(tx.conn())
        .await?;
    }
    let rows = sqlx::query_as!(
        Row,
        r#"select p.id, p.number, p.given_name, p.family_name, p.given_name_other, p.family_name_other, p.birth_date,
                  p.sex as "sex: Sex", p.phones as "phones: Json<Vec<Phone>>", p.emails as "emails: Json<Vec<Email>>",
                  p.address as "address: Json<Address>", p.contact_method as "contact_method: ContactMethod", p.language,
                  p.alerts as "alerts: Json<Vec<Alert>>", p.consents as "consents: Json<Consents>", p.lead_source,
                  p.status as "status: PatientStatus", p.private, p.deleted_at, p.merged_into, p.version, p.created_at, p.updated_at,
                  p.custom as "custom: Json<Values>",
                  array(select t.tag_id from patients.patient_tag t
                         where t.practice_id = p.practice_id and t.patient_id = p.id order by t.tag_id) as "tags!"
             from patients.patient p where p.practice_id = $1 and p.id = any($2) order by p.id"#,
        practice,
        ids,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut patients = Vec::with_capacity(rows.len());
    for row in rows {
        let private = match &row.private {
            Some(sealed) => {
                let place = Place { table: TABLE, column: "private", row: row.id };
                serde_json::from_slice(&tx.open(place, sealed).await?).map_err(Error::internal)?
            }
            None => Private::default(),
        };
        patients.push(row.with(private));
    }
    Ok(patients)
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
            merged_into: self.merged_into.map(PatientId),
            version: self.version,
            created_at: self.created_at.to_jiff(),
            updated_at: self.updated_at.to_jiff(),
        }
    }
}

/// The first of the practice's next `count` numbers. Whoever else enters a patient waits until this transaction ends.
///
/// # Errors
/// 503 when the database is away.
pub async fn next_numbers(tx: &mut TenantTx, count: i64) -> Result<i64> {
    let practice = tx.practice();
    Ok(sqlx::query_scalar!(
        r#"insert into patients.counter as c (practice_id, next_number) values ($1, 1 + $2::bigint)
               on conflict (practice_id) do update set next_number = c.next_number + $2::bigint
           returning next_number - $2::bigint as "number!""#,
        practice,
        count,
    )
    .fetch_one(tx.conn())
    .await?)
}

/// A row of the table, by the names of its columns.
#[derive(Serialize)]
struct Written<'a> {
    id: Uuid,
    number: i64,
    given_name: &'a str,
    family_name: Option<&'a str>,
    given_name_other: Option<&'a str>,
    family_name_other: Option<&'a str>,
    name_key: String,
    birth_date: Option<Date>,
    sex: Sex,
    phones: &'a [Phone],
    emails: &'a [Email],
    phone: Option<&'a str>,
    email: Option<&'a str>,
    address: Option<&'a Address>,
    contact_method: Option<ContactMethod>,
    language: Option<&'a str>,
    alerts: &'a [Alert],
    consents: &'a Consents,
    lead_source: Option<&'a str>,
    status: PatientStatus,
    private: Option<String>,
    national_id_blind: Option<String>,
    nationality_blind: Option<String>,
    deleted_at: Option<Timestamp>,
    merged_into: Option<Uuid>,
    version: i32,
    created_at: Timestamp,
    updated_at: Timestamp,
    custom: Values,
}

impl<'a> Written<'a> {
    async fn of(tx: &mut TenantTx, own: &[CustomField], patient: &'a Patient) -> Result<Self> {
        let fields = &patient.fields;
        let sensitive = |key: &String| own.iter().any(|field| field.sensitive && field.key == *key);
        let (secret, custom): (Values, Values) = fields.custom.clone().into_iter().partition(|(key, _)| sensitive(key));
        let national_id_blind = match &fields.national_id {
            Some(number) => Some(national_id_blind(tx, number).await?),
            None => None,
        };
        let nationality_blind = match &fields.nationality {
            Some(country) => Some(tx.blind(TABLE, "nationality", country).await?),
            None => None,
        };
        Ok(Self {
            id: patient.id.uuid(),
            number: patient.number,
            given_name: &fields.given_name,
            family_name: fields.family_name.as_deref(),
            given_name_other: fields.given_name_other.as_deref(),
            family_name_other: fields.family_name_other.as_deref(),
            name_key: name_key(fields),
            birth_date: fields.birth_date,
            sex: fields.sex,
            phones: &fields.phones,
            emails: &fields.emails,
            phone: fields.phone(),
            email: fields.email(),
            address: fields.address.as_ref(),
            contact_method: fields.contact_method,
            language: fields.language.as_deref(),
            alerts: &fields.alerts,
            consents: &fields.consents,
            lead_source: fields.lead_source.as_deref(),
            status: fields.status,
            private: seal(tx, patient, secret).await?,
            national_id_blind,
            nationality_blind,
            deleted_at: patient.deleted_at,
            merged_into: patient.merged_into.map(PatientId::uuid),
            version: patient.version,
            created_at: patient.created_at,
            updated_at: patient.updated_at,
            custom,
        })
    }
}

/// Writes patients into their tables, for the first time or again; `own` says which of the practice's fields are sealed.
///
/// # Errors
/// 422 at the tags that do not exist.
pub async fn save_all(tx: &mut TenantTx, own: &[CustomField], patients: &[Patient]) -> Result<()> {
    let practice = tx.practice();
    let mut rows = Vec::with_capacity(patients.len());
    for patient in patients {
        rows.push(Written::of(tx, own, patient).await?);
    }
    sqlx::query!(
        "insert into patients.patient (practice_id, id, number, given_name, family_name, given_name_other,
                family_name_other, name_key, birth_date, sex, phones, emails, phone, email, address, contact_method,
                language, alerts, consents, lead_source, status, private, national_id_blind, nationality_blind,
                deleted_at, merged_into, version, created_at, updated_at, custom)
         select $1, id, number, given_name, family_name, given_name_other, family_name_other, name_key, birth_date, sex,
                phones, emails, phone, email, address, contact_method, language, alerts, consents, lead_source, status,
                private, national_id_blind, nationality_blind, deleted_at, merged_into, version, created_at, updated_at, custom
           from jsonb_populate_recordset(null::patients.patient, $2)
         on conflict (practice_id, id) do update
            set given_name = excluded.given_name, family_name = excluded.family_name,
                given_name_other = excluded.given_name_other, family_name_other = excluded.family_name_other,
                name_key = excluded.name_key, birth_date = excluded.birth_date, sex = excluded.sex,
                phones = excluded.phones, emails = excluded.emails, phone = excluded.phone, email = excluded.email,
                address = excluded.address, contact_method = excluded.contact_method, language = excluded.language,
                alerts = excluded.alerts, consents = excluded.consents, lead_source = excluded.lead_source,
                status = excluded.status, private = excluded.private, national_id_blind = excluded.national_id_blind,
                nationality_blind = excluded.nationality_blind, deleted_at = excluded.deleted_at,
                merged_into = excluded.merged_into,
                version = excluded.version, updated_at = excluded.updated_at,
                custom = excluded.custom",
        practice,
        Json(&rows) as _,
    )
    .execute(tx.conn())
    .await?;
    save_tags(tx, patients).await?;
    terms::save_all(tx, patients).await
}

/// The sealed part, as PostgreSQL writes bytes.
async fn seal(tx: &mut TenantTx, patient: &Patient, custom: Values) -> Result<Option<String>> {
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
    let sealed = tx.seal(place, &plain).await?;
    Ok(Some(sealed.iter().fold("\\x".to_owned(), |text, byte| text + &format!("{byte:02x}"))))
}

/// What stands for a national id, whatever spaces and case it was typed with.
///
/// # Errors
/// 503 when the database is away.
pub async fn national_id_blind(tx: &mut TenantTx, number: &str) -> Result<String> {
    tx.blind(TABLE, "national_id", &names::compact(number)).await
}

async fn save_tags(tx: &mut TenantTx, patients: &[Patient]) -> Result<()> {
    let practice = tx.practice();
    let ids: Vec<Uuid> = patients.iter().map(|patient| patient.id.uuid()).collect();
    let link = |patient: &Patient| patient.fields.tags.iter().map(|tag| (patient.id.uuid(), *tag)).collect::<Vec<_>>();
    let (of, tags): (Vec<Uuid>, Vec<Uuid>) = patients.iter().flat_map(link).unzip();
    sqlx::query!(
        "delete from patients.patient_tag t
          where t.practice_id = $1 and t.patient_id = any($2)
            and not exists (select from unnest($3::uuid[], $4::uuid[]) n (patient, tag)
                             where n.patient = t.patient_id and n.tag = t.tag_id)",
        practice,
        &ids,
        &of,
        &tags,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into patients.patient_tag (practice_id, patient_id, tag_id)
         select $1, n.patient, n.tag from unnest($2::uuid[], $3::uuid[]) n (patient, tag) on conflict do nothing",
        practice,
        &of,
        &tags,
    )
    .execute(tx.conn())
    .await
    .on_constraint("patient_has_tag", || {
        Error::invalid(vec![FieldError::new("/tags", "unknown", "There is no such tag; choose from the practice's.")])
    })?;
    Ok(())
}

/// What lists are sorted by: the family name, then the given ones, folded.
pub fn name_key(fields: &PatientFields) -> String {
    let family = fields.family_name.as_deref().unwrap_or_default();
    names::fold(&format!("{family} {}", fields.given_name))
}
