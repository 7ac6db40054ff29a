//! How the practice's automation goes, in numbers.

use jiff::SignedDuration;
use jiff::civil::Date;
use platform::Result;
use platform::guard::Can;
use platform::permission::workflows as may;
use platform::route;
use platform::routes::{Json, Routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::OfWorkflow;
use crate::workflow::list::oldest_id;

/// The route of the numbers.
pub fn routes() -> Routes {
    Routes::new().route(route!(stats))
}

/// How automation goes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WorkflowStats {
    /// Workflows at work.
    published: i64,
    /// Workflows that are not.
    drafts: i64,
    /// Runs that began today.
    runs_today: i64,
    /// Runs by the day on which they began, and how they ended; of the last seven days.
    #[serde(rename = "runs7d")]
    days: Vec<Day>,
    /// Workflows of which a run failed in these days, the worst first.
    failing: Vec<OfWorkflow>,
    /// Runs that wait.
    waiting: i64,
}

/// The runs of a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkflowDay)]
struct Day {
    /// The day, in the practice's zone.
    day: Date,
    /// That began.
    begun: i64,
    /// Well.
    done: i64,
    /// Not well.
    failed: i64,
}

/// How the practice's automation goes.
#[utoipa::path(get, path = "/api/v1/workflow-stats", tag = "automation", responses((status = 200, body = WorkflowStats)))]
async fn stats(who: Can<may::Read>) -> Result<Json<WorkflowStats>> {
    who.read(async |tx| {
        let practice = tx.practice();
        let zone = crate::engine::info(tx).await?.zone();
        let today = tx.now().to_zoned(zone.clone()).date();
        let first = today.checked_sub(jiff::Span::new().days(6)).unwrap_or(today);
        let since = first.to_zoned(zone.clone()).map_or(tx.now(), |at| at.timestamp());
        let counts = sqlx::query!(
            r#"select count(*) filter (where status = 'published') as "published!",
                      count(*) filter (where status <> 'published') as "drafts!",
                      (select count(*) from automation.run where practice_id = $1 and state <> 'done' and state = 'waiting')
                          as "waiting!"
                 from automation.workflow where practice_id = $1 and deleted_at is null"#,
            practice,
        )
        .fetch_one(tx.conn())
        .await?;
        let rows = sqlx::query!(
            r#"select (started_at at time zone $3)::date as "day!: jiff_sqlx::Date", count(*) as "total!",
                      count(*) filter (where state = 'done') as "done!",
                      count(*) filter (where state in ('failed', 'stopped')) as "failed!"
                 from automation.run where practice_id = $1 and id >= $2 group by 1"#,
            practice,
            oldest_id(since.checked_sub(SignedDuration::from_mins(1)).unwrap_or(since)),
            zone.iana_name().unwrap_or("UTC"),
        )
        .fetch_all(tx.conn())
        .await?;
        let failing = sqlx::query!(
            "select w.id, w.name from automation.run r
               join automation.workflow w on w.practice_id = r.practice_id and w.id = r.workflow_id
              where r.practice_id = $1 and r.state <> 'done' and r.state in ('failed', 'stopped') and r.id >= $2
                and w.deleted_at is null
              group by w.id, w.name order by count(*) desc, w.name limit 10",
            practice,
            oldest_id(since),
        )
        .fetch_all(tx.conn())
        .await?;
        let mut days = Vec::new();
        let mut day = first;
        while day <= today {
            let row = rows.iter().find(|row| row.day.to_jiff() == day);
            let (begun, done, failed) = row.map_or((0, 0, 0), |row| (row.total, row.done, row.failed));
            days.push(Day { day, begun, done, failed });
            day = day.tomorrow().unwrap_or(Date::MAX);
        }
        Ok(Json(WorkflowStats {
            published: counts.published,
            drafts: counts.drafts,
            runs_today: rows.iter().find(|row| row.day.to_jiff() == today).map_or(0, |row| row.total),
            days,
            failing: failing.into_iter().map(|row| OfWorkflow { id: row.id, name: row.name }).collect(),
            waiting: counts.waiting,
        }))
    })
    .await
}
