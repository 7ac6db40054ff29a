//! A process without workers tells those that have some in which practices it has written, so that nobody waits until these
//! look. It says so behind its commits, once for all that were made meanwhile: a `NOTIFY` within them would make PostgreSQL
//! commit one after the other. What nobody hears is found by looking.

use std::collections::BTreeSet;

use crate::app::App;
use crate::error::Result;
use crate::id::PracticeId;
use crate::worker::Watch;

const CHANNEL: &str = "vantage_events";
/// Practices in one notification, which holds less than 8,000 bytes (PostgreSQL manual, NOTIFY).
const MOST: usize = 200;

/// Tells the workers of other processes where this one writes, until the app stops. For processes that have none themselves.
pub async fn tell_others(app: App) {
    loop {
        tokio::select! {
            () = app.stop.cancelled() => return,
            () = app.door.wake.of(Watch::Events).notified() => {}
        }
        let practices = app.door.wake.near();
        // told with the ones before, by which it was woken as well
        if practices.is_empty() {
            continue;
        }
        if let Err(error) = tell(&app, &practices).await {
            tracing::debug!(%error, "other processes find by looking what was written here");
        }
    }
}

async fn tell(app: &App, practices: &BTreeSet<PracticeId>) -> Result<()> {
    let ids: Vec<String> = practices.iter().map(ToString::to_string).collect();
    let texts: Vec<String> = ids.chunks(MOST).map(|some| some.join(",")).collect();
    let mut tx = app.door.db.claims().await?;
    sqlx::query!("select pg_notify($1, text) from unnest($2::text[]) text", CHANNEL, &texts).execute(tx.conn()).await?;
    tx.commit().await
}

/// Hears where others have written, until the app stops: it is told here then like what this process has written.
pub(crate) async fn hear_others(app: App) {
    let wake = &app.door.wake;
    let heard =
        |text: &str| text.split(',').flat_map(str::parse).for_each(|practice| wake.happened(PracticeId(practice)));
    app.hear(CHANNEL, || wake.look_again(), heard).await;
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clock::Clock;
    use crate::config::Config;
    use crate::testing::{TestDatabase, app_on};

    #[tokio::test]
    async fn where_one_process_writes_another_hears() {
        let database = TestDatabase::new().await;
        let app = || app_on(&database.options, Config::default(), Clock::System);
        let (writer, worker) = (app(), app());
        let loops = [tokio::spawn(tell_others(writer.clone())), tokio::spawn(hear_others(worker.clone()))];
        let practices: BTreeSet<_> = (0..MOST + 1).map(|_| PracticeId::new()).collect();
        let mut heard = BTreeSet::new();
        // what is said before the other one listens is lost, so it is said again
        while heard != practices {
            practices.iter().for_each(|practice| writer.door.wake.happened(*practice));
            let _ =
                tokio::time::timeout(Duration::from_millis(100), worker.door.wake.of(Watch::Events).notified()).await;
            heard.extend(worker.door.wake.near());
        }
        writer.stop.cancel();
        worker.stop.cancel();
        for each in loops {
            each.await.expect("it stops");
        }
    }
}
