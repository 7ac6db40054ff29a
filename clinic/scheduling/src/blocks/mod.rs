//! What this area offers to workflows: appointments, recalls, wishes, offers and openings, and what can be done with them.

mod actions;
mod appointment;
mod around;
mod filter;
mod opening;
mod recall;
#[cfg(test)]
mod tests;
mod wish;

use automation::block::{Blocks, Trigger};

/// Everything.
#[must_use]
pub fn blocks() -> Blocks {
    Blocks {
        subjects: vec![&appointment::APPOINTMENT, &recall::RECALL, &wish::WISH, &opening::OFFER, &opening::OPENING],
        triggers: TRIGGERS.iter().collect(),
        actions: actions::ACTIONS.to_vec(),
        recipes: Vec::new(),
    }
}

const TRIGGERS: &[Trigger] = &[
    Trigger { event: "appointment.booked", subject: "appointment" },
    Trigger { event: "appointment.changed", subject: "appointment" },
    Trigger { event: "appointment.moved", subject: "appointment" },
    Trigger { event: "appointment.confirmed", subject: "appointment" },
    Trigger { event: "appointment.unconfirmed", subject: "appointment" },
    Trigger { event: "appointment.arrived", subject: "appointment" },
    Trigger { event: "appointment.seated", subject: "appointment" },
    Trigger { event: "appointment.completed", subject: "appointment" },
    Trigger { event: "appointment.checked_out", subject: "appointment" },
    Trigger { event: "appointment.cancelled", subject: "appointment" },
    Trigger { event: "appointment.no_show", subject: "appointment" },
    Trigger { event: "appointment.reinstated", subject: "appointment" },
    Trigger { event: "recall.proposed", subject: "recall" },
    Trigger { event: "recall.attempted", subject: "recall" },
    Trigger { event: "recall.snoozed", subject: "recall" },
    Trigger { event: "recall.booked", subject: "recall" },
    Trigger { event: "recall.done", subject: "recall" },
    Trigger { event: "recall.dismissed", subject: "recall" },
    Trigger { event: "recall.reopened", subject: "recall" },
    Trigger { event: "wish.created", subject: "wish" },
    Trigger { event: "wish.changed", subject: "wish" },
    Trigger { event: "wish.fulfilled", subject: "wish" },
    Trigger { event: "wish.withdrawn", subject: "wish" },
    Trigger { event: "wish.renewed", subject: "wish" },
    Trigger { event: "offer.sent", subject: "offer" },
    Trigger { event: "offer.accepted", subject: "offer" },
    Trigger { event: "offer.declined", subject: "offer" },
    Trigger { event: "offer.expired", subject: "offer" },
    Trigger { event: "offer.taken", subject: "offer" },
    Trigger { event: "offer.withdrawn", subject: "offer" },
    Trigger { event: "opening.created", subject: "opening" },
    Trigger { event: "opening.offered", subject: "opening" },
    Trigger { event: "opening.filled", subject: "opening" },
    Trigger { event: "opening.closed", subject: "opening" },
];
