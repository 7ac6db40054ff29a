//! Sending what waits: claimed for two minutes, sent outside of any transaction, then marked. A crash in between sends
//! again, under the same Message-ID, by which programs for mail know the two as one.

use std::time::{Duration, SystemTime};

use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use super::{Mail, MailId, open};
use crate::app::App;
use crate::error::{Error, Result};

/// Mails under way at the same time.
const AT_ONCE: i64 = 8;
/// Tries within some nine hours; then a mail counts as failed.
const TRIES: i32 = 12;
/// Well below the two minutes for which a mail is claimed.
const PATIENCE: Duration = Duration::from_secs(30);

type Smtp = AsyncSmtpTransport<Tokio1Executor>;

/// Sends what is due; answers how many mails that were.
///
/// # Errors
/// 503 when the database is away. A mail that cannot be sent is not an error here.
pub(crate) async fn turn(app: &App) -> Result<usize> {
    let mut tx = app.db().auth().await?;
    let due = sqlx::query!(
        r#"update auth.mail set attempts = attempts + 1, next_at = now() + interval '2 minutes'
            where id in (select id from auth.mail where state = 'queued' and next_at <= now()
                          order by next_at limit $1 for update skip locked)
        returning id, attempts, content as "content!""#,
        AT_ONCE,
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    let count = due.len();
    let sent = due.into_iter().map(async |row| {
        let id = MailId(row.id);
        let outcome = match open(app, id, &row.content) {
            Ok(mail) => send(app, id, mail).await,
            Err(error) => Err(Failure::lasting("mail.unreadable", error)),
        };
        mark(app, id, row.attempts, outcome).await
    });
    futures::future::join_all(sent).await.into_iter().collect::<Result<()>>()?;
    Ok(count)
}

/// Where a mail went.
enum Sent {
    Out,
    Kept,
}

/// Why a mail did not go out: a code, and whether to try again.
struct Failure {
    code: String,
    lasting: bool,
}

impl Failure {
    fn lasting(code: &str, error: impl std::fmt::Display) -> Self {
        tracing::error!(code, %error, "a mail cannot be made");
        Self { code: code.to_owned(), lasting: true }
    }

    /// The code of an answer of the other server; its text could repeat an address.
    fn of(error: &lettre::transport::smtp::Error) -> Self {
        let code = error.status().map_or_else(
            || {
                (if error.is_timeout() {
                    "smtp.timeout"
                } else if error.is_tls() {
                    "smtp.tls"
                } else {
                    "smtp.connection"
                })
                .to_owned()
            },
            |status| format!("smtp.{status}"),
        );
        tracing::warn!(code, "a mail was not taken");
        Self { code, lasting: error.is_permanent() }
    }
}

async fn send(app: &App, id: MailId, mail: Mail) -> Result<Sent, Failure> {
    if app.config.smtp_url.is_empty() {
        return Ok(Sent::Kept);
    }
    let message = message(app, id, mail).map_err(|error| Failure::lasting("mail.invalid", error))?;
    let smtp = Smtp::from_url(&app.config.smtp_url).map_err(|error| Failure::of(&error))?;
    let smtp = smtp.timeout(Some(PATIENCE)).build();
    let sending = tokio::time::timeout(PATIENCE, smtp.send(message)).await;
    match sending {
        Ok(Ok(_)) => Ok(Sent::Out),
        Ok(Err(error)) => Err(Failure::of(&error)),
        Err(_) => Err(Failure { code: "smtp.timeout".to_owned(), lasting: false }),
    }
}

fn message(app: &App, id: MailId, mail: Mail) -> Result<Message> {
    let from: Mailbox = app.config.mail_from.parse().map_err(|_| Error::internal("mail_from is not an address"))?;
    let to = mail.to.expose().parse().map_err(|_| Error::internal("the receiver is not an address"))?;
    let seconds = u64::try_from(app.now().as_second()).unwrap_or_default();
    Message::builder()
        .message_id(Some(format!("<{id}@{}>", from.email.domain())))
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(mail.subject.expose().as_str())
        .header(AutoSubmitted)
        .multipart(MultiPart::alternative_plain_html(mail.text.expose().clone(), mail.html.expose().clone()))
        .map_err(|_| Error::internal("a mail that cannot be put together"))
}

/// Keeps machines from answering (RFC 3834 §5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// What has gone out is wiped: it may hold a link that opens an account.
async fn mark(app: &App, id: MailId, attempts: i32, outcome: Result<Sent, Failure>) -> Result<()> {
    let (state, error) = match outcome {
        Ok(Sent::Out) => ("sent", None),
        Ok(Sent::Kept) => ("sandbox", None),
        Err(failure) if failure.lasting || attempts >= TRIES => ("failed", Some(failure.code)),
        Err(failure) => ("queued", Some(failure.code)),
    };
    let mut tx = app.db().auth().await?;
    sqlx::query!(
        "update auth.mail
            set state = $2, error = $3, content = case when $2 in ('queued', 'sandbox') then content end,
                finished_at = case when $2 <> 'queued' then now() end,
                next_at = now() + make_interval(secs => least(3600, 15 * power(2, attempts)) * (0.5 + random()))
          where id = $1 and state = 'queued'",
        id.uuid(),
        state,
        error,
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await
}
