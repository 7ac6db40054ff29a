//! All that is kept about one patient, for what leaves the practice whole.

use platform::db::TenantTx;
use platform::id::PatientId;
use platform::shared::Colour;
use platform::{Result, undisclosed};
use uuid::Uuid;

use crate::custom::{self, CustomField};
use crate::family::{self, FamilyMember};
use crate::insurance::{self, Policy};
use crate::record::{self, Patient};
use crate::tags;
use crate::timeline::{self, TimelineEntry};

/// A patient with everything that hangs on them.
pub struct Whole {
    /// The record.
    pub patient: Patient,
    /// The practice's own fields in their order, archived ones included.
    pub fields: Vec<CustomField>,
    /// The policies that are not deleted, in the order in which they pay.
    pub policies: Vec<Policy>,
    /// What the practice's tags are called, and their colours, by name.
    pub tags: Vec<(Uuid, String, Colour)>,
    /// The relatives, from both sides.
    pub family: Vec<FamilyMember>,
    /// The newest entries of the timeline, the newest first.
    pub timeline: Vec<TimelineEntry>,
    /// How many entries the timeline has in all.
    pub happened: i64,
}

undisclosed!(Whole);

/// A patient, deleted or not, with at most so many entries of the timeline. Whoever calls this writes the look to the ledger.
///
/// # Errors
/// 404.
pub async fn whole(tx: &mut TenantTx, id: PatientId, most: i64) -> Result<Whole> {
    let patient = record::find(tx, id, false).await?;
    let fields = custom::all(tx).await?;
    let policies = insurance::of_patient(tx, id).await?;
    let tags = tags::called(tx).await?;
    let family = family::family(tx, id).await?;
    let (timeline, happened) = timeline::newest(tx, id, most).await?;
    Ok(Whole { patient, fields, policies, tags, family, timeline, happened })
}
