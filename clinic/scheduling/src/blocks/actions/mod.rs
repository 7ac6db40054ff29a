//! What workflows can do with appointments and wishes. Each is done in the transaction that records the step, takes the
//! same turns as everybody who books, and leaves nothing behind when it is refused.

mod book;
mod course;
mod free;
mod wish;

use automation::block::{Action, Call, Field, Kind, missing};
use patients::blocks::given;
use platform::Result;
use platform::db::TenantTx;
use platform::error::{Error, FieldError};
use practice::LocationId;

use crate::appointment::{Appointment, AppointmentId, row};

/// All of them.
pub static ACTIONS: [&Action; 5] = [&book::BOOK, &course::MOVE, &course::CANCEL, &course::SET_STATUS, &wish::ADD];

const PATIENT: Field = Field::new("patientId", Kind::Ref("patient"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#);
const APPOINTMENT: Field =
    Field::new("appointmentId", Kind::Ref("appointment"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#);
const SERVICE: Field = Field::new("serviceId", Kind::Ref("service"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#);
const LOCATION: Field = Field::new("locationId", Kind::Ref("location"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#);
const PROVIDER: Field = Field::new("providerId", Kind::Ref("provider"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#);
const START: Field = Field::new("start", Kind::Instant, r#""2026-12-01T06:30:00Z""#);
const END: Field = Field::new("end", Kind::Instant, r#""2026-12-01T07:00:00Z""#);
const FROM: Field = Field::new("from", Kind::Instant, r#""2026-12-01T00:00:00Z""#);
const WITHIN: Field = Field::new("withinDays", Kind::Number, "14");
const CHANGED: Field = Field::new("changed", Kind::Boolean, "true");

/// The location that is named, or the only one that there is.
async fn location(tx: &mut TenantTx, call: &Call) -> Result<LocationId> {
    if let Some(named) = given(call, "locationId")? {
        return Ok(LocationId(named));
    }
    match practice::locations(tx).await?.as_slice() {
        [only] => Ok(only.id),
        _ => Err(missing("locationId")),
    }
}

/// The appointment that is named, which nobody else changes until the end of the transaction.
async fn appointment(tx: &mut TenantTx, call: &Call) -> Result<Appointment> {
    let id = AppointmentId(call.id("appointmentId")?);
    row::lock(tx, id).await.map_err(|error| match error.code() {
        "not_found" => at("/appointmentId", "not_found", "Choose an appointment of the practice."),
        _ => error,
    })
}

fn at(pointer: &str, code: &str, text: &str) -> Error {
    Error::invalid(vec![FieldError::new(pointer, code, text)])
}
