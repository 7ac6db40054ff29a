//! The worker's turn: takes runs that are due, fairly between practices, and carries those of a practice on together. When
//! that fails, each by itself, where mistakes are written down.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use futures::{StreamExt as _, TryStreamExt as _};
use platform::App;
use platform::db::{Caller, TenantTx};
use platform::error::{Error, Result};
use platform::id::PracticeId;
use uuid::Uuid;

use super::carry::{First, LONG_ENOUGH, Line, Stand, Together, carry};
use super::load::{Taken, take_up};
use super::outside::{self, Errand, Place};
use super::rows::{About, LEASE_SECONDS, Standing, standing, tell, update_runs, write_lines, write_waits};
use super::{OLDEST, around, info};
use crate::decide::{Answer, Failure, Surroundings};

/// Runs that are taken at once, and of one practice.
const RUNS: i32 = 400;
const RUNS_EACH: i32 = 100;
/// Practices that are served at the same time.
const PRACTICES: usize = 4;
/// Times that a run may be taken up without anything coming of it.
const MOST_STUMBLES: i32 = 8;

type Claimed = Vec<(Uuid, Uuid)>;

/// Carries on what is due; answers how many runs that were.
///
/// # Errors
/// 503 when the database is away. A run that fails is no error here.
pub async fn take(app: &App) -> Result<usize> {
    let mut practices: BTreeMap<PracticeId, Claimed> = BTreeMap::new();
    let mut tx = app.db().claims().await?;
    let due = sqlx::query!(
        r#"select practice_id as "practice_id!", id as "id!", lease as "lease!" from claim.runs($1, $2, $3, $4)"#,
        jiff_sqlx::Timestamp::from(app.now()) as _,
        RUNS,
        RUNS_EACH,
        LEASE_SECONDS,
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    let count = due.len();
    for run in due {
        practices.entry(PracticeId(run.practice_id)).or_default().push((run.id, run.lease));
    }
    let all = practices.into_iter().map(|(practice, claimed)| serve(app, practice, claimed));
    futures::stream::iter(all).buffer_unordered(PRACTICES).try_collect::<Vec<()>>().await?;
    Ok(count)
}

/// In tasks of their own, so that an action that panics counts as one that failed.
async fn serve(app: &App, practice: PracticeId, claimed: Claimed) -> Result<()> {
    let task = tokio::spawn(advance(app.clone(), practice, claimed.clone(), Together::All));
    if let Ok(errands) = task.await.map_err(Error::internal).flatten() {
        outside::send(app, practice, errands);
        return Ok(());
    }
    for one in claimed {
        let task = tokio::spawn(advance(app.clone(), practice, vec![one], Together::Alone));
        match task.await.map_err(Error::internal).flatten() {
            Ok(errands) => outside::send(app, practice, errands),
            Err(error) => {
                tracing::warn!(%practice, run = %one.0, %error, "a run could not be carried on; it is tried again");
                stumble(app, practice, one).await?;
            }
        }
    }
    Ok(())
}

/// Carries runs of a practice on in one transaction; answers what they want from outside, each with its place.
pub(crate) async fn advance(
    app: App,
    practice: PracticeId,
    claimed: Claimed,
    together: Together,
) -> Result<Vec<(Errand, Place)>> {
    app.door
        .write_patiently(&Caller::system(practice), async move |tx| {
            let mut taken = take_up(tx, &claimed).await?;
            if taken.is_empty() {
                return Ok(Vec::new());
            }
            let info = info(tx).await?;
            let (facts, opening) = wants(&taken);
            let around = around(tx, &info, facts, opening).await?;
            let (mut lines, mut stands, mut places) = (Vec::new(), Vec::new(), HashMap::new());
            let begun = Instant::now();
            for one in &mut taken {
                if !stands.is_empty() && begun.elapsed() > LONG_ENOUGH {
                    break;
                }
                let (new, stand) = match ended_before(one, &around) {
                    Some(stand) => (Vec::new(), stand),
                    None => {
                        let first = First::Answer(answer(one));
                        carry(tx, &mut one.going, &around, first, together).await?
                    }
                };
                lines.extend(new.into_iter().map(|line| (one.going.id, line)));
                stands.push(placed(stand, practice, one, &around, &mut places));
            }
            let rest = taken.split_off(stands.len());
            give_back(tx, &rest).await?;
            write(tx, &taken, &stands, lines).await?;
            Ok(errands(&claimed, taken, stands, places))
        })
        .await
}

/// Finds a place for what is wanted from outside; where there is none, the run waits for one.
fn placed(
    stand: Stand,
    practice: PracticeId,
    one: &Taken,
    around: &Surroundings,
    places: &mut HashMap<Uuid, Place>,
) -> Stand {
    if !matches!(stand, Stand::Outside(_)) {
        return stand;
    }
    match Place::take(practice) {
        Some(place) => {
            places.insert(one.going.id, place);
            stand
        }
        None => Stand::Crowded(outside::crowd(around.now.duration_since(one.started))),
    }
}

/// Runs for which there was no time are due as before.
async fn give_back(tx: &mut TenantTx, rest: &[Taken]) -> Result<()> {
    if rest.is_empty() {
        return Ok(());
    }
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let ids: Vec<Uuid> = rest.iter().map(|one| one.going.id).collect();
    sqlx::query!(
        "update automation.run set due_at = $3, lease = null where practice_id = $1 and id = any($2)",
        practice,
        &ids,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    tx.wake_turns();
    Ok(())
}

pub(crate) fn wants(taken: &[Taken]) -> (bool, bool) {
    let facts = taken.iter().any(|one| one.going.plan.needs_practice);
    (facts, taken.iter().any(|one| one.going.plan.needs_opening))
}

/// What a run that was taken up goes on with.
fn answer(one: &Taken) -> Answer {
    if one.going.state.waiting.is_some() { Answer::Woken(one.signalled) } else { Answer::Go }
}

fn ended_before(one: &Taken, around: &Surroundings) -> Option<Stand> {
    let failed = |code: &str, message: &str| {
        let failure = Failure { code: code.to_owned(), message: message.to_owned(), step: one.going.state.at.clone() };
        Some(Stand::Failed(failure))
    };
    if one.gone {
        return failed("run.subject_gone", "What the run was about is no longer there.");
    }
    if around.now.duration_since(one.started) > OLDEST {
        return failed("run.too_old", "The run began more than 400 days ago; it was ended.");
    }
    None
}

/// Writes down how runs stand, with their history.
pub(crate) async fn write(
    tx: &mut TenantTx,
    taken: &[Taken],
    stands: &[Stand],
    mut lines: Vec<(Uuid, Line)>,
) -> Result<()> {
    let now = tx.now();
    for (one, stand) in taken.iter().zip(stands) {
        if let Stand::Outside(request) = stand {
            lines.push((one.going.id, outside::begun(&one.going, request, tx.moment())));
        }
    }
    let standings: Vec<Standing> = stands
        .iter()
        .zip(taken)
        .map(|(stand, one)| {
            let standing = standing(stand, now);
            let cancelled = Standing { state: "cancelled", ..standing.clone() };
            if one.gone { cancelled } else { standing }
        })
        .collect();
    let rows: Vec<_> = taken.iter().map(|one| &one.going).zip(standings.iter().cloned()).collect();
    update_runs(tx, &rows).await?;
    write_lines(tx, &lines).await?;
    let about: Vec<_> = taken
        .iter()
        .zip(stands)
        .map(|(one, stand)| About {
            run: one.going.id,
            subject: one.subject.as_ref().map(|(_, id)| *id),
            patient: one.going.patient,
            stand,
        })
        .collect();
    write_waits(tx, &about, true).await?;
    if standings.iter().any(|standing| standing.due.is_some_and(|due| due <= now)) {
        tx.wake_turns();
    }
    let told: Vec<_> =
        taken.iter().zip(&standings).map(|(one, standing)| (one.going.id, one.going.patient, standing)).collect();
    tell(tx, &told).await
}

fn errands(
    claimed: &[(Uuid, Uuid)],
    taken: Vec<Taken>,
    stands: Vec<Stand>,
    mut places: HashMap<Uuid, Place>,
) -> Vec<(Errand, Place)> {
    let lease = |run: Uuid| claimed.iter().find(|(id, _)| *id == run).map(|(_, lease)| *lease);
    taken
        .into_iter()
        .zip(stands)
        .filter_map(|(one, stand)| match stand {
            Stand::Outside(request) => {
                let place = places.remove(&one.going.id)?;
                Some((Errand::of(lease(one.going.id)?, &one.going, request)?, place))
            }
            _ => None,
        })
        .collect()
}

/// Nothing came of it, as something broke on our side: later again, and not for ever.
async fn stumble(app: &App, practice: PracticeId, (run, lease): (Uuid, Uuid)) -> Result<()> {
    app.door
        .write_regardless(&Caller::system(practice), async move |tx| {
            let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
            let state = sqlx::query_scalar!(
                "update automation.run
                    set attempts = attempts + 1, lease = null,
                        due_at = case when attempts + 1 < $5
                                      then $4::timestamptz + make_interval(secs => 5 * power(2, attempts) * (0.5 + random())) end,
                        state = case when attempts + 1 < $5 then state else 'failed' end,
                        ended_at = case when attempts + 1 < $5 then null else $4::timestamptz end,
                        error_code = case when attempts + 1 < $5 then error_code else 'run.broken' end,
                        error_message = case when attempts + 1 < $5 then error_message
                                             else 'Something went wrong on our side, again and again.' end
                  where practice_id = $1 and id = $2 and lease = $3 returning state",
                practice,
                run,
                lease,
                now as _,
                MOST_STUMBLES,
            )
            .fetch_optional(tx.conn())
            .await?;
            if state.as_deref() == Some("failed") {
                let standing = Standing { state: "failed", ended: true, ..Standing::default() };
                tell(tx, &[(run, None, &standing)]).await?;
            }
            Ok(())
        })
        .await
}
