//! What becomes of messages that wait when the visit that they are about does not stay as it was.

use platform::Result;
use platform::db::TenantTx;
use platform::outbox::Subscriber;
use scheduling::{AppointmentId, Status};

use super::{RuleId, all};
use crate::message::{self, MessageId, State, row};

/// Hears of what becomes of visits.
pub const SUBSCRIBER: Subscriber = Subscriber {
    name: "messaging.visits",
    wants: |name| {
        let heard = ["cancelled", "moved", "no_show", "confirmed"];
        name.strip_prefix("appointment.").is_some_and(|what| heard.contains(&what))
    },
    handle: |tx, event| Box::pin(consider(tx, AppointmentId(event.subject_id))),
};

/// Takes back what a rule or a workflow wanted to say of a visit that is no longer so. Of one that was moved the rule says
/// it again, at its time.
async fn consider(tx: &mut TenantTx, id: AppointmentId) -> Result<()> {
    let practice = tx.practice();
    let waiting = sqlx::query_scalar!(
        "select id from messaging.message
          where practice_id = $1 and appointment_id = $2 and state = 'queued' and source in ('rule', 'workflow') limit 200",
        practice,
        id.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    for one in waiting {
        let before = row::lock(tx, MessageId(one)).await?;
        if before.state != State::Queued {
            continue;
        }
        if let Some(why) = outdated(tx, &before).await? {
            let after = before.at(State::Cancelled, Some(why), tx.now());
            message::save(tx, &before, after).await?;
        }
    }
    Ok(())
}

/// Why a message about a visit says what is no longer so, if it does.
///
/// # Errors
/// 503 when the database is away.
pub async fn outdated(tx: &mut TenantTx, of: &message::Message) -> Result<Option<&'static str>> {
    let Some(id) = of.appointment_id else { return Ok(None) };
    let visit = scheduling::find(tx, id).await?;
    if of.rule_id.is_none() {
        // what a workflow says of a visit may be that it was missed; only of one to come it must be right
        let was_to_come = of.appointment_start.is_some_and(|start| start > of.created_at);
        let is_gone = visit.status == Status::Cancelled || Some(visit.start) != of.appointment_start;
        return Ok((was_to_come && is_gone && visit.updated_at > of.created_at).then_some("visit_changed"));
    }
    Ok(match visit.status {
        Status::Cancelled | Status::NoShow => Some("visit_cancelled"),
        _ if Some(visit.start) != of.appointment_start => Some("visit_moved"),
        _ if visit.start <= tx.now() => Some("visit_begun"),
        Status::Confirmed if skips_confirmed(tx, of).await? => Some("visit_confirmed"),
        _ => None,
    })
}

async fn skips_confirmed(tx: &mut TenantTx, of: &message::Message) -> Result<bool> {
    let rules = all(tx).await?;
    let rule = rules.iter().find(|rule| Some(rule.id.uuid()) == of.rule_id);
    Ok(rule.is_some_and(|rule| rule.fields.skip_confirmed))
}

/// Takes back what waits to be sent by a rule.
///
/// # Errors
/// 503 when the database is away.
pub async fn take_back(tx: &mut TenantTx, rule: RuleId) -> Result<()> {
    let practice = tx.practice();
    let waiting = sqlx::query_scalar!(
        "select id from messaging.message
          where practice_id = $1 and state = 'queued' and rule_id = $2 order by created_at limit 5000",
        practice,
        rule.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    for one in waiting {
        let before = row::lock(tx, MessageId(one)).await?;
        if before.state == State::Queued {
            let after = before.at(State::Cancelled, Some("rule_archived"), tx.now());
            message::save(tx, &before, after).await?;
        }
    }
    Ok(())
}
