//! The practice's logo. Whatever is uploaded is decoded here, within limits, and encoded anew: what is kept and served
//! is a picture that this server made, never somebody's bytes.

use std::io::Cursor;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use image::{DynamicImage, ImageFormat, ImageReader, Limits};
use platform::Result;
use platform::crypto::sha256;
use platform::db::TenantTx;
use platform::error::Error;
use platform::guard::Can;
use platform::permission::practice as may;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};

use crate::profile::{self, Practice};

/// Bytes of an upload.
const LARGEST_UPLOAD: usize = 512 * 1024;
/// Width and height of an upload.
const LARGEST_SIDE: u32 = 4096;
/// Width and height of what is kept.
const KEPT_SIDE: u32 = 512;

/// The routes of the logo.
pub fn routes() -> Routes {
    Routes::new().route(route!(logo)).route(route!(set_logo)).route(route!(remove_logo))
}

/// The practice's logo.
#[utoipa::path(get, path = "/api/v1/practice/logo", tag = "practice",
    responses((status = 200, body = Vec<u8>, content_type = "image/png")))]
async fn logo(who: Can<may::Read>, headers: HeaderMap) -> Result<Response> {
    serve(who.read(find).await?, &headers)
}

/// The practice's logo as PNG, if it has one, with what changes with it.
///
/// # Errors
/// 503 when the database is away.
pub async fn find(tx: &mut TenantTx) -> Result<Option<(Vec<u8>, String)>> {
    let practice = tx.practice();
    let row = sqlx::query!("select logo, logo_tag from platform.practice where practice_id = $1", practice)
        .fetch_one(tx.conn())
        .await?;
    Ok(row.logo.zip(row.logo_tag))
}

/// Set the practice's logo: PNG, JPEG or WebP of at most 512 KiB and 4096 × 4096 pixels. It is kept as PNG of at most
/// 512 × 512.
#[utoipa::path(put, path = "/api/v1/practice/logo", tag = "practice",
    request_body(content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"))),
    responses((status = 200, body = Practice)))]
async fn set_logo(who: Can<may::Write>, request: Request) -> Result<Json<Practice>> {
    let format = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(format_of)
        .ok_or_else(wrong_type)?;
    let bytes = axum::body::to_bytes(request.into_body(), LARGEST_UPLOAD).await.map_err(|_| too_large())?;
    let png = tokio::task::spawn_blocking(move || redraw(&bytes, format)).await.map_err(Error::internal)??;
    let tag = hex(&sha256(&png)[..16]);
    who.write(async move |tx| keep(tx, Some((&png, &tag))).await).await.map(Json)
}

/// Remove the practice's logo.
#[utoipa::path(delete, path = "/api/v1/practice/logo", tag = "practice", responses((status = 200, body = Practice)))]
async fn remove_logo(who: Can<may::Write>) -> Result<Json<Practice>> {
    who.write(async |tx| keep(tx, None).await).await.map(Json)
}

/// Answers with a logo. A browser may keep it but asks each time whether it is still the one.
pub(crate) fn serve(found: Option<(Vec<u8>, String)>, headers: &HeaderMap) -> Result<Response> {
    let (png, tag) = found.ok_or_else(Error::not_found)?;
    let tag = format!("\"{tag}\"");
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|t| t == tag);
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { Body::from(png).into_response() };
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/png"));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    answer.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline; filename=\"logo.png\""));
    answer.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    answer.insert(header::ETAG, HeaderValue::from_str(&tag).map_err(Error::internal)?);
    Ok(response)
}

fn format_of(content_type: &str) -> Option<ImageFormat> {
    match content_type.split(';').next().unwrap_or_default().trim() {
        "image/png" => Some(ImageFormat::Png),
        "image/jpeg" => Some(ImageFormat::Jpeg),
        "image/webp" => Some(ImageFormat::WebP),
        _ => None,
    }
}

/// Decodes what claims to be of this format, makes it small enough and encodes it as PNG.
fn redraw(bytes: &Bytes, format: ImageFormat) -> Result<Vec<u8>> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST_SIDE);
    limits.max_image_height = Some(LARGEST_SIDE);
    // four bytes a pixel, and room for the decoder
    limits.max_alloc = Some(128 * 1024 * 1024);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let picture = reader.decode().map_err(|_| unreadable())?;
    let picture = if picture.width().max(picture.height()) > KEPT_SIDE {
        picture.thumbnail(KEPT_SIDE, KEPT_SIDE)
    } else {
        picture
    };
    let mut png = Cursor::new(Vec::new());
    // eight bits a channel: what every browser shows, and bounded in size
    DynamicImage::ImageRgba8(picture.into_rgba8()).write_to(&mut png, ImageFormat::Png).map_err(Error::internal)?;
    Ok(png.into_inner())
}

async fn keep(tx: &mut TenantTx, logo: Option<(&Vec<u8>, &String)>) -> Result<Practice> {
    let before = profile::find_locked(tx).await?;
    let (png, tag) = logo.unzip();
    let now = tx.now();
    sqlx::query!(
        "update platform.practice set logo = $2, logo_tag = $3, updated_at = $4 where practice_id = $1",
        before.id.uuid(),
        png,
        tag,
        jiff_sqlx::Timestamp::from(now) as _,
    )
    .execute(tx.conn())
    .await?;
    let after = Practice { logo_tag: tag.cloned(), updated_at: now, ..before.clone() };
    let change = Change::updated("practice", after.id.uuid(), &before, &after);
    tx.record(change.event("practice.logo_changed", after.version)).await?;
    Ok(after)
}

fn wrong_type() -> Error {
    Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "logo.media_type", "Send image/png, image/jpeg or image/webp.")
}

fn too_large() -> Error {
    Error::new(StatusCode::PAYLOAD_TOO_LARGE, "logo.too_large", "A logo has at most 512 KiB; make it smaller.")
}

fn unreadable() -> Error {
    Error::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "logo.unreadable",
        "This is no picture of that type, or it has more than 4096 × 4096 pixels.",
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
