//! The report: what was found of each row.

use garde::Validate;
use platform::db::TenantTx;
use platform::extract::{Path, Query};
use platform::filter::Kind;
use platform::guard::Can;
use platform::id::PatientId;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::patients as may;
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use sqlx::types::Json as Column;
use sqlx::{FromRow, QueryBuilder};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::file::Body;
use super::store::{self, Stored};
use super::verdicts::Noted;
use super::{ImportId, RowOutcome, fhir};
use crate::columns;

/// The route of the report.
pub fn routes() -> Routes {
    Routes::new().route(route!(rows))
}

/// Which rows.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListImportRows {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// Only rows of which this has become.
    #[garde(skip)]
    #[param(inline)]
    outcome: Option<RowOutcome>,
}

/// A page of the report.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ImportRowPage {
    items: Vec<ImportRow>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// A row of the file, and what was found of it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ImportRow {
    /// As people count the rows of the file: the headings are the first one. Resources of FHIR are counted from 1.
    number: i32,
    /// What becomes of it, or became of it.
    outcome: RowOutcome,
    /// What is wrong, and what somebody may want to look at.
    notes: Vec<ImportNote>,
    /// Whom it is like.
    #[schema(required)]
    like: Option<ImportLike>,
    /// As whom it was entered.
    #[schema(required)]
    patient_id: Option<PatientId>,
    /// What it says, in the order of the file's columns; for a resource its id and name.
    cells: Vec<String>,
}

/// Something about a row.
#[derive(Serialize, ToSchema)]
struct ImportNote {
    /// Which column of the file, counted from 0; null where that cannot be said.
    #[schema(required)]
    column: Option<u32>,
    /// Which column of a patient; empty for the row as a whole.
    field: String,
    /// Stable name of what it is, such as `invalid_date`.
    code: String,
    /// What would be right, in English.
    message: String,
    /// Whether the row is not entered because of it.
    fault: bool,
}

/// Whom a row is like.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ImportLike {
    /// Why: `origin`, `nationalId`, `nameAndBirthDate`, `nameAndPhone`, `nameAndEmail`.
    rule: String,
    /// A patient of the practice.
    #[schema(required)]
    patient_id: Option<PatientId>,
    /// An earlier row of the file.
    #[schema(required)]
    row: Option<i32>,
}

undisclosed!(ImportRow, ImportNote, ImportLike);

/// As rows have no ids of their own, the import's stands behind their numbers.
const SORTS: &[Sort] = &[Sort { name: "number", column: "r.number", kind: Kind::Integer }];

#[derive(FromRow)]
struct Row {
    number: i32,
    outcome: RowOutcome,
    report: Column<Vec<Noted>>,
    like_patient: Option<Uuid>,
    like_row: Option<i32>,
    like_rule: Option<String>,
    patient_id: Option<Uuid>,
    body: Vec<u8>,
}

/// What was found of each row, in the order of the file.
#[utoipa::path(get, path = "/api/v1/imports/{id}/rows", tag = "patients",
    params(("id" = Uuid, Path, description = "The import"), ListImportRows),
    responses((status = 200, body = ImportRowPage)))]
async fn rows(
    who: Can<may::Import>,
    Path(id): Path<ImportId>,
    Query(asked): Query<ListImportRows>,
) -> Result<Json<ImportRowPage>> {
    let order = Order::parse(SORTS, None, asked.cursor.as_deref(), asked.limit)?;
    who.read_recorded(async move |tx| {
        let import = store::find(tx, id, false).await?;
        let mut query = QueryBuilder::new(
            "select r.number, r.outcome, r.report, r.like_patient, r.like_row, r.like_rule, r.patient_id, r.body
               from patients.import_row r where r.practice_id = ",
        );
        query.push_bind(tx.practice()).push(" and r.import_id = ").push_bind(id.uuid());
        if let Some(outcome) = asked.outcome {
            query.push(" and r.outcome = ").push_bind(outcome.word());
        }
        order.push("r.import_id", &mut query)?;
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let (rows, next_cursor) = order.cut(rows, |row, _| (row.number.into(), id.uuid()))?;
        let whom = |row: &Row| row.patient_id.or(row.like_patient).map(PatientId);
        let patients: Vec<PatientId> = rows.iter().filter_map(whom).collect();
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            items.push(shown(tx, &import, row).await?);
        }
        let by: &[&str] = if asked.outcome.is_some() { &["outcome"] } else { &[] };
        tx.record_read(Look::list("import", &[id.uuid()], by).of_patients(&patients)).await?;
        Ok(Json(ImportRowPage { items, next_cursor }))
    })
    .await
}

async fn shown(tx: &mut TenantTx, import: &Stored, row: Row) -> Result<ImportRow> {
    let column = |field: &str| {
        let at = import.columns.iter().position(|column| column.as_deref() == Some(field))?;
        u32::try_from(at).ok()
    };
    let note = |noted: &Noted| ImportNote {
        column: column(&noted.fault.field),
        field: noted.fault.field.clone(),
        code: noted.fault.code.clone(),
        message: columns::message(&noted.fault.code).to_owned(),
        fault: noted.is_fault,
    };
    let like =
        row.like_rule.map(|rule| ImportLike { rule, patient_id: row.like_patient.map(PatientId), row: row.like_row });
    let cells = match store::open(tx, import.id, row.number, &row.body).await? {
        Body::Cells(cells) => cells,
        Body::Resource(resource) => fhir::label(&resource),
    };
    Ok(ImportRow {
        number: row.number,
        outcome: row.outcome,
        notes: row.report.0.iter().map(note).collect(),
        like,
        patient_id: row.patient_id.map(PatientId),
        cells,
    })
}
