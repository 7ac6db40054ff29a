//! What was never told: every few minutes the calls there are compared with what was told of them here, and what is missing
//! is looked up and taken in as if it had been told.

use std::collections::HashMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use platform::db::{Caller, TenantTx};
use platform::error::Error;
use platform::id::PracticeId;
use platform::jobs::{JobKind, JobRun, Schedule};
use platform::{App, Result};
use retell::{Call, CallQuery, Provider};
use serde_json::json;

use super::known::Known;
use super::peer::{self, Access};
use super::{inbox, settings};

/// The job that compares the calls of a practice.
pub const JOB: JobKind = JobKind { name: "retell.compare", max_attempts: 3, run: |job| Box::pin(run(job)) };

/// Has all practices compared that are connected.
pub const SCHEDULE: Schedule =
    Schedule { name: "voice.compare_retell", every: Duration::from_secs(300), run: |app| Box::pin(compare_all(app)) };

/// Calls that began so long before the last comparison may have ended since.
const OVERLAP: SignedDuration = SignedDuration::from_hours(3);
/// How far the first comparison goes back.
const FIRST: SignedDuration = SignedDuration::from_hours(24);
/// What ended just now may be about to be told: Retell tries for half a minute or so.
const YOUNG: SignedDuration = SignedDuration::from_mins(2);
/// Calls of a page, and pages that are looked through.
const LIMIT: u16 = 200;
const MOST_PAGES: usize = 50;

async fn compare_all(app: App) -> Result<()> {
    let mut tx = app.db().auth().await?;
    let practices = sqlx::query_scalar!("select practice_id from platform.practice order by practice_id")
        .fetch_all(tx.conn())
        .await?;
    tx.commit().await?;
    for practice in practices {
        let caller = Caller::system(PracticeId(practice));
        let asked = async {
            if app.door.read(&caller, async |tx| settings::is_on(tx).await).await? {
                app.door.write(&caller, async |tx| tx.enqueue(&JOB, &json!({}), Some("compare")).await).await?;
            }
            Ok::<_, Error>(())
        };
        match asked.await {
            Err(error) if error.code() != "job.running" => {
                tracing::warn!(%practice, %error, "the calls of a practice could not be compared");
            }
            _ => {}
        }
    }
    Ok(())
}

async fn run(job: JobRun) -> Result<()> {
    let caller = Caller::system(job.practice);
    let begun = job.app.now();
    let found = job.app.door.read(&caller, async |tx| {
        let Some(access) = Access::of(tx).await? else { return Ok(None) };
        Ok(Some((access, since(tx).await?)))
    });
    let Some((access, since)) = found.await? else { return Ok(()) };
    let provider = access.provider(&job.app, job.practice)?;
    let mut query = CallQuery { since: Some(since), our_id: None, after: None, limit: LIMIT };
    for _ in 0..MOST_PAGES {
        let page = provider.list(&query).await.map_err(|failure| peer::told(&failure))?;
        repair(&job, &*provider, &page.calls).await?;
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    job.app.door.write_regardless(&caller, async move |tx| compared(tx, begun).await).await
}

/// From when on calls are compared.
async fn since(tx: &mut TenantTx) -> Result<Timestamp> {
    let practice = tx.practice();
    let until = sqlx::query_scalar!(
        r#"select compared_until as "until: jiff_sqlx::Timestamp" from voice.retell where practice_id = $1"#,
        practice,
    );
    let until = until.fetch_optional(tx.conn()).await?.flatten().map(|at| at.to_jiff());
    let since = until.map_or_else(|| tx.now().checked_sub(FIRST), |until| until.checked_sub(OVERLAP));
    since.map_err(Error::internal)
}

/// Looks up what is over and was not told whole.
async fn repair(job: &JobRun, provider: &dyn Provider, calls: &[Call]) -> Result<()> {
    let caller = Caller::system(job.practice);
    let before = job.app.now().checked_sub(YOUNG).map_err(Error::internal)?;
    let over: Vec<&Call> = calls
        .iter()
        .filter(|call| call.status.is_over() && call.ended.or(call.started).is_none_or(|ended| ended <= before))
        .collect();
    let ids: Vec<String> = over.iter().map(|call| call.id.clone()).collect();
    let told = job.app.door.read(&caller, async move |tx| told(tx, &ids).await).await?;
    for call in over {
        if told.get(&call.id).copied().unwrap_or(0) >= Known::of_call(call).rank() {
            continue;
        }
        // a list has no transcripts
        let whole = provider.get(&call.id).await.map_err(|failure| peer::told(&failure))?;
        job.app.door.write(&caller, async move |tx| inbox::found(tx, &whole).await).await?;
    }
    Ok(())
}

/// How much of the lives of these calls was told, as [`Known::rank`] counts it.
async fn told(tx: &mut TenantTx, ids: &[String]) -> Result<HashMap<String, u8>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select external_id, max(case when event = 'call_analyzed' then 3 when event = 'call_ended' then 2
                                        when event = 'looked_up' then right(key, 1)::int else 1 end) as "rank!"
             from voice.retell_message where practice_id = $1 and external_id = any($2) group by external_id"#,
        practice,
        ids,
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| (row.external_id, u8::try_from(row.rank).unwrap_or(0))).collect())
}

async fn compared(tx: &mut TenantTx, until: Timestamp) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update voice.retell set compared_until = $2 where practice_id = $1",
        practice,
        jiff_sqlx::Timestamp::from(until) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
