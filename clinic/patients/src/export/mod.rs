//! Taking patients out: those that a list shows, as a table. What is taken out can be imported again as it was.

mod table;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use garde::Validate;
use platform::db::TenantTx;
use platform::error::{Error, FieldError};
use platform::extract::Body;
use platform::filter::Filter;
use platform::guard::Can;
use platform::id::PatientId;
use platform::permission::patients as may;
use platform::record::{Change, Look};
use platform::routes::Routes;
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::columns::{Columns, DateStyle};
use crate::list::{self, Which};
use crate::record::{self, Patient};

/// The route of the export.
pub fn routes() -> Routes {
    Routes::new().route(route!(export))
}

/// Patients of one file at most.
const MOST: u32 = 20_000;
/// Patients that are chosen one by one at most.
const MOST_CHOSEN: usize = 500;
/// Records that are opened, and written to the ledger, at once.
const AT_ONCE: usize = 500;
/// The practice's number, which no file brings in.
const NUMBER: &str = "number";

/// What kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PatientExportFormat {
    /// Comma separated (RFC 4180), UTF-8 with a byte order mark. What a spreadsheet would take for a formula, such as a
    /// number with `+`, begins with an apostrophe, which importing takes off again.
    Csv,
    /// An Excel workbook whose cells are all text.
    Xlsx,
}

/// Which patients, and what of them.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PatientExport {
    /// Names of the columns, in their order: `number` and those that an import may have. All of them without it.
    #[garde(length(max = 200))]
    #[serde(default)]
    columns: Vec<String>,
    /// Those that were deleted, instead of all others.
    #[garde(skip)]
    #[serde(default)]
    deleted: bool,
    /// A filter in the product's grammar.
    #[garde(skip)]
    #[schema(value_type = Option<Object>)]
    filter: Option<Value>,
    /// What kind of file.
    #[garde(skip)]
    format: PatientExportFormat,
    /// None but these, as they were chosen one by one.
    #[garde(inner(length(max = MOST_CHOSEN)))]
    ids: Option<Vec<Uuid>>,
    /// What was searched for, as in the list.
    #[garde(inner(length(chars, max = 120)))]
    q: Option<String>,
    /// As in the list.
    #[garde(inner(length(max = 40)))]
    sort: Option<String>,
}

undisclosed!(PatientExport);

/// Take out the patients that a list with this query shows, at most 20,000. Who is in the file is written to the ledger.
#[utoipa::path(post, path = "/api/v1/patients/export", tag = "patients", request_body = PatientExport,
    responses((status = 200, description = "The file", content_type = "application/octet-stream", body = Vec<u8>)))]
async fn export(who: Can<may::Export>, Body(asked): Body<PatientExport>) -> Result<Response> {
    let format = asked.format;
    let filter = asked.filter.as_ref().map(Filter::read).transpose()?;
    let (table, now) = who
        .read_recorded(async move |tx| {
            let now = tx.now();
            Ok((table(tx, &asked, filter.as_ref()).await?, now))
        })
        .await?;
    let (kind, ending) = match format {
        PatientExportFormat::Csv => ("text/csv; charset=utf-8", "csv"),
        PatientExportFormat::Xlsx => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    };
    let bytes = tokio::task::spawn_blocking(move || table::write(format, &table)).await.map_err(Error::internal)??;
    let name = format!("attachment; filename=\"patients-{}.{ending}\"", now.strftime("%Y-%m-%d"));
    let headers: [(HeaderName, HeaderValue); 2] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(Error::internal)?),
    ];
    Ok((headers, bytes).into_response())
}

/// The headings, and a row for each patient.
async fn table(tx: &mut TenantTx, asked: &PatientExport, filter: Option<&Filter>) -> Result<Vec<Vec<String>>> {
    let known = Columns::of(tx, DateStyle::default()).await?;
    let all: Vec<&str> = [NUMBER].into_iter().chain(known.readable()).collect();
    if let Some(at) = asked.columns.iter().position(|column| !all.contains(&column.as_str())) {
        let fault = FieldError::new(format!("/columns/{at}"), "unknown", "There is no such column to take out.");
        return Err(Error::invalid(vec![fault]));
    }
    let columns: Vec<&str> =
        if asked.columns.is_empty() { all } else { asked.columns.iter().map(String::as_str).collect() };
    let wanted = Which { deleted: asked.deleted, q: asked.q.as_deref(), filter, ids: asked.ids.as_deref() };
    let ids = list::ids(tx, wanted, asked.sort.as_deref(), MOST + 1).await?;
    if ids.len() > MOST as usize {
        return Err(Error::conflict("export.too_large", "A file has at most 20,000 patients; filter for fewer."));
    }
    let mut rows = vec![columns.iter().map(|column| (*column).to_owned()).collect()];
    for some in ids.chunks(AT_ONCE) {
        let found = record::find_all(tx, some, false).await?;
        let there: HashMap<Uuid, Patient> = found.into_iter().map(|patient| (patient.id.uuid(), patient)).collect();
        rows.extend(some.iter().filter_map(|id| Some(row(&known, &columns, there.get(id)?))));
    }
    note(tx, asked, filter, &columns, &ids).await?;
    Ok(rows)
}

fn row(known: &Columns, columns: &[&str], patient: &Patient) -> Vec<String> {
    let cell = |column: &&str| match *column {
        NUMBER => patient.number.to_string(),
        column => known.read(column, &patient.fields),
    };
    columns.iter().map(cell).collect()
}

/// Writes to the ledger that a file was made, and who is in it.
async fn note(
    tx: &mut TenantTx,
    asked: &PatientExport,
    filter: Option<&Filter>,
    columns: &[&str],
    ids: &[Uuid],
) -> Result<()> {
    let fields = filter.map(Filter::fields).unwrap_or_default();
    let chosen = asked.ids.iter().map(|_| "ids");
    let by: Vec<&str> = asked.q.iter().map(|_| "q").chain(chosen).chain(fields).collect();
    let export = Uuid::now_v7();
    let detail = json!({ "format": asked.format, "columns": columns, "patients": ids.len() });
    tx.record(Change::done("export", "patient", export).with(detail)).await?;
    for some in ids.chunks(AT_ONCE).chain(ids.is_empty().then_some(ids)) {
        let patients: Vec<PatientId> = some.iter().map(|id| PatientId(*id)).collect();
        tx.record_read(Look::list("patient", &[export], &by).of_patients(&patients)).await?;
    }
    Ok(())
}
