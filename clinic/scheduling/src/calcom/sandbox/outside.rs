//! What happens at the sandbox from outside: somebody books there, or takes a time there for something else. The practice
//! hears of it as of Cal.com's webhooks, through the same door.

use calcom::Booking;
use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Body;
use platform::guard::Can;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::integrations as may;
use platform::routes::Routes;
use platform::{Result, route, undisclosed, validate};
use practice::ServiceId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{service_of, store};
use crate::calcom::inbox::{self, Delivered};
use crate::calcom::mapping;
use crate::calcom::settings::{self, CalcomProvider};

/// The route.
pub fn routes() -> Routes {
    Routes::new().route(route!(book))
}

/// Somebody who books at the sandbox.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewSandboxBooking {
    /// What is done; a service that is an event type there.
    #[garde(skip)]
    service_id: ServiceId,
    /// From when.
    #[garde(skip)]
    start: Timestamp,
    /// Who books. Left out, the time is merely taken there, for something that the practice does not hear of.
    #[garde(dive)]
    person: Option<SandboxPerson>,
}

/// Who books.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SandboxPerson {
    /// Their name.
    #[garde(length(chars, min = 1, max = 160), custom(validate::line))]
    name: String,
    /// Their address.
    #[garde(custom(validate::email))]
    email: String,
    /// Their number.
    #[garde(inner(length(chars, max = 40), custom(validate::line)))]
    phone: Option<String>,
}

/// What was booked at the sandbox.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SandboxBooking {
    /// Its name there.
    uid: String,
    /// From when.
    start: Timestamp,
    /// Until when.
    end: Timestamp,
}

undisclosed!(NewSandboxBooking, SandboxPerson);

/// Book at the sandbox as if somebody had done it there, to see what becomes of it here.
#[utoipa::path(post, path = "/api/v1/calcom/sandbox-bookings", tag = "scheduling", request_body = NewSandboxBooking,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = SandboxBooking)))]
async fn book(who: Can<may::Write>, key: IdempotencyKey, Body(new): Body<NewSandboxBooking>) -> Result<Once> {
    let request = key.of("calcom_sandbox.create", &new)?;
    who.create_once(request, async move |tx| {
        let connected = settings::connected(tx).await?.filter(|one| one.provider == CalcomProvider::Sandbox);
        connected.ok_or_else(settings::off)?;
        let mappings = mapping::of_service(tx, new.service_id).await?;
        let unmapped = || Error::invalid(Vec::new()).at("/serviceId", "not_found", "Choose a service that is mapped.");
        let event_type = mappings.first().map(|mapping| mapping.event_type_id).ok_or_else(unmapped)?;
        let service = service_of(tx, event_type).await?;
        let length = SignedDuration::from_mins(service.duration_minutes.into());
        let end = new.start.checked_add(length).map_err(Error::internal)?;
        let made = store::make(tx, event_type, new.start..end, None, None).await?;
        if let Some(person) = &new.person {
            tell(tx, "BOOKING_CREATED", &made, event_type, Some(person)).await?;
        }
        Ok(SandboxBooking { uid: made.uid, start: made.start, end: made.end })
    })
    .await
}

/// Tells the practice what happened, signed as Cal.com signs it.
///
/// # Errors
/// 503 when the database is away.
pub(super) async fn tell(
    tx: &mut TenantTx,
    trigger: &str,
    booking: &Booking,
    event_type: i64,
    person: Option<&SandboxPerson>,
) -> Result<()> {
    let connected = settings::connected(tx).await?.ok_or_else(settings::off)?;
    let body = payload(tx.now(), trigger, booking, event_type, person).to_string().into_bytes();
    let secret = tx.open(settings::place("webhook_secret", tx.practice()), &connected.webhook_secret).await?;
    let signature = calcom::sign(&secret, &body);
    inbox::accept(tx, &Delivered { token: connected.webhook_token, signature, body }).await.map(drop)
}

fn payload(now: Timestamp, trigger: &str, booking: &Booking, event_type: i64, person: Option<&SandboxPerson>) -> Value {
    let mut attendee = json!({});
    if let Some(person) = person {
        attendee = json!({ "name": person.name, "email": person.email, "phoneNumber": person.phone });
    }
    let metadata = booking.our_id().map_or_else(|| json!({}), |id| json!({ calcom::OUR_ID: id }));
    let mut payload = json!({
        "uid": booking.uid, "eventTypeId": event_type, "startTime": booking.start, "endTime": booking.end,
        "attendees": [attendee], "metadata": metadata,
    });
    if let Some(from) = &booking.rescheduled_from_uid {
        payload["rescheduleUid"] = json!(from);
    }
    json!({ "triggerEvent": trigger, "createdAt": now, "payload": payload })
}
