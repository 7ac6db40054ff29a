//! What came of it, as PostgreSQL tells it afterwards: when causes and effects were committed, and whether all is there.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use platform::clock::Clock;
use sqlx::postgres::PgListener;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::Result;
use crate::server::{Server, told};

/// How long the last run may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often it is looked whether they are done.
const LOOK: Duration = Duration::from_millis(100);

/// Throughput.
#[derive(Debug)]
pub struct Rate {
    /// Runs.
    pub per_second: f64,
    /// From the first commit of a cause to the last one of an effect.
    pub seconds: f64,
    /// From the first commit of a cause to the last one of a cause.
    pub committed: f64,
}

/// Milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Lag {
    pub p50: f64,
    pub p99: f64,
    pub max: f64,
}

impl Lag {
    /// Of these.
    pub fn of(mut all: Vec<f64>) -> Result<Self> {
        all.sort_by(f64::total_cmp);
        let at = |share: f64| all.get((all.len() as f64 * share) as usize).or(all.last()).copied();
        let nothing = "nothing was measured";
        Ok(Self { p50: at(0.5).ok_or(nothing)?, p99: at(0.99).ok_or(nothing)?, max: at(1.0).ok_or(nothing)? })
    }
}

/// How long events took.
#[derive(Debug)]
pub struct Lags {
    /// From their commit to the start of the last action.
    pub start: Lag,
    /// From their commit to that of what was done.
    pub commit: Lag,
    /// When each was committed, in seconds since 1970, by the run that it began.
    committed: HashMap<Uuid, f64>,
}

/// Waits until nothing is left to do, and so many runs of these workflows are over. Looking costs next to nothing, as it goes
/// on while it is measured.
pub async fn until_done(server: &Server, many: usize, workflows: &[Uuid]) -> Result<()> {
    let mut conn = platform::db::connect(&server.database.address()?).await.map_err(told)?;
    let begun = Instant::now();
    loop {
        tokio::time::sleep(LOOK).await;
        let busy: bool = sqlx::query_scalar(
            "select exists(select from outbox.lane where pending > 0)
                 or exists(select from automation.run where due_at is not null and workflow_id = any($1))",
        )
        .bind(workflows)
        .fetch_one(&mut conn)
        .await?;
        if busy && begun.elapsed() < PATIENCE {
            continue;
        }
        let done: i64 = sqlx::query_scalar(
            "select count(*) from automation.run where workflow_id = any($1) and state not in ('running', 'waiting')",
        )
        .bind(workflows)
        .fetch_one(&mut conn)
        .await?;
        if usize::try_from(done)? >= many {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            return Err(format!("only {done} of {many} runs are done").into());
        }
    }
}

/// How fast so many runs were done, of which each has its whole history.
pub async fn rate(server: &Server, request: Uuid, workflows: &[Uuid], lines: usize, many: usize) -> Result<Rate> {
    complete(server, workflows, lines, many).await?;
    let sql = format!(
        "with cause as (select min(pg_xact_commit_timestamp(xid::xid)) as first, max(pg_xact_commit_timestamp(xid::xid)) as last
                          from audit.entry where request_id = '{request}' and at > now() - interval '15 minutes'),
              effect as (select max(pg_xact_commit_timestamp(xmin)) as last from automation.run where workflow_id = any({}))
         select extract(epoch from effect.last - cause.first), extract(epoch from cause.last - cause.first) from cause, effect",
        array(workflows)
    );
    let numbers = numbers(&server.database.run(&sql).await?)?;
    let [[seconds, committed]] = numbers.as_slice() else { return Err("no figures".into()) };
    Ok(Rate { per_second: many as f64 / seconds, seconds: *seconds, committed: *committed })
}

/// Nothing is lost, nothing is done twice, and the history is whole and sealed.
async fn complete(server: &Server, workflows: &[Uuid], lines: usize, many: usize) -> Result<()> {
    let sql = format!(
        "select count(*), count(*) filter (where r.state = 'done'), coalesce(min(s.lines), 0), coalesce(max(s.lines), 0)
           from automation.run r cross join lateral (
                select count(*) as lines from automation.step s
                 where s.practice_id = r.practice_id and s.run_id = r.id and s.state = 'done' and length(s.data) > 28) s
          where r.workflow_id = any({})",
        array(workflows)
    );
    let found = server.database.run(&sql).await?;
    let wanted = format!("{many}|{many}|{lines}|{lines}");
    if found.trim() == wanted { Ok(()) } else { Err(format!("runs: {wanted} expected, {} found", found.trim()).into()) }
}

/// How long after the change of its patient each run began and ended.
pub async fn lags(server: &Server, workflows: &[Uuid], lines: usize) -> Result<Lags> {
    let sql = format!(
        "select r.id, extract(epoch from c.at), extract(epoch from s.started - c.at) * 1000,
                extract(epoch from pg_xact_commit_timestamp(r.xmin) - c.at) * 1000
           from automation.run r
           cross join lateral (select max(pg_xact_commit_timestamp(e.xid::xid)) as at from audit.entry e
                where e.practice_id = r.practice_id and e.resource_id = r.subject_id and e.actor_kind = 'user'
                  and e.at > now() - interval '15 minutes') c
           cross join lateral (select count(*) as lines, max(s.started_at) as started from automation.step s
                where s.practice_id = r.practice_id and s.run_id = r.id) s
          where r.workflow_id = any({}) and r.state = 'done' and s.lines = {lines}",
        array(workflows)
    );
    let (mut start, mut commit, mut committed) = (Vec::new(), Vec::new(), HashMap::new());
    for line in server.database.run(&sql).await?.lines() {
        let (run, rest) = line.split_once('|').ok_or("no figures")?;
        let rest: Vec<f64> = rest.split('|').map(str::parse).collect::<std::result::Result<_, _>>()?;
        let [at, began, ended] = rest.as_slice() else { return Err("no figures".into()) };
        start.push(*began);
        commit.push(*ended);
        committed.insert(run.parse()?, *at);
    }
    Ok(Lags { start: Lag::of(start)?, commit: Lag::of(commit)?, committed })
}

/// Hears what the server tells open windows.
pub struct Listener(JoinHandle<HashMap<Uuid, f64>>, tokio::sync::oneshot::Sender<()>);

impl Listener {
    /// Begins.
    pub async fn start(server: &Server) -> Result<Self> {
        let mut listener = PgListener::connect(&server.database.url()).await?;
        listener.listen("vantage_live").await?;
        let (stop, mut stopped) = tokio::sync::oneshot::channel();
        let heard = tokio::spawn(async move {
            let mut heard = HashMap::new();
            loop {
                let notice = tokio::select! {
                    _ = &mut stopped => return heard,
                    notice = listener.recv() => match notice { Ok(notice) => notice, Err(_) => return heard },
                };
                let at = Clock::System.now().as_microsecond() as f64 / 1e6;
                let Ok(notice) = serde_json::from_str::<serde_json::Value>(notice.payload()) else { continue };
                if let (Some("run"), Some(Ok(run))) = (notice["topic"].as_str(), notice["id"].as_str().map(str::parse))
                {
                    heard.insert(run, at);
                }
            }
        });
        Ok(Self(heard, stop))
    }

    /// Ends, and answers how long after its commit each event's run was known to have ended.
    pub async fn lag(self, lags: &Lags) -> Result<Lag> {
        let _ = self.1.send(());
        let heard = self.0.await?;
        let late = |(run, at): (&Uuid, &f64)| heard.get(run).map(|heard| (heard - at) * 1000.0);
        let all: Vec<f64> = lags.committed.iter().filter_map(late).collect();
        if all.len() < lags.committed.len() {
            return Err("runs of which nothing was heard".into());
        }
        Lag::of(all)
    }
}

/// Ids as SQL writes them.
fn array(ids: &[Uuid]) -> String {
    let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
    format!("'{{{}}}'::uuid[]", ids.join(","))
}

/// Pairs of numbers, a line each.
pub fn numbers(text: &str) -> Result<Vec<[f64; 2]>> {
    let pair = |line: &str| -> Result<[f64; 2]> {
        let (one, two) = line.split_once('|').ok_or("no figures")?;
        Ok([one.parse()?, two.parse()?])
    };
    text.lines().map(pair).collect()
}
