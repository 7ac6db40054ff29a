//! Giving a file: it is read and judged at once, and kept sealed until its days are over.

use axum::extract::Request;
use axum::http::StatusCode;
use garde::Validate;
use patients::files::{self, DateStyle, Hints};
use platform::crypto::sha256;
use platform::error::Error;
use platform::extract::Query;
use platform::guard::Can;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::cases as may;
use platform::record::Change;
use platform::routes::Routes;
use platform::{Result, route};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::store::{self, Row, Stored};
use super::{CaseImportId, ImportState, judge};
use crate::case::{cells, no_workflow};
use crate::{CallWorkflowId, workflow};

/// Bytes of a file.
const LARGEST: usize = 16 * 1024 * 1024;
/// Rows of an import.
const MOST_ROWS: usize = 20_000;

/// The route of giving a file.
pub fn routes() -> Routes {
    Routes::new().route(route!(create))
}

/// What the file does not say of itself.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HowToRead {
    /// Of which call workflow the cases are.
    #[garde(skip)]
    call_workflow_id: CallWorkflowId,
    /// How the text is encoded, such as `windows-1256`; without it the file is looked at.
    #[garde(inner(length(max = 40)))]
    encoding: Option<String>,
    /// What stands between cells: a comma, semicolon, tab or bar; without it the file is looked at.
    #[garde(skip)]
    delimiter: Option<char>,
    /// In which order day and month are written.
    #[garde(skip)]
    #[serde(default)]
    #[param(inline)]
    dates: DateStyle,
}

/// Give a file with cases: CSV or XLSX, of at most 16 MiB and 20,000 rows, headed by keys or names of the fields. Every row
/// is judged at once; nothing is entered yet.
#[utoipa::path(post, path = "/api/v1/case-imports", tag = "voice",
    request_body(content((Vec<u8> = "text/csv"), (Vec<u8> = "application/octet-stream"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    params(HowToRead,
           ("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = super::CaseImport)))]
async fn create(
    who: Can<may::Import>,
    Query(how): Query<HowToRead>,
    key: IdempotencyKey,
    request: Request,
) -> Result<Once> {
    let bytes = axum::body::to_bytes(request.into_body(), LARGEST).await.map_err(|_| too_large())?;
    let said = (sha256(&bytes), how.call_workflow_id, &how.encoding, how.delimiter, how.dates);
    let once = key.of("case_import.create", &said)?;
    let hints = Hints { encoding: how.encoding.clone(), delimiter: how.delimiter };
    let read = tokio::task::spawn_blocking(move || files::read_table(&bytes, &hints));
    let table = read.await.map_err(Error::internal)??;
    if table.rows.len() > MOST_ROWS {
        let title = "An import has at most 20,000 rows; split the file.";
        return Err(Error::new(StatusCode::UNPROCESSABLE_ENTITY, "import.too_many_rows", title));
    }
    who.create_once(once, async move |tx| {
        let wrong = |error| no_workflow(error).in_query();
        let (_, schema) = workflow::schema(tx, how.call_workflow_id, false).await.map_err(wrong)?;
        let import = Stored {
            id: CaseImportId::new(),
            workflow: how.call_workflow_id,
            columns: cells::guess(&schema.fields, &table.headings),
            rows: i32::try_from(table.rows.len()).map_err(Error::internal)?,
            about: table.clone(),
            dates: how.dates,
            state: ImportState::Checked,
            job: None,
            version: 1,
        };
        let row = |(number, cells): &(i32, Vec<String>)| Row { number: *number, cells: cells.clone() };
        let rows: Vec<Row> = import.about.rows.iter().map(row).collect();
        let verdicts = judge::judge(tx, &import, &schema, &rows).await?;
        store::add(tx, &import, &verdicts).await?;
        let detail = json!({ "rows": import.rows, "callWorkflow": import.workflow });
        tx.record(Change::done("create", "case_import", import.id.uuid()).with(detail)).await?;
        store::shown(tx, import.id).await
    })
    .await
}

fn too_large() -> Error {
    let title = "A file has at most 16 MiB; split it, or leave out columns that are not needed.";
    Error::new(StatusCode::PAYLOAD_TOO_LARGE, "import.too_large", title)
}
