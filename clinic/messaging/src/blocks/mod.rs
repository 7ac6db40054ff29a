//! What messaging offers to workflows: messages as a subject, what becomes of them as triggers, writing as actions, and the
//! ready workflows, most of which write to somebody.

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
        actions: vec![&send::EMAIL, &send::SMS],
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
        Recipe { name: $name, definition: include_str!(concat!("recipes/", $name, ".json")), arabic: &ARABIC }
    };
}

/// What people read in the recipes.
static ARABIC: [(&str, &str); 14] = [
    ("Answered", "أجاب"),
    ("By e-mail", "بالبريد الإلكتروني"),
    ("No answer", "لم يُجب"),
    ("Not booked", "لم يحجز"),
    ("Not booked again", "لم يحجز من جديد"),
    ("Still open", "لم تُسدَّد بعد"),
    (
        "A time has become free; {{ found.count }} who wait were told",
        "شغر موعد، وأُبلغ به {{ found.count }} من المنتظرين",
    ),
    ("Ask {{ patient.fullName }} for the new insurance card", "طلب بطاقة التأمين الجديدة من {{ patient.fullName }}"),
    ("Call {{ patient.fullName }} about an open invoice", "الاتصال بـ{{ patient.fullName }} بشأن فاتورة غير مسددة"),
    ("Call {{ patient.fullName }} about the recall", "الاتصال بـ{{ patient.fullName }} لتحديد موعد المراجعة"),
    ("Call {{ patient.fullName }} back", "معاودة الاتصال بـ{{ patient.fullName }}"),
    ("Call {{ patient.fullName }} to confirm the visit", "الاتصال بـ{{ patient.fullName }} لتأكيد الموعد"),
    ("Call {{ patient.fullName }}, who missed a visit", "الاتصال بـ{{ patient.fullName }} بعد غيابه عن الموعد"),
    ("Read what {{ patient.fullName }} says about the visit", "قراءة ما كتبه {{ patient.fullName }} عن الزيارة"),
];

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
