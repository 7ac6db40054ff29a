//! The report: what was found of each row.

use garde::Validate;
use platform::extract::{Path, Query};
use platform::filter::Kind;
use platform::guard::Can;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::cases as may;
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use sqlx::types::Json as Column;
use sqlx::{FromRow, QueryBuilder};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::judge::Noted;
use super::{CaseImportId, RowOutcome, store};
use crate::CaseId;

/// The route of the report.
pub fn routes() -> Routes {
    Routes::new().route(route!(rows))
}

/// Which rows.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListCaseImportRows {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// Only rows of which this becomes.
    #[garde(skip)]
    #[param(inline)]
    outcome: Option<RowOutcome>,
}

/// A page of the report.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CaseImportRowPage {
    items: Vec<CaseImportRow>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// A row of the file, and what was found of it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CaseImportRow {
    /// As people count the rows of the file: the headings are the first one.
    number: i32,
    /// What becomes of it, or became of it.
    outcome: RowOutcome,
    /// What is wrong.
    faults: Vec<CaseImportFault>,
    /// As which case it was entered, or of which it is a duplicate.
    #[schema(required)]
    case_id: Option<CaseId>,
    /// What it says, in the order of the file's columns.
    cells: Vec<String>,
}

/// Something that is wrong with a row.
#[derive(Serialize, ToSchema)]
struct CaseImportFault {
    /// Key of the field; empty for the row as a whole.
    field: String,
    /// Stable name of what it is.
    code: String,
    /// What would be right, in English.
    message: String,
}

undisclosed!(CaseImportRowPage, CaseImportRow, CaseImportFault, Row);

/// As rows have no ids of their own, the import's stands behind their numbers.
const SORTS: &[Sort] = &[Sort { name: "number", column: "r.number", kind: Kind::Integer }];

#[derive(FromRow)]
struct Row {
    number: i32,
    outcome: RowOutcome,
    report: Column<Vec<Noted>>,
    case_id: Option<Uuid>,
    body: Vec<u8>,
}

/// What was found of each row, in the order of the file.
#[utoipa::path(get, path = "/api/v1/case-imports/{id}/rows", tag = "voice",
    params(("id" = Uuid, Path, description = "The import"), ListCaseImportRows),
    responses((status = 200, body = CaseImportRowPage)))]
async fn rows(
    who: Can<may::Import>,
    Path(id): Path<CaseImportId>,
    Query(asked): Query<ListCaseImportRows>,
) -> Result<Json<CaseImportRowPage>> {
    let order = Order::parse(SORTS, None, asked.cursor.as_deref(), asked.limit)?;
    who.read_recorded(async move |tx| {
        store::shown(tx, id).await?;
        let mut query = QueryBuilder::new(
            "select r.number, r.outcome, r.report, r.case_id, r.body from voice.case_import_row r where r.practice_id = ",
        );
        query.push_bind(tx.practice()).push(" and r.import_id = ").push_bind(id.uuid());
        if let Some(outcome) = asked.outcome {
            query.push(" and r.outcome = ").push_bind(outcome.word());
        }
        order.push("r.import_id", &mut query)?;
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let (rows, next_cursor) = order.cut(rows, |row, _| (row.number.into(), id.uuid()))?;
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let cells = store::open(tx, id, row.number, &row.body).await?.cells;
            let fault = |of: Noted| CaseImportFault { field: of.field, code: of.code, message: of.message };
            items.push(CaseImportRow {
                number: row.number,
                outcome: row.outcome,
                faults: row.report.0.into_iter().map(fault).collect(),
                case_id: row.case_id.map(CaseId),
                cells,
            });
        }
        let by: &[&str] = if asked.outcome.is_some() { &["outcome"] } else { &[] };
        tx.record_read(Look::list("case_import", &[id.uuid()], by)).await?;
        Ok(Json(CaseImportRowPage { items, next_cursor }))
    })
    .await
}
