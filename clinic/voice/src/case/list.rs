//! Listing the cases of a call workflow: pages, search, filter. What is searched and filtered by travels in the body: what
//! is in an address ends up in logs.

use dialogue::{Kind as FieldKind, Schema};
use garde::Validate;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Body;
use platform::filter::{Field, Filter, Kind};
use platform::guard::Can;
use platform::id::PatientId;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::cases as may;
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Postgres, QueryBuilder, Row as _};
use utoipa::ToSchema;
use uuid::Uuid;

use super::row::{COLUMNS, Row};
use super::shown::{self, CaseItem, Eyes};
use super::{Case, terms};
use crate::{CallWorkflowId, workflow};

/// The route of the list.
pub fn routes() -> Routes {
    Routes::new().route(route!(list))
}

/// Which cases to list.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CaseQuery {
    /// Of which call workflow.
    #[garde(skip)]
    call_workflow_id: CallWorkflowId,
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[schema(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// `createdAt`, `lastCallAt`, or a field that is not sensitive, as `fields.due_on`; with a hyphen in front for
    /// descending. What has nothing there comes as an empty text, a far day, the greatest number.
    #[garde(inner(length(max = 80)))]
    sort: Option<String>,
    /// Beginnings of words, last digits of a number.
    #[garde(inner(length(chars, max = 120)))]
    search: Option<String>,
    /// A filter in the product's grammar, over `callStatus`, `calls`, `lastCallAt`, `patientId`, `createdAt` and fields that are not
    /// sensitive, as `fields.due_on`.
    #[garde(skip)]
    #[schema(value_type = Option<Object>)]
    filter: Option<Value>,
    /// Those that were deleted, instead of all others.
    #[garde(skip)]
    #[serde(default)]
    deleted: bool,
}

/// A page of cases.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CasePage {
    items: Vec<CaseItem>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

undisclosed!(CaseQuery, CasePage, Sorted, Which<'_>);

const STATUS: Kind = Kind::Choice(&["not_started", "queued", "in_call", "completed", "not_reached", "failed"]);

/// What all cases can be filtered by.
const FIELDS: &[Field] = &[
    Field { name: "callStatus", column: "c.call_status", kind: STATUS },
    Field { name: "calls", column: "c.calls", kind: Kind::Integer },
    Field { name: "lastCallAt", column: "c.last_call_at", kind: Kind::Instant },
    Field { name: "patientId", column: "c.patient_id", kind: Kind::Id },
    Field { name: "createdAt", column: "c.created_at", kind: Kind::Instant },
];

/// What all cases can be sorted by.
const SORTS: &[Sort] = &[
    Sort { name: "createdAt", column: "c.created_at", kind: Kind::Instant },
    Sort { name: "lastCallAt", column: "coalesce(c.last_call_at, 'epoch'::timestamptz)", kind: Kind::Instant },
];

/// A field as filters and sorts know it, `fields.key`, and the expressions for it over a case `c`.
struct Own {
    name: String,
    column: String,
    sorted: String,
    kind: Kind,
}

/// Fields by which lists are filtered and sorted: all but the sensitive ones. Keys are plain, as a schema has no others.
fn own(schema: &Schema) -> Vec<Own> {
    let open = schema.fields.iter().filter(|field| !field.sensitive);
    open.map(|field| {
        let text = format!("(c.fields ->> '{}')", field.key);
        let (cast, kind, otherwise) = match field.kind {
            FieldKind::String | FieldKind::Text | FieldKind::Phone | FieldKind::Select => ("", Kind::Text, "''"),
            FieldKind::Number => ("::numeric", Kind::Number, "'1e308'::float8"),
            FieldKind::Date => ("::date", Kind::Date, "'9999-12-31'::date"),
            FieldKind::DateTime => ("::timestamptz", Kind::Instant, "'9999-12-30T00:00:00Z'::timestamptz"),
            FieldKind::Boolean => ("::boolean", Kind::Boolean, "false"),
        };
        let sorted = match field.kind {
            // as precise as the number in a cursor, so that none is skipped
            FieldKind::Number => format!("greatest(least({text}::float8, {otherwise}), -{otherwise})::numeric"),
            _ => format!("coalesce({text}{cast}, {otherwise})"),
        };
        Own { name: format!("fields.{}", field.key), column: format!("{text}{cast}"), sorted, kind }
    })
    .collect()
}

/// A case, with the value it was sorted by as text.
struct Sorted {
    case: Case,
    key: String,
}

impl FromRow<'_, PgRow> for Sorted {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self { case: Row::from_row(row)?.closed(), key: row.try_get("sort_key")? })
    }
}

/// The cases of a call workflow. Which are on the page is written to the ledger.
#[utoipa::path(post, path = "/api/v1/cases/query", tag = "voice", request_body = CaseQuery,
    responses((status = 200, body = CasePage)))]
async fn list(who: Can<may::Read>, Body(asked): Body<CaseQuery>) -> Result<Json<CasePage>> {
    let eyes = Eyes::of(&who);
    let filter = asked.filter.as_ref().map(Filter::read).transpose()?;
    who.read_recorded(async move |tx| {
        let (_, schema) = workflow::schema(tx, asked.call_workflow_id, false).await.map_err(super::no_workflow)?;
        let which = Which {
            workflow: asked.call_workflow_id,
            search: asked.search.as_deref(),
            filter: filter.as_ref(),
            deleted: asked.deleted,
        };
        let (sort, cursor) = (asked.sort.as_deref(), asked.cursor.as_deref());
        let (cases, next_cursor) = page(tx, &schema, which, sort, cursor, asked.limit).await?;
        let mut items: Vec<CaseItem> = cases.into_iter().map(|case| CaseItem::of(&schema, case)).collect();
        shown::name(tx, &mut items, eyes).await?;
        let ids: Vec<Uuid> = items.iter().map(|item| item.id.uuid()).collect();
        let patients: Vec<PatientId> = items.iter().filter_map(|item| item.patient_id).collect();
        let by: Vec<&str> = which.search.map(|_| "search").into_iter().chain(which.fields()).collect();
        tx.record_read(Look::list("case", &ids, &by).of_patients(&patients)).await?;
        Ok(Json(CasePage { items, next_cursor }))
    })
    .await
}

/// Which cases are wanted.
#[derive(Clone, Copy)]
pub struct Which<'a> {
    /// Of which call workflow.
    pub workflow: CallWorkflowId,
    /// What was typed to find them.
    pub search: Option<&'a str>,
    /// A condition.
    pub filter: Option<&'a Filter>,
    /// Those that were deleted, instead of all others.
    pub deleted: bool,
}

impl Which<'_> {
    /// Names of the fields it is filtered by, for the ledger.
    pub fn fields(&self) -> Vec<&str> {
        self.filter.map(Filter::fields).unwrap_or_default()
    }

    /// Adds `from` and `where` to a query about cases `c`. The call workflow comes first, so that no value of another one
    /// is read as one of this one's.
    fn push(&self, tx: &TenantTx, own: &[Own], query: &mut QueryBuilder<Postgres>) -> Result<()> {
        query.push(" from voice.case c where c.practice_id = ").push_bind(tx.practice());
        query.push(" and c.call_workflow_id = ").push_bind(self.workflow.uuid());
        query.push(if self.deleted { " and c.deleted_at is not null" } else { " and c.deleted_at is null" });
        if let Some(typed) = self.search.map(str::trim).filter(|typed| !typed.is_empty()) {
            terms::Wanted::read(typed).push(tx.practice(), self.workflow, query);
        }
        if let Some(filter) = self.filter {
            query.push(" and ");
            let own = own.iter().map(|own| Field { name: &own.name, column: &own.column, kind: own.kind });
            filter.push(&FIELDS.iter().copied().chain(own).collect::<Vec<_>>(), query)?;
        }
        Ok(())
    }
}

/// A page of cases without what is sensitive, and the cursor of the next one.
///
/// # Errors
/// 422 at `/filter`, `/sort` or `/cursor`.
pub async fn page(
    tx: &mut TenantTx,
    schema: &Schema,
    which: Which<'_>,
    sort: Option<&str>,
    cursor: Option<&str>,
    limit: u32,
) -> Result<(Vec<Case>, Option<String>)> {
    let mut query = QueryBuilder::new("select ");
    let (order, kind) = fill(&mut query, tx, schema, which, (sort, cursor, limit))?;
    let rows: Vec<Sorted> = query.build_query_as().fetch_all(tx.conn()).await?;
    let (rows, next) = order.cut(rows, |row, _| (key(kind, &row.key), row.case.id.uuid()))?;
    Ok((rows.into_iter().map(|row| row.case).collect(), next))
}

/// Adds to a query what a page is read by; answers its order, and what it is sorted by.
pub fn fill(
    query: &mut QueryBuilder<Postgres>,
    tx: &TenantTx,
    schema: &Schema,
    which: Which<'_>,
    (sort, cursor, limit): (Option<&str>, Option<&str>, u32),
) -> Result<(Order, Kind)> {
    let own = own(schema);
    let sorts = own.iter().map(|own| Field { name: &own.name, column: &own.sorted, kind: own.kind });
    let sorts: Vec<Field> = SORTS.iter().copied().chain(sorts).collect();
    let order = Order::parse(&sorts, sort, cursor, limit).map_err(Error::in_body)?;
    let name = sort.unwrap_or(SORTS[0].name).trim_start_matches('-');
    let sorted = sorts.iter().find(|sort| sort.name == name).unwrap_or(&SORTS[0]);
    query.push(COLUMNS).push(format_args!(", ({})::text as sort_key", sorted.column));
    which.push(tx, &own, query)?;
    order.push("c.id", query).map_err(Error::in_body)?;
    Ok((order, sorted.kind))
}

/// What a row was sorted by, as a cursor has it.
fn key(kind: Kind, text: &str) -> Value {
    match kind {
        Kind::Number => text.parse::<f64>().map_or(Value::Null, Value::from),
        Kind::Boolean => Value::from(text == "true"),
        _ => Value::from(text),
    }
}
