//! What messaging offers to workflows: messages as a subject, what becomes of them as triggers, writing as actions, and the
//! ready workflows, most of which write to somebody.

mod call;
mod send;
mod subject;
#[cfg(test)]
mod tests;

use automation::block::{Blocks, Recipe, Trigger};

/// Everything.
#[must_use]
pub fn blocks() -> Blocks {
    Blocks {
        subjects: vec![&subject::MESSAGE],
        triggers: TRIGGERS.iter().collect(),
        actions: vec![&send::EMAIL, &send::SMS, &call::START],
        recipes: RECIPES.iter().collect(),
    }
}

static TRIGGERS: [Trigger; 5] = [
    Trigger { event: "message.replied", subject: "message" },
    Trigger { event: "message.failed", subject: "message" },
    Trigger { event: "message.bounced", subject: "message" },
    Trigger { event: "message.delivered", subject: "message" },
    Trigger { event: "message.suppressed", subject: "message" },
];

macro_rules! recipe {
    ($name:literal) => {
        Recipe { name: $name, definition: include_str!(concat!("recipes/", $name, ".json")) }
    };
}

static RECIPES: [Recipe; 12] = [
    recipe!("confirm"),
    recipe!("day_before_reminder"),
    recipe!("no_show_follow_up"),
    recipe!("recall"),
    recipe!("birthday"),
    recipe!("unpaid_invoice"),
    recipe!("pre_op"),
    recipe!("post_op"),
    recipe!("review_request"),
    recipe!("waitlist_fill"),
    recipe!("insurance_expiring"),
    recipe!("missed_call_back"),
];
