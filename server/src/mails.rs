//! `vantage mails`: mails that were kept because no server for outgoing mail is set.

use std::time::Duration;

use platform::config::Config;
use platform::mail::{self, MailEntry, MailId};
use platform::{App, Result};

use crate::{cli, serve};

/// The newest ones that are shown at once.
const MOST: i64 = 20;

/// Prints what was kept, the newest last.
///
/// # Errors
/// When the database is away.
pub async fn run(config: Config) -> Result<()> {
    let place = serve::database(&config).await?;
    let app = serve::start_app(config, &place)?;
    let mut kept = mail::list(&app, Some("sandbox"), None, MOST).await?;
    kept.reverse();
    app.db().close().await;
    if kept.is_empty() {
        return cli::print("No mail was kept.\n");
    }
    kept.iter().try_for_each(show)
}

/// Prints each mail as it is kept, until the app stops: for the demo, whose people are invented.
pub async fn follow(app: App) {
    let mut newest = mail::list(&app, None, None, 1).await.ok().and_then(|mails| mails.first().map(|mail| mail.id));
    while !app.stop.is_cancelled() {
        tokio::select! {
            () = app.stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
        let Ok(mut kept) = mail::list(&app, Some("sandbox"), None, MOST).await else { continue };
        kept.retain(|mail| newest.is_none_or(|newest: MailId| mail.id > newest));
        kept.reverse();
        for mail in &kept {
            newest = Some(mail.id);
            let _ = show(mail);
        }
    }
}

fn show(entry: &MailEntry) -> Result<()> {
    let Some(mail) = &entry.mail else { return Ok(()) };
    let line = "-".repeat(80);
    cli::print(&format!(
        "{line}\nMail kept {}, to {}\n{}\n\n{}\n",
        entry.created_at.strftime("%Y-%m-%d %H:%M:%SZ"),
        mail.to.expose(),
        mail.subject.expose(),
        mail.text.expose(),
    ))
}
