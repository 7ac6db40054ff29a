//! Downloading an export: piece by piece as it is opened, so that memory holds one of them.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use futures::stream;
use jiff::Timestamp;
use platform::db::{Caller, TenantTx};
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Can;
use platform::permission::audit as may;
use platform::record::Change;
use platform::route;
use platform::routes::Routes;
use platform::{App, Result};
use serde_json::json;
use uuid::Uuid;

use super::{ExportId, make};

/// The route of the file.
pub fn routes() -> Routes {
    Routes::new().route(route!(download))
}

/// A file that is finished.
struct Finished {
    run: Uuid,
    chunks: i32,
    bytes: i64,
    format: String,
    created_at: Timestamp,
}

/// Download an export. The download is written into the ledger before it begins.
#[utoipa::path(get, path = "/api/v1/audit/exports/{id}/file", tag = "audit",
    params(("id" = Uuid, Path, description = "The export")),
    responses((status = 200, description = "The file", content_type = "application/octet-stream", body = Vec<u8>)))]
async fn download(who: Can<may::Export>, Path(id): Path<ExportId>) -> Result<Response> {
    let file = who
        .write(async move |tx| {
            let file = finished(tx, id).await?;
            tx.record(Change::done("download", "ledger", id.uuid()).with(json!({ "format": file.format }))).await?;
            Ok(file)
        })
        .await?;
    let (kind, ending) = match file.format.as_str() {
        "csv" => ("text/csv; charset=utf-8", "csv"),
        "fhir" => ("application/fhir+ndjson", "ndjson"),
        _ => ("application/jsonl", "jsonl"),
    };
    let name = format!("attachment; filename=\"ledger-{}.{ending}\"", file.created_at.strftime("%Y-%m-%d"));
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(Error::internal)?),
        (header::CONTENT_LENGTH, file.bytes.into()),
    ];
    Ok((headers, Body::from_stream(pieces(who.app().clone(), who.caller().clone(), id, file))).into_response())
}

async fn finished(tx: &mut TenantTx, id: ExportId) -> Result<Finished> {
    let row = sqlx::query!(
        "select run, chunks, bytes, format, created_at from audit_export.request
          where practice_id = $1 and id = $2 and expires_at > $3",
        tx.practice(),
        id.uuid(),
        jiff_sqlx::Timestamp::from(tx.now()) as _,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    let run = row.run.ok_or_else(|| Error::conflict("audit.export_not_ready", "The file is not finished yet."))?;
    let created_at = row.created_at.to_jiff();
    Ok(Finished { run, chunks: row.chunks, bytes: row.bytes, format: row.format, created_at })
}

/// Each piece in a transaction of its own: a session that ends meanwhile ends the download.
fn pieces(
    app: App,
    caller: Caller,
    id: ExportId,
    file: Finished,
) -> impl futures::Stream<Item = Result<Vec<u8>, std::io::Error>> {
    stream::unfold(0, move |number| {
        let (app, caller, run, chunks) = (app.clone(), caller.clone(), file.run, file.chunks);
        async move {
            if number >= chunks {
                return None;
            }
            let piece = app.door.read(&caller, async move |tx| make::chunk(tx, id, run, number).await).await;
            Some((piece.map_err(|error| std::io::Error::other(error.to_string())), number + 1))
        }
    })
}
