//! Mails that were kept because the installation has no server for outgoing mail. What opens somebody's account is
//! left out: the console is no way into a practice. `vantage mails` on the server shows all of it.

use garde::Validate;
use jiff::Timestamp;
use platform::administrator::Admin;
use platform::error::Result;
use platform::extract::{Path, Query};
use platform::mail::{self, MailEntry, MailId};
use platform::page::{MAX_LIMIT, default_limit};
use platform::phi::Phi;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// The routes of mails.
pub fn routes() -> Routes {
    Routes::new().route(route!(list_mails)).route(route!(read_mail))
}

/// A mail, as its state is known. What it says is only there for kept ones.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PlatformMail {
    id: MailId,
    /// Which text it is, `password_reset`.
    kind: String,
    /// `queued`, `sent`, `failed` or `sandbox` (kept).
    state: String,
    attempts: i32,
    /// Code of the last failure.
    #[schema(required)]
    error: Option<String>,
    created_at: Timestamp,
    #[schema(required)]
    to: Option<Phi<String>>,
    #[schema(required)]
    subject: Option<Phi<String>>,
}

/// A kept mail.
#[derive(Debug, Serialize, ToSchema)]
struct KeptMail {
    to: Phi<String>,
    subject: Phi<String>,
    /// As plain text; what opens an account is left out.
    text: Phi<String>,
}

/// A page of mails, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MailPage {
    items: Vec<PlatformMail>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<MailId>,
    /// Whether mails are kept instead of sent.
    sandbox: bool,
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListMails {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(skip)]
    cursor: Option<Uuid>,
}

/// Mails, newest first.
#[utoipa::path(get, path = "/api/v1/admin/mails", tag = "administration", params(ListMails), responses((status = 200, body = MailPage)))]
async fn list_mails(who: Admin, Query(asked): Query<ListMails>) -> Result<Json<MailPage>> {
    who.open("mails.list").await?.commit().await?;
    let mut mails = mail::list(who.app(), None, asked.cursor.map(MailId), i64::from(asked.limit)).await?;
    let full = mails.len() >= asked.limit as usize;
    let next_cursor = mails.last().map(|mail| mail.id).filter(|_| full);
    let items = mails.drain(..).map(PlatformMail::from).collect();
    Ok(Json(MailPage { items, next_cursor, sandbox: who.app().config.smtp_url.is_empty() }))
}

/// A kept mail.
#[utoipa::path(get, path = "/api/v1/admin/mails/{id}", tag = "administration",
    params(("id" = Uuid, Path, description = "The mail")), responses((status = 200, body = KeptMail)))]
async fn read_mail(who: Admin, Path(id): Path<MailId>) -> Result<Json<KeptMail>> {
    who.open("mails.read").await?.commit().await?;
    let mail = mail::read(who.app(), id).await?;
    let text = Phi::new(without_keys(mail.text.expose()));
    Ok(Json(KeptMail { to: mail.to, subject: mail.subject, text }))
}

impl From<MailEntry> for PlatformMail {
    fn from(entry: MailEntry) -> Self {
        let (to, subject) = entry.mail.map_or((None, None), |mail| (Some(mail.to), Some(mail.subject)));
        Self {
            id: entry.id,
            kind: entry.kind,
            state: entry.state,
            attempts: entry.attempts,
            error: entry.error,
            created_at: entry.created_at,
            to,
            subject,
        }
    }
}

/// What stands behind the `#` of a link opens the door that it leads to.
fn without_keys(text: &str) -> String {
    let mut parts = text.split('#');
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let key =
            part.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'=')).count();
        kept.push('#');
        kept.push_str(if key >= 16 { "…" } else { &part[..key] });
        kept.push_str(&part[key..]);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::without_keys;

    #[test]
    fn what_opens_an_account_is_left_out() {
        let key = "a-_B".repeat(11);
        for (text, shown) in [
            (
                format!("Open https://x.example/reset#{key}\nand go on"),
                "Open https://x.example/reset#…\nand go on".to_owned(),
            ),
            (format!("#{key}#{key}"), "#…#…".to_owned()),
            ("Chair #2 and #".to_owned(), "Chair #2 and #".to_owned()),
            ("كرسي #٢".to_owned(), "كرسي #٢".to_owned()),
            (String::new(), String::new()),
        ] {
            assert_eq!(without_keys(&text), shown);
        }
    }
}
