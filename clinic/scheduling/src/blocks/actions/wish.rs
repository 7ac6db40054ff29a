//! A workflow puts somebody on the waitlist.

use automation::block::{Action, Call, Field, Kind, Run, missing};
use futures::future::BoxFuture;
use patients::blocks::{given, whom};
use platform::db::TenantTx;
use platform::id::UserId;
use platform::{Result, extract};
use practice::ServiceId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{LOCATION, PATIENT, SERVICE, location};
use crate::appointment::AppointmentId;
use crate::waitlist::wishes::{WishFields, enter};

/// Enters a wish; with an appointment that is given up, the patient waits for an earlier time.
pub static ADD: Action = Action {
    name: "waitlist.add",
    permission: "waitlist.write",
    fields: &[
        PATIENT,
        SERVICE.required(),
        LOCATION,
        Field::new("providerIds", Kind::Ref("provider"), r#"["01a1fe48-1891-756b-aab2-930c260b1d02"]"#).many(),
        Field::new("earliest", Kind::Date, r#""2026-12-01""#),
        Field::new("latest", Kind::Date, r#""2026-12-31""#),
        Field::new("urgent", Kind::Boolean, "false"),
        Field::new("givesUpId", Kind::Ref("appointment"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
        Field::new("note", Kind::LongText, r#""Mornings are best""#).sensitive(),
    ],
    gives: &[Field::new("wishId", Kind::Ref("wish"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#)],
    run: Run::Inside(add),
};

fn add<'a>(tx: &'a mut TenantTx, call: &'a Call) -> BoxFuture<'a, Result<Value>> {
    Box::pin(async move {
        let providers: Vec<Uuid> = given(call, "providerIds")?.unwrap_or_default();
        let fields = WishFields {
            patient_id: whom(tx, call).await?,
            service_id: ServiceId(given(call, "serviceId")?.ok_or_else(|| missing("serviceId"))?),
            location_id: location(tx, call).await?,
            provider_ids: providers.into_iter().map(UserId).collect(),
            earliest: given(call, "earliest")?,
            latest: given(call, "latest")?,
            urgent: given(call, "urgent")?.unwrap_or(false),
            note: given(call, "note")?,
            gives_up_id: given(call, "givesUpId")?.map(AppointmentId),
            ..WishFields::default()
        };
        extract::check(&fields)?;
        let wish = tx.or_nothing(async |tx| enter(tx, fields).await).await?;
        Ok(json!({ "wishId": wish.id }))
    })
}
