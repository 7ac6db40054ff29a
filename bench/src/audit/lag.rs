//! How long entries wait for a signed checkpoint: when each checkpoint could first be read, and which was the first one
//! over each entry.

use std::collections::HashMap;
use std::time::Duration;

use hdrhistogram::Histogram;
use platform::App;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use uuid::Uuid;

use crate::Result;
use crate::server::{Server, told};

/// How often it is looked for a new checkpoint: the lag is known as exactly as that.
const LOOK: Duration = Duration::from_millis(10);

/// Looks for checkpoints until it is asked what it saw.
pub struct Watch {
    seen: JoinHandle<platform::Result<()>>,
    found: tokio::sync::mpsc::UnboundedReceiver<(i64, Instant)>,
}

impl Watch {
    /// Begins.
    pub fn start(app: &App) -> Self {
        let (tell, found) = tokio::sync::mpsc::unbounded_channel();
        let app = app.clone();
        let seen = tokio::spawn(async move {
            let mut last = 0;
            loop {
                let mut tx = app.db().worker().await?;
                let newest: Option<i64> =
                    sqlx::query_scalar("select claim.newest_checkpoint()").fetch_one(tx.conn()).await?;
                let at = Instant::now();
                tx.commit().await?;
                if newest.is_some_and(|newest| newest > last) {
                    last = newest.unwrap_or(last);
                    let _ = tell.send((last, at));
                }
                tokio::time::sleep(LOOK).await;
            }
        });
        Self { seen, found }
    }

    /// Ends, and answers how long each of these transactions waited after its commit, in microseconds.
    pub async fn lags(mut self, server: &Server, commits: &[(Uuid, Instant)]) -> Result<Histogram<u64>> {
        self.seen.abort();
        if let Ok(Err(error)) = self.seen.await {
            return Err(told(error).into());
        }
        let mut seen = Vec::new();
        while let Ok(one) = self.found.try_recv() {
            seen.push(one);
        }
        let covered = covered(server).await?;
        let mut histogram = Histogram::new_with_bounds(1, 600_000_000, 3)?;
        for (request, committed) in commits {
            let checkpoint = covered.get(request).ok_or("an entry that no checkpoint covers")?;
            // a later one covers what an earlier one does that was not seen in time
            let at =
                seen.get(seen.partition_point(|(number, _)| number < checkpoint)).ok_or("a checkpoint not seen")?;
            let waited = at.1.saturating_duration_since(*committed).as_micros();
            histogram.saturating_record(u64::try_from(waited).unwrap_or(u64::MAX).max(1));
        }
        Ok(histogram)
    }
}

/// The first checkpoint over all entries of each request.
async fn covered(server: &Server) -> Result<HashMap<Uuid, i64>> {
    let sql = "select e.request_id, max((select h.checkpoint from audit.head h
                      where h.practice_id = s.practice_id and h.size > s.seq order by h.size limit 1))
                 from audit.entry e join audit.seal s on s.practice_id = e.practice_id and s.entry_id = e.id
                where e.request_id is not null and e.at > now() - interval '15 minutes' group by e.request_id";
    let text = server.database.run(sql).await?;
    let one = |line: &str| {
        let (request, checkpoint) = line.split_once('|')?;
        Some((request.parse().ok()?, checkpoint.parse().ok()?))
    };
    Ok(text.lines().filter_map(one).collect())
}

/// Waits until everything is under a signed checkpoint, so that one measurement does not pay for the one before.
pub async fn settle(server: &Server) -> Result<()> {
    let sql = "select claim.seal_lag() = 0 and not exists (
                   select from (select practice_id, max(seq) + 1 as size from audit.seal group by practice_id) tree
                    where not exists (select from audit.head h where h.practice_id = tree.practice_id and h.size = tree.size))";
    while server.database.run(sql).await?.trim() != "t" {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}
