//! Giving a file: it is read at once, and kept sealed until it is entered or its days are over.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use garde::Validate;
use platform::crypto::sha256;
use platform::error::Error;
use platform::extract::Query;
use platform::guard::Can;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::patients as may;
use platform::routes::Routes;
use platform::{Result, route, validate};
use serde::Deserialize;
use utoipa::IntoParams;

use super::file::{self, Hints};
use super::{Import, list, store};

/// Bytes of a file.
const LARGEST: usize = 32 * 1024 * 1024;

/// The route of giving a file.
pub fn routes() -> Routes {
    Routes::new().route(route!(create))
}

/// What the file does not say of itself.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HowToRead {
    /// How the text is encoded, such as `windows-1256`; without it the file is looked at.
    #[garde(inner(length(max = 40)))]
    encoding: Option<String>,
    /// What stands between cells: a comma, semicolon, tab or bar; without it the file is looked at.
    #[garde(skip)]
    delimiter: Option<char>,
}

/// Give a file with patients: CSV, XLSX, or FHIR R4 (a bundle, or NDJSON), of at most 32 MiB and 50,000 rows. What kind it
/// is, its encoding and its columns are found out; see the answer for what was guessed. Nothing is entered yet.
#[utoipa::path(post, path = "/api/v1/imports", tag = "patients",
    request_body(content((Vec<u8> = "text/csv"), (Vec<u8> = "application/octet-stream"), (Vec<u8> = "application/fhir+ndjson"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    params(HowToRead,
           ("X-File-Name" = Option<String>, Header, description = "The file's name, percent-encoded"),
           ("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Import)))]
async fn create(
    who: Can<may::Import>,
    Query(how): Query<HowToRead>,
    key: IdempotencyKey,
    request: Request,
) -> Result<Once> {
    let name = file_name(request.headers())?;
    let bytes = axum::body::to_bytes(request.into_body(), LARGEST).await.map_err(|_| too_large())?;
    let once = key.of("import.create", &(sha256(&bytes), &how.encoding, how.delimiter))?;
    let hints = Hints { encoding: how.encoding, delimiter: how.delimiter };
    let mut file = tokio::task::spawn_blocking(move || file::read(&bytes, &hints)).await.map_err(Error::internal)??;
    file.about.files.extend(name);
    who.create_once(once, async move |tx| {
        let id = store::add(tx, &file).await?;
        list::find(tx, id).await
    })
    .await
}

fn file_name(headers: &HeaderMap) -> Result<Option<String>> {
    let wrong = || Error::invalid(Vec::new()).at("X-File-Name", "invalid", "Send a name of at most 200 letters.");
    let Some(header) = headers.get("x-file-name") else { return Ok(None) };
    let encoded = header.to_str().map_err(|_| wrong())?;
    // a name has no plus that means a space
    let decoded = form_urlencoded::parse(format!("n={}", encoded.replace('+', "%2B").replace('&', "%26")).as_bytes())
        .next()
        .map(|(_, name)| name.into_owned())
        .unwrap_or_default();
    if decoded.chars().count() > 200 || validate::line(&decoded, &()).is_err() {
        return Err(wrong());
    }
    Ok(Some(decoded))
}

fn too_large() -> Error {
    Error::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "import.too_large",
        "A file has at most 32 MiB; split it, or leave out columns that are not needed.",
    )
}
