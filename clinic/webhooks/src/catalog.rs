//! What a practice's other programs can be told of: the public events, by area. An event that is not listed here stays within
//! the product, so that it can be changed; a name on this list is a promise.

use platform::guard::Can;
use platform::permission::integrations as may;
use platform::routes::{Json, Routes};
use platform::{Result, route};
use serde::Serialize;
use utoipa::ToSchema;

/// What a test is called.
pub const TEST: &str = "webhook.test";
/// Wants everything.
pub const ALL: &str = "*";

/// An area and its public events.
#[derive(Clone, Copy, Debug)]
pub struct Area {
    /// Its name.
    pub name: &'static str,
    /// Names of events.
    pub events: &'static [&'static str],
}

/// The public events.
pub const AREAS: &[Area] = &[
    Area {
        name: "scheduling",
        events: &[
            "appointment.booked",
            "appointment.moved",
            "appointment.changed",
            "appointment.confirmed",
            "appointment.unconfirmed",
            "appointment.arrived",
            "appointment.seated",
            "appointment.completed",
            "appointment.checked_out",
            "appointment.cancelled",
            "appointment.no_show",
            "appointment.reinstated",
            "wish.created",
            "wish.changed",
            "wish.renewed",
            "wish.fulfilled",
            "wish.withdrawn",
            "opening.created",
            "opening.filled",
            "opening.closed",
            "offer.sent",
            "offer.accepted",
            "offer.declined",
            "offer.expired",
            "offer.taken",
            "offer.withdrawn",
            "recall.proposed",
            "recall.attempted",
            "recall.snoozed",
            "recall.booked",
            "recall.done",
            "recall.dismissed",
            "recall.reopened",
        ],
    },
    Area {
        name: "patients",
        events: &[
            "patient.created",
            "patient.changed",
            "patient.deleted",
            "patient.restored",
            "patient.merged",
            "patient.unmerged",
            "policy.created",
            "policy.changed",
            "policy.deleted",
            "policy.restored",
            "relative.created",
            "relative.changed",
            "relative.deleted",
            "relative.restored",
            "note.created",
        ],
    },
    Area {
        name: "practice",
        events: &[
            "practice.changed",
            "location.created",
            "location.changed",
            "location.archived",
            "location.restored",
            "room.created",
            "room.changed",
            "room.archived",
            "room.restored",
            "service.created",
            "service.changed",
            "service.archived",
            "service.restored",
            "provider.created",
            "provider.changed",
            "hours.changed",
            "absence.created",
            "absence.changed",
            "absence.removed",
            "closing_day.created",
            "closing_day.changed",
            "closing_day.removed",
        ],
    },
    Area {
        name: "identity",
        events: &["staff.joined", "staff.changed", "staff.suspended", "staff.restored", "staff.removed"],
    },
];

/// The routes of the catalog.
pub fn routes() -> Routes {
    Routes::new().route(route!(list))
}

/// Whether integrators may hear of an event of that name.
#[must_use]
pub fn is_public(event: &str) -> bool {
    area_of(event).is_some()
}

/// The area of a public event.
fn area_of(event: &str) -> Option<&'static str> {
    AREAS.iter().find(|area| area.events.contains(&event)).map(|area| area.name)
}

/// Everything by which an endpoint can have asked for a public event.
pub fn names_of(event: &str) -> Vec<String> {
    let area = area_of(event).map(|area| format!("{area}.*"));
    [Some(event.to_owned()), area, Some(ALL.to_owned())].into_iter().flatten().collect()
}

/// Whether an endpoint can ask for this: the name of an event, `area.*`, or `*`.
pub fn can_be_wanted(name: &str) -> bool {
    let area = name.strip_suffix(".*");
    name == ALL || is_public(name) || AREAS.iter().any(|known| area == Some(known.name))
}

/// The public events of an area.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookArea {
    /// Its name; `area.*` wants all of it.
    name: &'static str,
    /// Names of its events.
    events: Vec<&'static str>,
}

/// The public events, by area.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookEvents {
    areas: Vec<WebhookArea>,
}

/// Of what endpoints can be told.
#[utoipa::path(get, path = "/api/v1/webhook-events", tag = "webhooks", responses((status = 200, body = WebhookEvents)))]
async fn list(who: Can<may::Read>) -> Result<Json<WebhookEvents>> {
    who.read(async |_| Ok(())).await?;
    let areas = AREAS.iter().map(|area| WebhookArea { name: area.name, events: area.events.to_vec() }).collect();
    Ok(Json(WebhookEvents { areas }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_has_one_area_and_a_name_of_its_kind() {
        let all: Vec<_> = AREAS.iter().flat_map(|area| area.events).collect();
        for (i, event) in all.iter().enumerate() {
            assert!(!all[i + 1..].contains(event), "{event} is listed twice");
            let (noun, verb) = event.split_once('.').expect("noun.verb");
            assert!(
                [noun, verb].iter().all(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_')),
                "{event}"
            );
            assert!(can_be_wanted(event));
        }
    }

    #[test]
    fn an_event_is_wanted_by_its_name_its_area_or_with_all_others() {
        assert_eq!(names_of("wish.created"), ["wish.created", "scheduling.*", "*"]);
        for name in ["*", "scheduling.*", "patient.created"] {
            assert!(can_be_wanted(name), "{name}");
        }
        for name in ["", ".*", "patient.*", "patient.unheard", "hold.created", "scheduling", TEST, "api_key.created"] {
            assert!(!can_be_wanted(name), "{name}");
        }
    }
}
