//! Mail: queued in the transaction that wants it, sent by the worker behind the commit, at least once. Without a
//! server for outgoing mail (`smtp_url`) a mail is kept instead and can be read: the sandbox.
//!
//! What a mail says lies sealed with the installation's key, as most mails come before a practice is known. It is
//! wiped when the mail has gone out; only kept ones are ever shown to anybody.

mod deliver;
mod render;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::crypto::Place;
use crate::db::{AuthTx, TenantTx};
use crate::error::{Error, Result};
use crate::language::Language;
use crate::phi::Phi;
use crate::worker::Watch;

pub(crate) use deliver::turn;
pub use render::{Texts, page_of};

crate::id!(
    /// A mail.
    MailId
);

/// A mail as an area asks for it: which text, to whom, in whose language, with which values in the text.
#[derive(Clone, Debug)]
#[must_use = "a letter that is not queued goes nowhere"]
pub struct Letter {
    texts: Texts,
    kind: &'static str,
    to: Phi<String>,
    language: Language,
    values: Vec<(&'static str, Phi<String>)>,
    link: Option<Phi<String>>,
}

impl Letter {
    /// The letter that the catalog calls `kind`.
    pub fn new(texts: Texts, kind: &'static str, to: Phi<String>, language: Language) -> Self {
        Self { texts, kind, to, language, values: Vec::new(), link: None }
    }

    /// Puts a value in place of `{name}`.
    pub fn with(mut self, name: &'static str, value: Phi<String>) -> Self {
        self.values.push((name, value));
        self
    }

    /// Where the button leads: below [`crate::config::Config::public_origin`], never below what a request calls us.
    pub fn link(mut self, address: Phi<String>) -> Self {
        self.link = Some(address);
        self
    }
}

/// A mail ready to be sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mail {
    /// The receiver's address.
    pub to: Phi<String>,
    /// The subject.
    pub subject: Phi<String>,
    /// The body as plain text.
    pub text: Phi<String>,
    /// The same as a page.
    pub html: Phi<String>,
}

/// How a mail stands.
#[derive(Clone, Debug)]
pub struct MailEntry {
    /// Its id.
    pub id: MailId,
    /// Which text it is.
    pub kind: String,
    /// `queued`, `sent`, `failed` or `sandbox`.
    pub state: String,
    /// Tries so far.
    pub attempts: i32,
    /// Code of the last failure, `smtp.550`.
    pub error: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// What it says; of kept mails only.
    pub mail: Option<Mail>,
}

const fn place(id: MailId) -> Place<'static> {
    Place { table: "auth.mail", column: "content", row: id.0 }
}

fn sealed(root: &crate::crypto::RootKeys, id: MailId, letter: &Letter) -> Result<Vec<u8>> {
    let mail = serde_json::to_vec(&render::mail(letter)?).map_err(Error::internal)?;
    root.seal(place(id), &mail)
}

/// Queues a mail in a transaction of sign-in. Call [`wake`] when that has been committed.
///
/// # Errors
/// 503 when the database is away.
pub async fn queue(app: &App, tx: &mut AuthTx, letter: &Letter) -> Result<MailId> {
    let id = MailId::new();
    let content = sealed(app.door.keys.root(), id, letter)?;
    sqlx::query!("insert into auth.mail (id, kind, content) values ($1, $2, $3)", id.uuid(), letter.kind, content)
        .execute(tx.conn())
        .await?;
    Ok(id)
}

/// Tells the worker of this process that a mail waits; others look by themselves.
pub fn wake(app: &App) {
    app.door.wake.of(Watch::Mails).notify_one();
}

impl TenantTx {
    /// Queues a mail with this transaction.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn queue_mail(&mut self, letter: &Letter) -> Result<MailId> {
        let id = MailId::new();
        let content = sealed(self.keys().root(), id, letter)?;
        sqlx::query!("select auth.queue_mail($1, $2, $3)", id.uuid(), letter.kind, content)
            .execute(self.conn())
            .await?;
        self.mailed = true;
        Ok(id)
    }
}

/// The newest mails in a state, up to `limit`, before an id.
///
/// # Errors
/// 503 when the database is away.
pub async fn list(app: &App, state: Option<&str>, before: Option<MailId>, limit: i64) -> Result<Vec<MailEntry>> {
    let mut tx = app.db().auth().await?;
    let rows = sqlx::query!(
        "select id, kind, state, attempts, error, created_at, content from auth.mail
          where ($1::text is null or state = $1) and ($2::uuid is null or id < $2) order by id desc limit $3",
        state,
        before.map(MailId::uuid),
        limit.min(200),
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    rows.into_iter()
        .map(|row| {
            let id = MailId(row.id);
            // a mail that goes out is the receiver's alone: it may hold a link that opens an account
            let content = row.content.filter(|_| row.state == "sandbox");
            let mail = content.map(|content| open(app, id, &content)).transpose()?;
            let created_at = row.created_at.to_jiff();
            Ok(MailEntry {
                id,
                kind: row.kind,
                state: row.state,
                attempts: row.attempts,
                error: row.error,
                created_at,
                mail,
            })
        })
        .collect()
}

/// A kept mail.
///
/// # Errors
/// 404 when there is none, or it is one that goes out.
pub async fn read(app: &App, id: MailId) -> Result<Mail> {
    let mut tx = app.db().auth().await?;
    let content = sqlx::query_scalar!(
        r#"select content as "content!" from auth.mail where id = $1 and state = 'sandbox' and content is not null"#,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    tx.commit().await?;
    open(app, id, &content)
}

fn open(app: &App, id: MailId, content: &[u8]) -> Result<Mail> {
    serde_json::from_slice(&app.door.keys.root().open(place(id), content)?).map_err(Error::internal)
}

/// Seals what still lies under an older root key with the current one; answers how many mails that were.
///
/// # Errors
/// 500 when an older root key is missing.
pub async fn reseal(app: &App) -> Result<u64> {
    let root = app.door.keys.root();
    let mut tx = app.db().auth().await?;
    let rows = sqlx::query!(
        r#"select id, content as "content!" from auth.mail
            where content is not null and substring(content from 1 for octet_length($1::bytea)) <> $1::bytea for update"#,
        root.mark(),
    )
    .fetch_all(tx.conn())
    .await?;
    for row in &rows {
        let place = place(MailId(row.id));
        let content = root.seal(place, &root.open(place, &row.content)?)?;
        sqlx::query!("update auth.mail set content = $2 where id = $1", row.id, content).execute(tx.conn()).await?;
    }
    tx.commit().await?;
    Ok(rows.len() as u64)
}

/// Forgets mails after 30 days.
pub(crate) async fn sweep(app: &App) -> Result<()> {
    let mut tx = app.db().auth().await?;
    sqlx::query!("delete from auth.mail where created_at < now() - interval '30 days'").execute(tx.conn()).await?;
    tx.commit().await
}
