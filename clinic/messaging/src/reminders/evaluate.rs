//! Looking which visits a rule reminds of now.

use std::collections::HashSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use platform::db::{Caller, TenantTx};
use platform::error::Error;
use platform::id::PracticeId;
use platform::jobs::Schedule;
use platform::page::MAX_LIMIT;
use platform::{App, Result};
use scheduling::lookup::{AppointmentCriteria, appointments};
use scheduling::{Appointment, Status};
use uuid::Uuid;

use super::{ReminderFields, Rule, all};
use crate::message::queue::{To, Wanted, key_of, queue};
use crate::message::{Channel, Source, sound};
use crate::templates;
use crate::templates::values::{About, filled};

/// Looks after all rules. What is due follows from the visits alone, so a turn that is missed is made up for by the next.
pub const SCHEDULE: Schedule =
    Schedule { name: "messaging.reminders", every: Duration::from_secs(60), run: |app| Box::pin(look_after(app)) };

/// A reminder that is later than this is none: the server was away, or the visit was booked after its time.
const LATEST: SignedDuration = SignedDuration::from_hours(6);

/// When a visit is reminded of.
fn due(rule: &ReminderFields, start: Timestamp) -> Timestamp {
    start.checked_sub(SignedDuration::from_mins(rule.offset_minutes.into())).unwrap_or(Timestamp::MIN)
}

/// Whether a rule reminds of a visit now: its time has come, not long ago and before it begins, it was booked before that,
/// and it is one of those that the rule is for.
pub fn reminds(rule: &ReminderFields, visit: &Appointment, now: Timestamp) -> bool {
    let due = due(rule, visit.start);
    let in_time = due <= now && now.duration_since(due) < LATEST && now < visit.start && visit.created_at < due;
    let stands = match visit.status {
        Status::Scheduled => true,
        Status::Confirmed => !rule.skip_confirmed,
        _ => false,
    };
    let of = |all: &[Uuid], one: Uuid| all.is_empty() || all.contains(&one);
    in_time
        && stands
        && of(&rule.service_ids, visit.service_id.uuid())
        && of(&rule.location_ids, visit.location_id.uuid())
}

/// The key under which a visit is reminded of by a rule: once for each beginning that it has.
pub fn key(rule: Uuid, visit: Uuid, start: Timestamp) -> Uuid {
    key_of(&format!("reminder:{rule}:{visit}:{}", start.as_second()))
}

async fn look_after(app: App) -> Result<()> {
    let mut tx = app.db().worker().await?;
    let practices = sqlx::query_scalar!(r#"select practice_id as "practice_id!" from claim.practices_with_rules()"#)
        .fetch_all(tx.conn())
        .await?;
    tx.commit().await?;
    for practice in practices {
        let caller = Caller::system(PracticeId(practice));
        let due = app.door.read(&caller, async |tx| of_practice(tx).await).await;
        let due = match due {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(%practice, %error, "the rules for reminders could not be looked after");
                continue;
            }
        };
        for (rule, visit) in due {
            let reminded =
                app.door.write(&caller, async move |tx| remind(tx, &rule.clone(), &visit.clone()).await).await;
            if let Err(error) = reminded {
                tracing::warn!(%practice, %error, "a visit could not be reminded of");
            }
        }
    }
    Ok(())
}

/// What is due now, and nothing was done about yet.
async fn of_practice(tx: &mut TenantTx) -> Result<Vec<(Rule, Appointment)>> {
    let now = tx.now();
    let mut due = Vec::new();
    for rule in all(tx).await?.into_iter().filter(|rule| rule.fields.enabled) {
        let offset = SignedDuration::from_mins(rule.fields.offset_minutes.into());
        let at = now.checked_add(offset).map_err(Error::internal)?;
        let from = at.checked_sub(LATEST).map_err(Error::internal)?.max(now);
        let until = at.checked_add(SignedDuration::from_secs(1)).map_err(Error::internal)?;
        let wanted = AppointmentCriteria {
            begins: vec![vec![from..until]],
            statuses: vec![vec![Status::Scheduled, Status::Confirmed]],
            ..AppointmentCriteria::default()
        };
        let mut cursor = None;
        loop {
            let (page, next) = appointments(tx, &wanted, cursor.as_deref(), MAX_LIMIT).await?;
            let keys: Vec<Uuid> = page.iter().map(|visit| key(rule.id.uuid(), visit.id.uuid(), visit.start)).collect();
            let known = known(tx, &keys).await?;
            due.extend(page.into_iter().zip(keys).filter_map(|(visit, key)| {
                let is_due = !known.contains(&key) && reminds(&rule.fields, &visit, now);
                is_due.then(|| (rule.clone(), visit))
            }));
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
    }
    Ok(due)
}

async fn known(tx: &mut TenantTx, keys: &[Uuid]) -> Result<HashSet<Uuid>> {
    let practice = tx.practice();
    let known = sqlx::query_scalar!(
        "select idempotency_key from messaging.message where practice_id = $1 and idempotency_key = any($2)",
        practice,
        keys,
    );
    Ok(known.fetch_all(tx.conn()).await?.into_iter().collect())
}

/// Puts the reminder into the queue, if the visit is still as it was when that was decided.
async fn remind(tx: &mut TenantTx, rule: &Rule, decided: &Appointment) -> Result<()> {
    let visit = scheduling::find(tx, decided.id).await?;
    if visit.start != decided.start || !reminds(&rule.fields, &visit, tx.now()) {
        return Ok(());
    }
    let known = patients::contacts(tx, &[visit.patient_id.uuid()]).await?;
    let language = match known.get(&visit.patient_id) {
        Some(contact) => contact.language,
        None => practice::practice(tx).await?.language,
    };
    let template = templates::find(tx, rule.fields.template_id).await?;
    let about = About { patient: Some(visit.patient_id), visit: Some(&visit), with_link: true };
    let key = key(rule.id.uuid(), visit.id.uuid(), visit.start);
    let mut wanted = Wanted {
        purpose: template.purpose,
        about: Some(visit.clone()),
        template: Some((template.id.uuid(), template.number)),
        ..Wanted::new(
            rule.fields.channel,
            (Source::Rule, Some(rule.id.uuid())),
            To::Patient(visit.patient_id),
            language,
            key,
        )
    };
    match filled(tx, &template.texts, &about, language, "").await {
        Ok(rendered) => {
            wanted.subject = rendered.subject.filter(|_| rule.fields.channel == Channel::Email);
            wanted.text = rendered.text;
            wanted.hindered = sound::check(&wanted.filled()).err().map(sound::Unsound::code);
        }
        Err(error) if error.is_transient() || error.status().is_server_error() => return Err(error),
        // noted, so that people see it and nobody tries again each minute
        Err(error) => wanted.hindered = Some(error.code()),
    }
    queue(tx, &wanted).await.map(drop)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::templates::TemplateId;

    fn rule(offset_minutes: i32, skip_confirmed: bool) -> ReminderFields {
        ReminderFields {
            name: "R".to_owned(),
            channel: Channel::Sms,
            template_id: TemplateId::new(),
            offset_minutes,
            service_ids: Vec::new(),
            location_ids: Vec::new(),
            skip_confirmed,
            enabled: true,
        }
    }

    fn visit(start: i64, created: i64, status: Status) -> Appointment {
        let at = |minutes: i64| Timestamp::from_second(1_900_000_000 + minutes * 60).expect("an instant");
        Appointment {
            id: scheduling::AppointmentId::new(),
            patient_id: platform::id::PatientId::new(),
            service_id: practice::ServiceId::new(),
            location_id: practice::LocationId::new(),
            provider_ids: Vec::new(),
            room_ids: Vec::new(),
            start: at(start),
            end: at(start + 30),
            time_zone: "UTC".to_owned(),
            status,
            source: scheduling::AppointmentSource::Staff,
            details: scheduling::AppointmentDetails::default(),
            overbooking: None,
            confirmed_at: None,
            arrived_at: None,
            seated_at: None,
            completed_at: None,
            checked_out_at: None,
            no_show_at: None,
            cancellation: None,
            moves: 0,
            patient_moves: 0,
            series: None,
            version: 1,
            created_at: at(created),
            updated_at: at(created),
        }
    }

    proptest! {
        /// The oracle says it in minutes, without instants.
        #[test]
        fn a_rule_reminds_when_a_watch_says(
            offset in 15i32..3000, start in 0i64..6000, created in -3000i64..6000, now in -3000i64..6000,
            skip in any::<bool>(),
            status in select(vec![Status::Scheduled, Status::Confirmed, Status::Cancelled, Status::Arrived, Status::NoShow]),
        ) {
            let at = Timestamp::from_second(1_900_000_000 + now * 60).expect("an instant");
            let due = start - i64::from(offset);
            let in_time = due <= now && now < due + 360 && now < start && created < due;
            let stands = status == Status::Scheduled || status == Status::Confirmed && !skip;
            prop_assert_eq!(reminds(&rule(offset, skip), &visit(start, created, status), at), in_time && stands);
        }
    }

    #[test]
    fn only_for_what_it_is_for_and_once_for_each_beginning() {
        let now = Timestamp::from_second(1_900_000_000).expect("an instant");
        let visit = visit(60, -600, Status::Scheduled);
        let plain = rule(120, false);
        assert!(reminds(&plain, &visit, now));
        let other = Uuid::now_v7();
        assert!(!reminds(&ReminderFields { service_ids: vec![other], ..plain.clone() }, &visit, now));
        assert!(!reminds(&ReminderFields { location_ids: vec![other], ..plain.clone() }, &visit, now));
        let own = ReminderFields { service_ids: vec![other, visit.service_id.uuid()], ..plain };
        assert!(reminds(&own, &visit, now));
        let (rule, id) = (Uuid::now_v7(), visit.id.uuid());
        assert_eq!(key(rule, id, visit.start), key(rule, id, visit.start));
        assert_ne!(key(rule, id, visit.start), key(rule, id, visit.end));
        assert_ne!(key(rule, id, visit.start), key(other, id, visit.start));
    }
}
