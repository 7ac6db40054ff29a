//! Taking cases out: those that a list shows, as a table. What is taken out can be imported again as it was.

use std::collections::HashMap;

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use csv::{Terminator, WriterBuilder};
use dialogue::Schema;
use garde::Validate;
use patients::files;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Body;
use platform::filter::Filter;
use platform::guard::Can;
use platform::id::PatientId;
use platform::permission::cases as may;
use platform::record::{Change, Look};
use platform::routes::Routes;
use platform::{Result, route, undisclosed};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{Which, page};
use super::{Case, cells, row};
use crate::{CallWorkflowId, workflow};

/// The route of the export.
pub fn routes() -> Routes {
    Routes::new().route(route!(export))
}

/// Cases of one file at most.
const MOST: u32 = 20_000;
/// Cases that are opened, and written to the ledger, at once.
const AT_ONCE: usize = 500;
/// What is told of a case besides its fields, and no file brings in.
const BESIDE: [&str; 3] = ["callStatus", "calls", "lastCallAt"];

/// Which cases, and what of them.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CaseExport {
    /// Of which call workflow.
    #[garde(skip)]
    call_workflow_id: CallWorkflowId,
    /// What was searched for, as in the list.
    #[garde(inner(length(chars, max = 120)))]
    search: Option<String>,
    /// A filter in the product's grammar, as in the list.
    #[garde(skip)]
    #[schema(value_type = Option<Object>)]
    filter: Option<Value>,
    /// As in the list.
    #[garde(inner(length(max = 80)))]
    sort: Option<String>,
    /// With the fields that are sensitive.
    #[garde(skip)]
    #[serde(default)]
    sensitive: bool,
}

undisclosed!(CaseExport);

/// Take out the cases that a list with this query shows, at most 20,000, as CSV: comma separated (RFC 4180), UTF-8 with a
/// byte order mark, headed by the keys of the fields. What a spreadsheet would take for a formula, such as a number with
/// `+`, begins with an apostrophe, which importing takes off again. Which cases are in the file is written to the ledger.
#[utoipa::path(post, path = "/api/v1/cases/export", tag = "voice", request_body = CaseExport,
    responses((status = 200, description = "The file", content_type = "text/csv", body = String)))]
async fn export(who: Can<may::Export>, Body(asked): Body<CaseExport>) -> Result<Response> {
    let filter = asked.filter.as_ref().map(Filter::read).transpose()?;
    let (bytes, now) = who
        .read_recorded(async move |tx| {
            let now = tx.now();
            Ok((table(tx, &asked, filter.as_ref()).await?, now))
        })
        .await?;
    let name = format!("attachment; filename=\"cases-{}.csv\"", now.strftime("%Y-%m-%d"));
    let headers: [(HeaderName, HeaderValue); 2] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(Error::internal)?),
    ];
    Ok((headers, bytes).into_response())
}

async fn table(tx: &mut TenantTx, asked: &CaseExport, filter: Option<&Filter>) -> Result<Vec<u8>> {
    let (_, schema) = workflow::schema(tx, asked.call_workflow_id, false).await.map_err(super::no_workflow)?;
    let which = Which { workflow: asked.call_workflow_id, search: asked.search.as_deref(), filter, deleted: false };
    let (mut cases, more) = page(tx, &schema, which, asked.sort.as_deref(), None, MOST).await?;
    if more.is_some() {
        return Err(Error::conflict("export.too_large", "A file has at most 20,000 cases; filter for fewer."));
    }
    if asked.sensitive {
        open(tx, &mut cases).await?;
    }
    note(tx, asked, which, &cases).await?;
    written(&schema, &cases, asked.sensitive)
}

/// Puts what is sensitive into the cases.
async fn open(tx: &mut TenantTx, cases: &mut [Case]) -> Result<()> {
    for some in cases.chunks_mut(AT_ONCE) {
        let ids: Vec<Uuid> = some.iter().filter(|case| !case.private.is_empty()).map(|case| case.id.uuid()).collect();
        let opened = row::some(tx, &ids).await?;
        let mut opened: HashMap<_, _> = opened.into_iter().map(|case| (case.id.uuid(), case.private)).collect();
        for case in some {
            case.private = opened.remove(&case.id.uuid()).unwrap_or_default();
        }
    }
    Ok(())
}

/// The file, with a byte order mark, without which spreadsheets take Arabic for something else.
fn written(schema: &Schema, cases: &[Case], sensitive: bool) -> Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    let fields: Vec<_> = schema.in_order().into_iter().filter(|field| sensitive || !field.sensitive).collect();
    let headings = fields.iter().map(|field| field.key.as_str()).chain(BESIDE);
    writer.write_record(headings).map_err(Error::internal)?;
    for case in cases {
        let value =
            |key: &str| case.fields.get(key).or_else(|| case.private.get(key)).map(cells::cell).unwrap_or_default();
        let of_fields = fields.iter().map(|field| value(&field.key));
        let beside =
            [cells::cell(&json!(case.call_status)), case.calls.to_string(), cells::cell(&json!(case.last_call_at))];
        let row = of_fields.chain(beside).map(|cell| files::safe(&cell).into_owned());
        writer.write_record(row).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(Error::internal)
}

/// Writes to the ledger that a file was made, and which cases are in it.
async fn note(tx: &mut TenantTx, asked: &CaseExport, which: Which<'_>, cases: &[Case]) -> Result<()> {
    let export = Uuid::now_v7();
    let by: Vec<&str> = which.search.map(|_| "search").into_iter().chain(which.fields()).collect();
    let detail = json!({ "callWorkflow": asked.call_workflow_id, "cases": cases.len(), "sensitive": asked.sensitive });
    tx.record(Change::done("export", "case", export).with(detail)).await?;
    let resource = if asked.sensitive { "case_sensitive" } else { "case" };
    for some in cases.chunks(AT_ONCE).chain(cases.is_empty().then_some(cases)) {
        let ids: Vec<Uuid> = some.iter().map(|case| case.id.uuid()).collect();
        let patients: Vec<PatientId> = some.iter().filter_map(|case| case.patient).collect();
        tx.record_read(Look::list(resource, &ids, &by).of_patients(&patients)).await?;
    }
    Ok(())
}
