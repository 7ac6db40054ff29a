//! How calls went: how many were begun, how many reached somebody, what came of them, how long they took and what they cost.

use garde::Validate;
use jiff::civil::Date;
use platform::extract::{Path, Query};
use platform::guard::Can;
use platform::permission::calls as may;
use platform::routes::{Json, Routes};
use platform::{Result, route};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::CallWorkflowId;

/// The route of the numbers.
pub fn routes() -> Routes {
    Routes::new().route(route!(stats))
}

/// Of which days.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StatsQuery {
    /// How many days back from today, by the practice's clocks; today is one of them.
    #[garde(range(min = 1, max = 366))]
    #[serde(default = "month")]
    #[param(default = 30, minimum = 1, maximum = 366)]
    days: i32,
}

fn month() -> i32 {
    30
}

/// How calls about something went.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CallStats {
    /// Begun.
    started: i64,
    /// In which somebody spoke.
    reached: i64,
    /// Nobody answered, or a machine did.
    not_reached: i64,
    /// Something did not work.
    failed: i64,
    /// Minutes of talk, on hold as well.
    minutes: f64,
    /// Of these on hold.
    hold_minutes: f64,
    /// Millionths of a dollar.
    cost_micros: i64,
    /// Milliseconds until an answer could be heard, in the middle call.
    #[schema(required)]
    latency_p50: Option<f64>,
    /// What came of them, the most frequent first.
    outcomes: Vec<OutcomeCount>,
    /// Day by day.
    days: Vec<CallDay>,
}

/// How often something came of calls.
#[derive(Debug, Serialize, ToSchema)]
struct OutcomeCount {
    /// The word of the flow.
    outcome: String,
    /// How often.
    calls: i64,
}

/// A day.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CallDay {
    /// By the practice's clocks.
    #[schema(format = Date, value_type = String)]
    day: Date,
    /// Begun.
    started: i64,
    /// In which somebody spoke.
    reached: i64,
    /// Minutes of talk.
    minutes: f64,
    /// Millionths of a dollar.
    cost_micros: i64,
}

/// How calls about something went in the last days.
#[utoipa::path(get, path = "/api/v1/call-workflows/{id}/stats", tag = "voice",
    params(("id" = Uuid, Path, description = "The call workflow"), StatsQuery), responses((status = 200, body = CallStats)))]
async fn stats(
    who: Can<may::Read>,
    Path(id): Path<CallWorkflowId>,
    Query(asked): Query<StatsQuery>,
) -> Result<Json<CallStats>> {
    who.read(async move |tx| {
        let zone = practice::practice(tx).await?.time_zone;
        crate::workflow::find(tx, id).await?;
        let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
        let days = sqlx::query!(
            r#"select d::date as "day!", count(c.id) as "started!",
                      count(c.id) filter (where c.answered_at is not null and c.turns > 0) as "reached!",
                      count(c.id) filter (where c.ended_by in ('no_answer', 'busy')) as "not_reached!",
                      count(c.id) filter (where c.ended_by in ('failed', 'interrupted', 'refused')) as "failed!",
                      coalesce(sum(c.talk_ms), 0) / 60000.0::float8 as "minutes!",
                      coalesce(sum(c.hold_ms), 0) / 60000.0::float8 as "hold_minutes!",
                      coalesce(sum(c.cost_micros), 0)::bigint as "cost_micros!"
                 from generate_series((($3::timestamptz at time zone $4)::date - ($5::int - 1))::timestamp,
                                      ($3::timestamptz at time zone $4)::date::timestamp, interval '1 day') d
                 left join voice.call c on c.practice_id = $1 and c.call_workflow_id = $2 and c.started_at is not null
                      and c.created_at >= d at time zone $4 and c.created_at < (d + interval '1 day') at time zone $4
                group by d order by d"#,
            practice,
            id.uuid(),
            now as _,
            zone,
            asked.days,
        )
        .fetch_all(tx.conn())
        .await?;
        let outcomes = sqlx::query!(
            r#"select c.outcome as "outcome!", count(*) as "calls!"
                 from voice.call c
                where c.practice_id = $1 and c.call_workflow_id = $2 and c.outcome is not null
                  and c.created_at >= (($3::timestamptz at time zone $4)::date - ($5::int - 1))::timestamp at time zone $4
                group by c.outcome order by count(*) desc, c.outcome limit 50"#,
            practice,
            id.uuid(),
            now as _,
            zone,
            asked.days,
        )
        .fetch_all(tx.conn())
        .await?;
        let middle = sqlx::query_scalar!(
            "select percentile_cont(0.5) within group (order by c.latency_p50) from voice.call c
              where c.practice_id = $1 and c.call_workflow_id = $2 and c.latency_p50 is not null
                and c.created_at >= (($3::timestamptz at time zone $4)::date - ($5::int - 1))::timestamp at time zone $4",
            practice,
            id.uuid(),
            now as _,
            zone,
            asked.days,
        )
        .fetch_one(tx.conn())
        .await?;
        Ok(Json(CallStats {
            started: days.iter().map(|day| day.started).sum(),
            reached: days.iter().map(|day| day.reached).sum(),
            not_reached: days.iter().map(|day| day.not_reached).sum(),
            failed: days.iter().map(|day| day.failed).sum(),
            minutes: days.iter().map(|day| day.minutes).sum(),
            hold_minutes: days.iter().map(|day| day.hold_minutes).sum(),
            cost_micros: days.iter().map(|day| day.cost_micros).sum(),
            latency_p50: middle,
            outcomes: outcomes
                .into_iter()
                .map(|row| OutcomeCount { outcome: row.outcome, calls: row.calls })
                .collect(),
            days: days
                .into_iter()
                .map(|row| CallDay {
                    day: row.day.to_jiff(),
                    started: row.started,
                    reached: row.reached,
                    minutes: row.minutes,
                    cost_micros: row.cost_micros,
                })
                .collect(),
        }))
    })
    .await
}
