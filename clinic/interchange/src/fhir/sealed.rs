//! Values in our own links, which say nothing to whoever reads a log; and names for what has no address.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platform::Result;
use platform::crypto::{Place, sha256};
use platform::db::TenantTx;
use platform::error::Error;
use serde_json::Value;

/// The parameter that says where a page begins: an id and an instant.
pub const CURSOR: &str = "_cursor";
/// How a sealed value begins.
const MARK: &str = "sealed.";

fn place(tx: &TenantTx, name: &'static str) -> Place<'static> {
    Place { table: "fhir.search", column: name, row: tx.practice() }
}

/// A value of a parameter as a link has it.
///
/// # Errors
/// 503 when the database is away.
pub async fn closed(tx: &mut TenantTx, name: &'static str, value: &str) -> Result<String> {
    let place = place(tx, name);
    let sealed = tx.seal(place, value.as_bytes()).await?;
    Ok(format!("{MARK}{}", URL_SAFE_NO_PAD.encode(sealed)))
}

/// A value of a parameter, whether it was typed or comes out of a link of this practice.
///
/// # Errors
/// 400 for what looks sealed and is not, by us and for this parameter.
pub async fn opened(tx: &mut TenantTx, name: &'static str, value: String) -> Result<String> {
    let Some(sealed) = value.strip_prefix(MARK) else { return Ok(value) };
    let wrong = || Error::new(StatusCode::BAD_REQUEST, "search.link", "This link is not one that was given here.");
    let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| wrong())?;
    let place = place(tx, name);
    let plain =
        tx.open(place, &bytes).await.map_err(|error| if error.code() == "internal" { wrong() } else { error })?;
    String::from_utf8(plain).map_err(|_| wrong())
}

/// A name for a resource that has no address here: the same for the same content (UUID version 8, RFC 9562).
pub fn urn(resource: &Value) -> String {
    let hash = sha256(resource.to_string().as_bytes());
    let bytes: [u8; 16] = std::array::from_fn(|i| hash.get(i).copied().unwrap_or_default());
    let id = uuid::Builder::from_custom_bytes(bytes).into_uuid();
    format!("urn:uuid:{id}")
}
