//! The waitlist: what patients wish for, time that becomes free again, and whom it is offered to.

mod fill_rate;
pub mod offers;
pub mod openings;
mod pool;
mod rank;
mod settings;
#[cfg(test)]
mod tests;
mod waves;
pub mod wishes;

use std::time::Duration;

use platform::App;
use platform::db::Caller;
use platform::id::PracticeId;
use platform::jobs::Schedule;
use platform::outbox::Subscriber;
use platform::routes::Routes;

use crate::appointment::AppointmentId;
use offers::OfferId;
use openings::OpeningId;

pub use openings::freed::freed;

/// Openings that one turn looks after.
const MOST: i32 = 500;

/// The routes of the waitlist.
pub fn routes() -> Routes {
    wishes::routes()
        .merge(openings::routes())
        .merge(offers::routes())
        .merge(settings::routes())
        .merge(fill_rate::routes())
}

/// Looks after openings as soon as something happens that concerns them: they came into being, somebody declined,
/// their time was booked. It acts as the product itself, whoever it was that did the former.
pub const SUBSCRIBER: Subscriber = Subscriber {
    name: "waitlist",
    wants: |event| {
        let concerns = ["opening.created", "offer.declined", "offer.withdrawn", "appointment.booked"];
        concerns.contains(&event) || ["appointment.moved", "appointment.reinstated"].contains(&event)
    },
    handle: |tx, event| {
        Box::pin(async move {
            let openings = match event.subject_type.as_str() {
                "opening" => vec![OpeningId(event.subject_id)],
                "offer" => openings::of_offer(tx, OfferId(event.subject_id)).await?,
                _ => openings::over(tx, AppointmentId(event.subject_id)).await?,
            };
            for opening in openings {
                waves::advance(tx, opening).await?;
            }
            Ok(())
        })
    },
};

/// Looks after openings whose time has come: a wave is over, or it is too late. Where each stands lies in the database,
/// so that whoever takes the turn after a crash goes on.
pub const SCHEDULE: Schedule =
    Schedule { name: "scheduling.waitlist", every: Duration::from_secs(10), run: |app| Box::pin(look_after(app)) };

async fn look_after(app: App) -> platform::Result<()> {
    let mut tx = app.db().worker().await?;
    let due = sqlx::query!(
        r#"select practice_id as "practice_id!", id as "id!" from claim.due_openings($1, $2)"#,
        jiff_sqlx::Timestamp::from(app.now()) as _,
        MOST,
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    for row in due {
        let caller = Caller::system(PracticeId(row.practice_id));
        let looked = app.door.write(&caller, async move |tx| waves::advance(tx, OpeningId(row.id)).await).await;
        if let Err(error) = looked {
            tracing::warn!(practice = %caller.practice, %error, "an opening could not be looked after");
        }
    }
    Ok(())
}
