//! Listing and counting patients: pages, search, filter. Names and filters travel in the body: what is in an address ends up in logs.

mod count;
mod fields;

use garde::Validate;
use jiff::Timestamp;
use jiff::civil::Date;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Body;
use platform::filter::{Field, Filter, Kind};
use platform::guard::Can;
use platform::id::PatientId;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::patients as may;
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Postgres, QueryBuilder, Row as _};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::custom::{self, Filterable, Values};
use crate::record::fields::{Alert, PatientStatus, Sex};
use crate::search::Wanted;

/// The routes of lists, and of what is to be known for asking for them.
pub fn routes() -> Routes {
    fields::routes().merge(count::routes()).route(route!(list))
}

/// Which patients to list.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PatientQuery {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[schema(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// `name`, `number`, `birthDate`, `createdAt` or `updatedAt`, with a hyphen in front for descending.
    #[garde(inner(length(max = 40)))]
    sort: Option<String>,
    /// Part of a name, last digits of a number, an e-mail address, a patient number, a national id.
    #[garde(inner(length(chars, max = 120)))]
    q: Option<String>,
    /// A filter in the product's grammar.
    #[garde(skip)]
    #[schema(value_type = Option<Object>)]
    filter: Option<Value>,
    /// Those that were deleted, instead of all others.
    #[garde(skip)]
    #[serde(default)]
    deleted: bool,
}

undisclosed!(PatientQuery);

/// A page of patients.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PatientPage {
    items: Vec<PatientItem>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// A patient in a list.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatientItem {
    /// Its id.
    pub id: PatientId,
    /// The practice's number for the patient.
    pub number: i64,
    /// Given names.
    pub given_name: String,
    /// Family name.
    #[schema(required)]
    pub family_name: Option<String>,
    /// Given names in the other script.
    #[schema(required)]
    pub given_name_other: Option<String>,
    /// Family name in the other script.
    #[schema(required)]
    pub family_name_other: Option<String>,
    /// Date of birth.
    #[schema(required, format = Date, value_type = Option<String>)]
    pub birth_date: Option<Date>,
    /// Administrative gender.
    pub sex: Sex,
    /// The number to call first.
    #[schema(required)]
    pub phone: Option<String>,
    /// The address to write to first.
    #[schema(required)]
    pub email: Option<String>,
    /// Where the patient stands with the practice.
    pub status: PatientStatus,
    /// Allergies and the like.
    pub alerts: Vec<Alert>,
    /// Tags, by id.
    pub tags: Vec<Uuid>,
    /// What the practice keeps besides, without what is sensitive.
    #[schema(value_type = BTreeMap<String, serde_json::Value>)]
    pub custom: Values,
    /// When they were here last.
    #[schema(required)]
    pub last_visit: Option<Timestamp>,
    /// When they come next.
    #[schema(required)]
    pub next_visit: Option<Timestamp>,
    /// Since when it is deleted.
    #[schema(required)]
    pub deleted_at: Option<Timestamp>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A patient as others name them: who, and the names in both scripts.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatientName {
    /// Their id.
    pub id: PatientId,
    /// Given names.
    pub given_name: String,
    /// Family name.
    #[schema(required)]
    pub family_name: Option<String>,
    /// Given names in the other script.
    #[schema(required)]
    pub given_name_other: Option<String>,
    /// Family name in the other script.
    #[schema(required)]
    pub family_name_other: Option<String>,
}

impl From<PatientItem> for PatientName {
    fn from(of: PatientItem) -> Self {
        Self {
            id: of.id,
            given_name: of.given_name,
            family_name: of.family_name,
            given_name_other: of.given_name_other,
            family_name_other: of.family_name_other,
        }
    }
}

undisclosed!(PatientItem, PatientName, PatientRow);

/// A row, with what only sorting needs.
pub struct PatientRow {
    /// What is shown.
    pub item: PatientItem,
    name_key: String,
}

/// The columns of a [`PatientRow`], in its order.
pub const COLUMNS: &str = "p.id, p.number, p.given_name, p.family_name, p.given_name_other, p.family_name_other,
    p.birth_date, p.sex, p.phone, p.email, p.status, p.alerts, array(select l.tag_id from patients.patient_tag l
        where l.practice_id = p.practice_id and l.patient_id = p.id order by l.tag_id), p.deleted_at, p.version,
    p.created_at, p.updated_at, p.name_key, p.custom, p.last_visit_at,
    case when p.next_visit_at > now() then p.next_visit_at end";

impl FromRow<'_, PgRow> for PatientRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let instant = |i: usize| row.try_get::<jiff_sqlx::Timestamp, _>(i).map(|at| at.to_jiff());
        let moment = |i: usize| row.try_get::<Option<jiff_sqlx::Timestamp>, _>(i).map(|at| at.map(|at| at.to_jiff()));
        let item = PatientItem {
            id: PatientId(row.try_get(0)?),
            number: row.try_get(1)?,
            given_name: row.try_get(2)?,
            family_name: row.try_get(3)?,
            given_name_other: row.try_get(4)?,
            family_name_other: row.try_get(5)?,
            birth_date: row.try_get::<Option<jiff_sqlx::Date>, _>(6)?.map(|date| date.to_jiff()),
            sex: row.try_get(7)?,
            phone: row.try_get(8)?,
            email: row.try_get(9)?,
            status: row.try_get(10)?,
            alerts: row.try_get::<sqlx::types::Json<_>, _>(11)?.0,
            tags: row.try_get(12)?,
            custom: row.try_get::<sqlx::types::Json<_>, _>(18)?.0,
            deleted_at: moment(13)?,
            version: row.try_get(14)?,
            created_at: instant(15)?,
            updated_at: instant(16)?,
            last_visit: moment(19)?,
            next_visit: moment(20)?,
        };
        Ok(Self { item, name_key: row.try_get(17)? })
    }
}

const SORTS: &[Sort] = &[
    Sort { name: "name", column: "p.name_key", kind: Kind::Text },
    Sort { name: "number", column: "p.number", kind: Kind::Integer },
    Sort { name: "birthDate", column: "coalesce(p.birth_date, '9999-12-31'::date)", kind: Kind::Date },
    Sort { name: "createdAt", column: "p.created_at", kind: Kind::Instant },
    Sort { name: "updatedAt", column: "p.updated_at", kind: Kind::Instant },
];

/// What patients can be filtered by, beside the practice's own fields.
pub const FIELDS: &[Field] = &[
    Field { name: "number", column: "p.number", kind: Kind::Integer },
    Field { name: "givenName", column: "p.given_name", kind: Kind::Text },
    Field { name: "familyName", column: "p.family_name", kind: Kind::Text },
    Field { name: "givenNameOther", column: "p.given_name_other", kind: Kind::Text },
    Field { name: "familyNameOther", column: "p.family_name_other", kind: Kind::Text },
    Field { name: "birthDate", column: "p.birth_date", kind: Kind::Date },
    Field { name: "sex", column: "p.sex", kind: Kind::Choice(&["male", "female", "other", "unknown"]) },
    Field { name: "phone", column: "p.phone", kind: Kind::Text },
    Field { name: "email", column: "p.email", kind: Kind::Text },
    Field { name: "city", column: "(p.address ->> 'city')", kind: Kind::Text },
    Field {
        name: "contactMethod",
        column: "p.contact_method",
        kind: Kind::Choice(&["call", "sms", "whatsapp", "email"]),
    },
    Field { name: "language", column: "p.language", kind: Kind::Text },
    Field { name: "leadSource", column: "p.lead_source", kind: Kind::Text },
    Field { name: "status", column: "p.status", kind: Kind::Choice(&["lead", "active", "inactive", "deceased"]) },
    Field { name: "consentSms", column: "(p.consents -> 'sms' ->> 'granted')::boolean", kind: Kind::Boolean },
    Field { name: "consentEmail", column: "(p.consents -> 'email' ->> 'granted')::boolean", kind: Kind::Boolean },
    Field { name: "consentCalls", column: "(p.consents -> 'calls' ->> 'granted')::boolean", kind: Kind::Boolean },
    Field { name: "tag", column: "patients.patient_tag.tag_id", kind: Kind::Linked(TAGGED, &Kind::Id) },
    Field { name: "payer", column: "i.payer", kind: Kind::Linked(INSURED, &Kind::Text) },
    Field {
        name: "eligibility",
        column: "i.eligibility",
        kind: Kind::Linked(INSURED, &Kind::Choice(&["active", "inactive", "pending", "unknown"])),
    },
    Field { name: "lastVisit", column: "p.last_visit_at", kind: Kind::Instant },
    Field {
        name: "nextVisit",
        column: "(case when p.next_visit_at > now() then p.next_visit_at end)",
        kind: Kind::Instant,
    },
    Field { name: "createdAt", column: "p.created_at", kind: Kind::Instant },
    Field { name: "updatedAt", column: "p.updated_at", kind: Kind::Instant },
];

/// The tags of a patient.
const TAGGED: &str = "patients.patient_tag where patients.patient_tag.practice_id = p.practice_id
    and patients.patient_tag.patient_id = p.id";

/// The policies of a patient. Who has none is found by a `payer` that is empty.
const INSURED: &str = "patients.policy i where i.practice_id = p.practice_id and i.patient_id = p.id
    and i.deleted_at is null";

/// The practice's patients. Who is on the page is written to the ledger.
#[utoipa::path(post, path = "/api/v1/patients/query", tag = "patients", request_body = PatientQuery,
    responses((status = 200, body = PatientPage)))]
async fn list(who: Can<may::Read>, Body(asked): Body<PatientQuery>) -> Result<Json<PatientPage>> {
    let order =
        Order::parse(SORTS, asked.sort.as_deref(), asked.cursor.as_deref(), asked.limit).map_err(Error::in_body)?;
    let filter = asked.filter.as_ref().map(Filter::read).transpose()?;
    who.read_recorded(async move |tx| {
        let wanted = Which { deleted: asked.deleted, q: asked.q.as_deref(), filter: filter.as_ref(), ids: None };
        let rows = select(tx, wanted, &order).await?;
        let (rows, next_cursor) = order.cut(rows, |row, sort| (sort_value(row, sort), row.item.id.uuid()))?;
        let items: Vec<PatientItem> = rows.into_iter().map(|row| row.item).collect();
        let by = filter.as_ref().map(Filter::fields).unwrap_or_default();
        look(tx, &items, asked.q.is_some(), &by).await?;
        Ok(Json(PatientPage { items, next_cursor }))
    })
    .await
}

/// These patients as lists show them, in no order.
///
/// # Errors
/// 503 when the database is away.
pub async fn items(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<PatientItem>> {
    let mut query = QueryBuilder::new("select ");
    query.push(COLUMNS).push(" from patients.patient p where p.practice_id = ").push_bind(tx.practice());
    query.push(" and p.id = any(").push_bind(ids.to_vec()).push(")");
    let rows: Vec<PatientRow> = query.build_query_as().fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(|row| row.item).collect())
}

/// Writes to the ledger who was on a list.
///
/// # Errors
/// 503 when the database is away.
pub async fn look(tx: &mut TenantTx, items: &[PatientItem], searched: bool, filter: &[&str]) -> Result<()> {
    let patients: Vec<PatientId> = items.iter().map(|item| item.id).collect();
    let by: Vec<&str> = searched.then_some("q").into_iter().chain(filter.iter().copied()).collect();
    tx.record_read(Look::list("patient", &[], &by).of_patients(&patients)).await
}

fn sort_value(row: &PatientRow, sort: &str) -> Value {
    let item = &row.item;
    match sort {
        "number" => item.number.into(),
        "birthDate" => item.birth_date.map_or("9999-12-31".to_owned(), |date| date.to_string()).into(),
        "createdAt" => item.created_at.to_string().into(),
        "updatedAt" => item.updated_at.to_string().into(),
        _ => row.name_key.clone().into(),
    }
}

/// Which patients are wanted.
#[derive(Clone, Copy, Default)]
pub struct Which<'a> {
    /// Those that were deleted, instead of all others.
    pub deleted: bool,
    /// What was typed to find them.
    pub q: Option<&'a str>,
    /// A condition.
    pub filter: Option<&'a Filter>,
    /// None but these.
    pub ids: Option<&'a [Uuid]>,
}

impl Which<'_> {
    /// Adds `from` and `where` to a query about patients `p`.
    ///
    /// # Errors
    /// 422 at `/filter`.
    pub async fn push(&self, tx: &mut TenantTx, query: &mut QueryBuilder<Postgres>) -> Result<()> {
        query.push(" from patients.patient p where p.practice_id = ").push_bind(tx.practice());
        query.push(if self.deleted { " and p.deleted_at is not null" } else { " and p.deleted_at is null" });
        if let Some(ids) = self.ids {
            query.push(" and p.id = any(").push_bind(ids.to_vec()).push(")");
        }
        if let Some(q) = self.q {
            Wanted::read(tx, q).await?.push(tx.practice(), query);
        }
        if let Some(filter) = self.filter {
            query.push(" and ");
            let own = own_fields(tx, filter).await?;
            let fields: Vec<Field> = FIELDS.iter().copied().chain(own.iter().map(Filterable::field)).collect();
            filter.push(&fields, query)?;
        }
        Ok(())
    }
}

async fn select(tx: &mut TenantTx, wanted: Which<'_>, order: &Order) -> Result<Vec<PatientRow>> {
    let mut query = QueryBuilder::new("select ");
    query.push(COLUMNS);
    wanted.push(tx, &mut query).await?;
    order.push("p.id", &mut query).map_err(Error::in_body)?;
    Ok(query.build_query_as().fetch_all(tx.conn()).await?)
}

/// Whether a list can be asked for with this filter and this order.
///
/// # Errors
/// 422 at `/filter` or `/sort`.
pub async fn check(tx: &mut TenantTx, filter: Option<&Value>, sort: &str) -> Result<()> {
    Order::parse(SORTS, Some(sort), None, 1).map_err(Error::in_body)?;
    let filter = filter.map(Filter::read).transpose()?;
    let all = Which { filter: filter.as_ref(), ..Which::default() };
    all.push(tx, &mut QueryBuilder::new("")).await
}

/// The practice's own fields, where the filter asks for any.
async fn own_fields(tx: &mut TenantTx, filter: &Filter) -> Result<Vec<Filterable>> {
    let asked = filter.fields().iter().any(|field| field.starts_with("custom."));
    Ok(if asked { custom::filterable(&custom::all(tx).await?) } else { Vec::new() })
}

/// Everybody who is wanted, in this order, up to so many.
///
/// # Errors
/// 422 for a sort or a filter that there is not.
pub async fn ids(tx: &mut TenantTx, wanted: Which<'_>, sort: Option<&str>, most: u32) -> Result<Vec<Uuid>> {
    let order = Order::parse(SORTS, sort, None, most).map_err(Error::in_body)?;
    Ok(select(tx, wanted, &order).await?.into_iter().map(|row| row.item.id.uuid()).collect())
}

#[cfg(test)]
mod tests;
