//! A patient, as workflows see one.

use std::collections::{BTreeSet, HashMap};

use automation::block::{DateOf, Field, FindQuery, Kind, Subject};
use futures::future::BoxFuture;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use platform::db::TenantTx;
use platform::error::Error;
use platform::filter::Filter;
use platform::language::Language;
use platform::{Result, undisclosed};
use serde_json::{Map, Value, json};
use sqlx::QueryBuilder;
use sqlx::types::Json;
use uuid::Uuid;

use super::birthday;
use crate::custom::Values;
use crate::duplicates::merge;
use crate::list::Which;
use crate::record::fields::{Consents, ContactMethod, PatientStatus, Sex};
use crate::visits::Visits;
use crate::{names, tags};

macro_rules! fields {
    ($below:literal) => {
        [
            Field::new(concat!($below, "id"), Kind::Ref("patient"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
            Field::new(concat!($below, "number"), Kind::Number, "1042"),
            Field::new(concat!($below, "givenName"), Kind::Text, r#""Lina""#).sensitive(),
            Field::new(concat!($below, "familyName"), Kind::Text, r#""Al-Harbi""#).sensitive(),
            Field::new(concat!($below, "fullName"), Kind::Text, r#""Lina Al-Harbi""#).sensitive(),
            Field::new(concat!($below, "birthDate"), Kind::Date, r#""1990-05-17""#).sensitive(),
            Field::new(concat!($below, "age"), Kind::Number, "36"),
            Field::new(concat!($below, "sex"), Kind::Choice(&["male", "female", "other", "unknown"]), r#""female""#),
            Field::new(concat!($below, "language"), Kind::Text, r#""ar""#),
            Field::new(concat!($below, "phone"), Kind::Phone, r#""+966501234567""#).sensitive(),
            Field::new(concat!($below, "email"), Kind::Email, r#""lina@example.com""#).sensitive(),
            Field::new(
                concat!($below, "contactMethod"),
                Kind::Choice(&["call", "sms", "whatsapp", "email"]),
                r#""sms""#,
            ),
            Field::new(
                concat!($below, "status"),
                Kind::Choice(&["lead", "active", "inactive", "deceased"]),
                r#""active""#,
            ),
            Field::new(concat!($below, "leadSource"), Kind::Text, r#""Instagram""#).sensitive(),
            Field::new(concat!($below, "tags"), Kind::Ref("tag"), r#"["01a1fe12-4833-7244-b58d-60b3e8635e4d"]"#).many(),
            Field::new(concat!($below, "tagNames"), Kind::Text, r#"["VIP"]"#).many(),
            Field::new(concat!($below, "consents"), Kind::Object, r#"{"sms":true,"email":true,"calls":null}"#),
            Field::new(concat!($below, "consents.sms"), Kind::Boolean, "true"),
            Field::new(concat!($below, "consents.email"), Kind::Boolean, "true"),
            Field::new(concat!($below, "consents.calls"), Kind::Boolean, "null"),
            Field::new(concat!($below, "lastVisit"), Kind::Instant, r#""2026-05-12T07:00:00Z""#),
            Field::new(concat!($below, "nextVisit"), Kind::Instant, r#""2026-12-01T06:30:00Z""#),
            Field::new(concat!($below, "createdAt"), Kind::Instant, r#""2024-01-09T08:15:00Z""#),
            // by the keys of the practice's own fields
            Field::new(concat!($below, "custom"), Kind::Object, r#"{"referredBy":"Dr. Salem"}"#).sensitive(),
        ]
    };
}

const COUNT: usize = 24;

/// What a workflow sees of a patient. Names are written as the patient's language is, where both ways were entered.
/// `custom` has every field of the practice's own that is neither archived nor one of those that it calls sensitive.
pub const FIELDS: [Field; COUNT] = fields!("");
const PREFIXED: [Field; COUNT] = fields!("patient.");

/// The same for a record that concerns a patient: what it has below `patient`.
pub const BELOW: [Field; COUNT + 1] =
    automation::block::fields(&[&[Field::new("patient", Kind::Object, "{}").sensitive()], &PREFIXED]);

/// The patient.
pub static PATIENT: Subject = Subject {
    name: "patient",
    permission: "patients.read",
    fields: &FIELDS,
    load,
    dates: &[DateOf { field: "birthDate", due: birthday::due }],
    find: Some(find),
    filters: crate::list::FIELDS,
    patient: Some("id"),
};

/// A patient, for records that concern them.
pub struct Known {
    /// What workflows see of them.
    pub value: Value,
    /// Of the product's languages theirs, else the practice's: what is called one way or another is called so.
    pub language: Language,
    /// The ids that their records may be under: theirs, and those of everybody who was merged into them.
    pub ids: Vec<Uuid>,
}

undisclosed!(Known, Row);

struct Row {
    id: Uuid,
    number: i64,
    given_name: String,
    family_name: Option<String>,
    given_name_other: Option<String>,
    family_name_other: Option<String>,
    birth_date: Option<jiff_sqlx::Date>,
    sex: Sex,
    phone: Option<String>,
    email: Option<String>,
    contact_method: Option<ContactMethod>,
    status: PatientStatus,
    lead_source: Option<String>,
    consents: Json<Consents>,
    language: Option<String>,
    custom: Json<Values>,
    created_at: jiff_sqlx::Timestamp,
    tags: Vec<Uuid>,
    last_visit_at: Option<jiff_sqlx::Timestamp>,
    next_visit_at: Option<jiff_sqlx::Timestamp>,
    of_practice: Language,
    time_zone: String,
    /// Keys of the practice's own fields that are shown.
    own: Vec<String>,
}

fn load<'a>(tx: &'a mut TenantTx, ids: &'a [Uuid]) -> BoxFuture<'a, Result<HashMap<Uuid, Value>>> {
    Box::pin(async move { Ok(known(tx, ids).await?.into_iter().map(|(id, known)| (id, known.value)).collect()) })
}

/// These patients by the ids that were asked for, in a number of statements that does not depend on theirs. Who was merged
/// is seen as who they are kept as; who was deleted is not there. Whoever calls this writes the look to the ledger.
///
/// # Errors
/// 503 when the database is away.
pub async fn known(tx: &mut TenantTx, ids: &[Uuid]) -> Result<HashMap<Uuid, Known>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let (mut kept, mut of) = (HashMap::new(), HashMap::<Uuid, BTreeSet<Uuid>>::new());
    for (asked, as_whom, part) in merge::whole(tx, ids).await? {
        kept.insert(asked, as_whom);
        of.entry(as_whom).or_default().insert(part);
    }
    let rows = rows(tx, &of.keys().copied().collect::<Vec<_>>()).await?;
    let parts = visits_of_parts(tx, &of).await?;
    let tagged = rows.iter().any(|row| !row.tags.is_empty());
    let words = if tagged { tags::names(tx).await? } else { HashMap::new() };
    let now = tx.now();
    let mut patients = HashMap::new();
    for row in &rows {
        let zone = TimeZone::get(&row.time_zone).map_err(Error::internal)?;
        let today = now.to_zoned(zone).date();
        let visits = of.get(&row.id).into_iter().flatten().filter_map(|part| parts.get(part));
        let visits = visits.copied().fold(Visits::at(now, row.last_visit_at, row.next_visit_at), Visits::and);
        patients.insert(row.id, (row.shown(today, visits, &words), row.language()));
    }
    let known = |(asked, as_whom): (Uuid, Uuid)| {
        let (value, language) = patients.get(&as_whom)?.clone();
        let ids = of.get(&as_whom).into_iter().flatten().copied().collect();
        Some((asked, Known { value, language, ids }))
    };
    Ok(kept.into_iter().filter_map(known).collect())
}

/// These patients. What is asked for is little, as PostgreSQL plans it anew each time: of an array it does not know how few
/// it holds.
async fn rows(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Row>> {
    let practice = tx.practice();
    Ok(sqlx::query_as!(
        Row,
        r#"select p.id, p.number, p.given_name, p.family_name, p.given_name_other, p.family_name_other, p.birth_date,
                  p.sex as "sex: Sex", p.phone, p.email, p.contact_method as "contact_method: ContactMethod",
                  p.status as "status: PatientStatus", p.lead_source, p.consents as "consents: Json<Consents>",
                  p.language, p.custom as "custom: Json<Values>", p.created_at,
                  array(select t.tag_id from patients.patient_tag t
                         where t.practice_id = p.practice_id and t.patient_id = p.id order by t.tag_id) as "tags!",
                  p.last_visit_at, p.next_visit_at, c.language as "of_practice: Language", c.time_zone,
                  array(select f.key from patients.field f
                         where f.practice_id = $1 and not f.sensitive and f.archived_at is null) as "own!"
             from patients.patient p join platform.practice c on c.practice_id = p.practice_id
            where p.practice_id = $1 and p.id = any($2) and p.deleted_at is null"#,
        practice,
        ids,
    )
    .fetch_all(tx.conn())
    .await?)
}

/// The visits of patients who were merged into these, who keep their own: by part.
async fn visits_of_parts(tx: &mut TenantTx, of: &HashMap<Uuid, BTreeSet<Uuid>>) -> Result<HashMap<Uuid, Visits>> {
    let parts: Vec<Uuid> =
        of.iter().flat_map(|(whole, parts)| parts.iter().filter(move |part| *part != whole)).copied().collect();
    if parts.is_empty() {
        return Ok(HashMap::new());
    }
    let (practice, now) = (tx.practice(), tx.now());
    let rows = sqlx::query!(
        "select id, last_visit_at, next_visit_at from patients.patient where practice_id = $1 and id = any($2)",
        practice,
        &parts,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, Visits::at(now, row.last_visit_at, row.next_visit_at))).collect())
}

/// Languages that are written in Arabic letters, of those that people come with.
const IN_ARABIC_LETTERS: [&str; 4] = ["ar", "fa", "ur", "ps"];

impl Row {
    fn language(&self) -> Language {
        match self.language.as_deref() {
            Some("ar") => Language::Ar,
            Some("en") => Language::En,
            _ => self.of_practice,
        }
    }

    /// What they speak, by its code; what the practice does, where nobody has asked.
    fn spoken(&self) -> &str {
        match (self.language.as_deref(), self.of_practice) {
            (Some(language), _) => language,
            (None, Language::Ar) => "ar",
            (None, Language::En) => "en",
        }
    }

    /// The names in the letters of the patient's language, where they were entered in both ways.
    fn names(&self) -> (&str, Option<&str>) {
        let wanted = IN_ARABIC_LETTERS.contains(&self.spoken());
        let own = (self.given_name.as_str(), self.family_name.as_deref());
        match self.given_name_other.as_deref() {
            Some(other) if names::is_arabic(other) == wanted && names::is_arabic(own.0) != wanted => {
                (other, self.family_name_other.as_deref().or(own.1))
            }
            _ => own,
        }
    }

    fn shown(&self, today: Date, visits: Visits, words: &HashMap<Uuid, String>) -> Value {
        let (given, family) = self.names();
        let full = [Some(given), family].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let born = self.birth_date.map(|date| date.to_jiff());
        let instant = |at: Option<Timestamp>| at.map(|at| at.to_string());
        let granted = |consent: &Option<crate::Consent>| consent.as_ref().map(|consent| consent.granted);
        let Consents { calls, email, sms } = &self.consents.0;
        let value = |key: &String| self.custom.0.get(key).cloned().unwrap_or(Value::Null);
        let custom: Map<String, Value> = self.own.iter().map(|key| (key.clone(), value(key))).collect();
        json!({
            "id": self.id,
            "number": self.number,
            "givenName": given,
            "familyName": family,
            "fullName": full,
            "birthDate": born,
            "age": born.and_then(|born| birthday::age(born, today)),
            "sex": self.sex,
            "language": self.spoken(),
            "phone": self.phone,
            "email": self.email,
            "contactMethod": self.contact_method,
            "status": self.status,
            "leadSource": self.lead_source,
            "tags": self.tags,
            "tagNames": self.tags.iter().filter_map(|tag| words.get(tag)).collect::<Vec<_>>(),
            "consents": { "sms": granted(sms), "email": granted(email), "calls": granted(calls) },
            "lastVisit": instant(visits.last),
            "nextVisit": instant(visits.next),
            "createdAt": self.created_at.to_jiff().to_string(),
            "custom": custom,
        })
    }
}

fn find(tx: &mut TenantTx, asked: FindQuery) -> BoxFuture<'_, Result<Vec<Uuid>>> {
    Box::pin(async move {
        let filter = Filter::read_if_any(&asked.filter)?;
        let mut query = QueryBuilder::new("select p.id");
        Which { filter: filter.as_ref(), ..Which::default() }.push(tx, &mut query).await?;
        if let Some(after) = asked.after {
            query.push(" and p.id > ").push_bind(after);
        }
        query.push(" order by p.id limit ").push_bind(asked.limit);
        Ok(query.build_query_scalar().fetch_all(tx.conn()).await?)
    })
}
