//! Files that go along with an e-mail: given first, each in a request of its own, then named by the message. What no
//! message has taken after a day is forgotten. They lie sealed.

use std::collections::HashMap;

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use jiff::SignedDuration;
use platform::crypto::{Place, sha256};
use platform::db::TenantTx;
use platform::error::Error;
use platform::guard::Can;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::messages as may;
use platform::record::Change;
use platform::routes::Routes;
use platform::{Result, route, undisclosed};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{MessageId, kinds};

/// The largest file, and the most of all files of a message together: many servers for mail take no more.
pub const LARGEST: usize = 10 * 1024 * 1024;
/// Files of a message.
pub const MOST: usize = 10;

/// The route of giving a file.
pub fn routes() -> Routes {
    Routes::new().route(route!(give))
}

/// A file that goes along with an e-mail.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageAttachment {
    /// Its id.
    pub id: Uuid,
    /// Its name. Encrypted.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its length in bytes.
    pub size: i32,
}

/// A file with what is in it.
#[derive(Clone)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

undisclosed!(MessageAttachment, File);

impl File {
    /// As SendGrid takes it.
    pub fn for_sendgrid(&self) -> sendgrid::Attachment {
        sendgrid::Attachment {
            filename: self.name.clone(),
            media_type: self.media_type.clone(),
            content: self.bytes.clone(),
        }
    }
}

fn places(id: Uuid) -> [Place<'static>; 2] {
    ["name", "bytes"].map(|column| Place { table: "messaging.attachment", column, row: id })
}

/// Give a file that an e-mail is to take along, of at most 10 MiB. Its type, the ending of its name and its first bytes have
/// to say the same.
#[utoipa::path(post, path = "/api/v1/message-attachments", tag = "messaging",
    request_body(content((Vec<u8> = "application/pdf"), (Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"),
        (Vec<u8> = "image/webp"), (Vec<u8> = "text/plain"))),
    params(("X-File-Name" = String, Header, description = "The file's name, percent-encoded"),
           ("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = MessageAttachment)))]
async fn give(who: Can<may::Send>, key: IdempotencyKey, request: Request) -> Result<Once> {
    let name = file_name(request.headers())?;
    let media_type = media_type(request.headers())?;
    let bytes = axum::body::to_bytes(request.into_body(), LARGEST).await.map_err(|_| too_large())?;
    if bytes.is_empty() {
        return Err(Error::invalid(Vec::new()).at("", "required", "The file is empty."));
    }
    kinds::check(&media_type, &name, &bytes)?;
    let once = key.of("message_attachment.create", &(sha256(&bytes), &name, &media_type))?;
    who.create_once(once, async move |tx| keep(tx, &name, &media_type, &bytes).await).await
}

fn file_name(headers: &HeaderMap) -> Result<String> {
    let wrong = || Error::invalid(Vec::new()).at("X-File-Name", "invalid", "Send a name of at most 120 letters.");
    let encoded = headers.get("x-file-name").and_then(|name| name.to_str().ok()).ok_or_else(wrong)?;
    // a name has no plus that means a space
    let pair = format!("n={}", encoded.replace('+', "%2B").replace('&', "%26"));
    let name = form_urlencoded::parse(pair.as_bytes()).next().map(|(_, name)| name.into_owned()).unwrap_or_default();
    kinds::name(&name)
}

fn media_type(headers: &HeaderMap) -> Result<String> {
    let told = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kinds::declared(told).map(str::to_owned)
}

fn too_large() -> Error {
    Error::new(StatusCode::PAYLOAD_TOO_LARGE, "attachment.too_large", "A file has at most 10 MiB.")
}

async fn keep(tx: &mut TenantTx, name: &str, media_type: &str, bytes: &[u8]) -> Result<MessageAttachment> {
    forget(tx).await?;
    let (practice, id, now) = (tx.practice(), Uuid::now_v7(), jiff_sqlx::Timestamp::from(tx.now()));
    let [name_place, bytes_place] = places(id);
    let sealed_name = tx.seal(name_place, name.as_bytes()).await?;
    let sealed = tx.seal(bytes_place, bytes).await?;
    let size = i32::try_from(bytes.len()).map_err(Error::internal)?;
    let by = tx.caller().actor.user().map(|user| user.uuid());
    sqlx::query!(
        "insert into messaging.attachment (practice_id, id, name, media_type, size, bytes, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        practice,
        id,
        sealed_name,
        media_type,
        size,
        sealed,
        by,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    let told = json!({ "mediaType": media_type, "size": size });
    tx.record(Change::done("create", "message_attachment", id).with(told)).await?;
    Ok(MessageAttachment { id, name: name.to_owned(), media_type: media_type.to_owned(), size })
}

/// Forgets what no message has taken.
async fn forget(tx: &mut TenantTx) -> Result<()> {
    let before = tx.now().checked_sub(SignedDuration::from_hours(24)).map_err(Error::internal)?;
    let practice = tx.practice();
    let gone = sqlx::query_scalar!(
        "delete from messaging.attachment where practice_id = $1 and message_id is null and created_at < $2 returning id",
        practice,
        jiff_sqlx::Timestamp::from(before) as _,
    )
    .fetch_all(tx.conn())
    .await?;
    for id in gone {
        tx.record(Change::done("forget", "message_attachment", id)).await?;
    }
    Ok(())
}

/// Gives files to a message, in this order.
///
/// # Errors
/// 422 for files that are none, that another message has, or that are too many or too large together.
pub async fn attach(tx: &mut TenantTx, message: MessageId, ids: &[Uuid]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let practice = tx.practice();
    let taken = sqlx::query!(
        "update messaging.attachment a set message_id = $2, place = n.place::int
           from unnest($3::uuid[]) with ordinality n (id, place)
          where a.practice_id = $1 and a.id = n.id and a.message_id is null returning a.size",
        practice,
        message.uuid(),
        ids,
    )
    .fetch_all(tx.conn())
    .await?;
    let fault = |text: &str| Error::invalid(Vec::new()).at("/attachments", "invalid", text);
    if taken.len() != ids.len() || ids.len() > MOST {
        return Err(fault("Give at most ten files, each once, for each message anew."));
    }
    let all: i64 = taken.iter().map(|row| i64::from(row.size)).sum();
    if all > i64::try_from(LARGEST).unwrap_or(i64::MAX) {
        return Err(fault("All files together have at most 10 MiB."));
    }
    Ok(())
}

/// The files of messages, without what is in them.
///
/// # Errors
/// 503 when the database is away.
pub async fn of_messages(tx: &mut TenantTx, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<MessageAttachment>>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select id, message_id as "message_id!", name, media_type, size from messaging.attachment
            where practice_id = $1 and message_id = any($2) order by message_id, place"#,
        practice,
        ids,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut files: HashMap<Uuid, Vec<MessageAttachment>> = HashMap::new();
    for row in rows {
        let [place, _] = places(row.id);
        let name = String::from_utf8(tx.open(place, &row.name).await?).map_err(Error::internal)?;
        let file = MessageAttachment { id: row.id, name, media_type: row.media_type, size: row.size };
        files.entry(row.message_id).or_default().push(file);
    }
    Ok(files)
}

/// The files of a message, whole.
///
/// # Errors
/// 503 when the database is away.
pub async fn files(tx: &mut TenantTx, message: MessageId) -> Result<Vec<File>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        "select id, name, media_type, bytes from messaging.attachment
          where practice_id = $1 and message_id = $2 order by place",
        practice,
        message.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    let mut files = Vec::with_capacity(rows.len());
    for row in rows {
        let [name_place, bytes_place] = places(row.id);
        let name = String::from_utf8(tx.open(name_place, &row.name).await?).map_err(Error::internal)?;
        let bytes = tx.open(bytes_place, &row.bytes).await?;
        files.push(File { name, media_type: row.media_type, bytes });
    }
    Ok(files)
}

/// The same files anew, for a message that repeats this one; sealed each to its own place.
///
/// # Errors
/// 503 when the database is away.
pub async fn copied(tx: &mut TenantTx, message: MessageId) -> Result<Vec<Uuid>> {
    let mut ids = Vec::new();
    for file in files(tx, message).await? {
        ids.push(keep(tx, &file.name, &file.media_type, &file.bytes).await?.id);
    }
    Ok(ids)
}
