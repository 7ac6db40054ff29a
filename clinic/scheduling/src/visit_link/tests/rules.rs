//! The practice's rules for patients against a plain reading of them, for any rules and any instant.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::appointment::{Appointment, Source, Status};
use crate::settings::SchedulingRules;
use crate::visit_link::rules::{Actions, Refusal};

const STATUSES: [Status; 7] = [
    Status::Scheduled,
    Status::Confirmed,
    Status::Arrived,
    Status::InChair,
    Status::Completed,
    Status::Cancelled,
    Status::NoShow,
];

/// Whatever else there is about a visit.
fn visit(status: Status, start: Timestamp, patient_moves: i32) -> Appointment {
    let id = uuid::Uuid::nil();
    Appointment {
        id: crate::appointment::AppointmentId(id),
        patient_id: platform::id::PatientId(id),
        service_id: practice::ServiceId(id),
        location_id: practice::LocationId(id),
        provider_ids: Vec::new(),
        room_ids: Vec::new(),
        start,
        end: start + SignedDuration::from_mins(30),
        time_zone: "Asia/Riyadh".to_owned(),
        status,
        source: Source::Staff,
        details: crate::appointment::AppointmentDetails::default(),
        overbooking: None,
        confirmed_at: None,
        arrived_at: None,
        seated_at: None,
        completed_at: None,
        checked_out_at: None,
        no_show_at: None,
        cancellation: None,
        moves: patient_moves + 2,
        patient_moves,
        series: None,
        version: 1,
        created_at: start,
        updated_at: start,
    }
}

proptest! {
    #[test]
    fn each_action_is_open_exactly_as_long_as_the_practice_says(
        status in 0usize..7, minutes in -3000i64..6000, cancel in 0i32..3000, to_move in 0i32..3000,
        moved in 0i32..6, most in 0i32..6,
    ) {
        let now: Timestamp = "2030-06-02T06:00:00Z".parse().expect("an instant");
        let status = STATUSES[status];
        let visit = visit(status, now + SignedDuration::from_mins(minutes), moved);
        let rules = SchedulingRules {
            cancel_cutoff_minutes: cancel,
            move_cutoff_minutes: to_move,
            most_moves: most,
            ..SchedulingRules::default()
        };
        let actions = Actions::of(&rules, &visit, now);
        let is_open = matches!(status, Status::Scheduled | Status::Confirmed) && minutes > 0;
        prop_assert_eq!(actions.confirm.refusal.is_none(), is_open && status == Status::Scheduled);
        prop_assert_eq!(actions.cancel.refusal.is_none(), is_open && minutes >= i64::from(cancel));
        prop_assert_eq!(actions.r#move.refusal.is_none(), is_open && minutes >= i64::from(to_move) && moved < most);
        for action in [actions.confirm, actions.cancel, actions.r#move] {
            prop_assert_eq!(action.refusal == Some(Refusal::Over), !is_open);
        }
        prop_assert_eq!(visit.start.duration_since(actions.cancel.until).as_mins(), i64::from(cancel));
    }
}
