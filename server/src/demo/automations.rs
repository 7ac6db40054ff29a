//! What runs by itself in the demo: recipes at work and in preparation, runs that wait, ran and failed.

use platform::error::Result;
use serde_json::{Value, json};

use super::desk::Desk;

/// A recipe, with its name in English and Arabic, and whether it is published.
const RECIPES: [(&str, &str, &str, bool); 6] = [
    ("confirm", "Confirm the appointment", "تأكيد الموعد", true),
    ("day_before_reminder", "Reminder the day before", "تذكير قبل الموعد بيوم", true),
    ("no_show_follow_up", "Follow up after a no-show", "متابعة بعد التغيب", true),
    ("waitlist_fill", "Fill from the waitlist", "ملء الموعد من قائمة الانتظار", false),
    ("birthday", "Birthday wishes", "تهنئة عيد الميلاد", false),
    ("review_request", "Ask for a review", "طلب تقييم", false),
];

/// Words of the workflows that people begin by hand.
struct Words {
    welcome: &'static str,
    note: &'static str,
    task: &'static str,
    implant: &'static str,
    tag: &'static str,
}

const ENGLISH: Words = Words {
    welcome: "Welcome as a new patient",
    note: "Welcome folder handed out; {{ patient.givenName }} was asked for allergies and medication.",
    task: "Check the documents of {{ patient.fullName }}",
    implant: "Begin an implant treatment",
    tag: "Implant 2025",
};

const ARABIC: Words = Words {
    welcome: "الترحيب بمريض جديد",
    note: "سُلِّم ملف الترحيب، وسُئل المريض {{ patient.givenName }} عن الحساسية والأدوية.",
    task: "مراجعة مستندات {{ patient.fullName }}",
    implant: "بدء علاج الزراعة",
    tag: "زراعة 2025",
};

/// Makes them, publishes what is ready, and begins some by hand. The news of the demo's visits are told when the server
/// starts, and begin the others. Not every practice asks for confirmation.
///
/// # Errors
/// 503 when the database is away.
pub async fn enter(owner: &Desk, language: &str, confirms: bool) -> Result<()> {
    // a demo is looked at around the clock: the same time twice is no quiet at all
    let awake =
        json!({ "version": 0, "quietFrom": "00:00", "quietUntil": "00:00", "dailyCap": 10, "partPriceMinor": 0 });
    owner.put("/api/v1/messaging-settings", awake).await?;
    let words = if language == "ar" { ARABIC } else { ENGLISH };
    for (recipe, en, ar, is_published) in RECIPES {
        let name = if language == "ar" { ar } else { en };
        let made = owner.post("/api/v1/workflows", json!({ "name": name, "recipe": recipe })).await?;
        if is_published && (confirms || recipe != "confirm") {
            publish(owner, &made).await?;
        }
    }
    let patients = owner.post("/api/v1/patients/query", json!({ "limit": 3 })).await?;
    let patients: Vec<Value> =
        patients["items"].as_array().into_iter().flatten().map(|one| one["id"].clone()).collect();
    let about_patients = json!({ "kind": "hand", "subject": "patient" });

    let documents = json!({ "title": words.task, "role": "receptionist", "dueMinutes": 1440 });
    let steps = json!([
        action("note1", "note.add", &json!({ "text": words.note })),
        action("task1", "task.create", &documents)
    ]);
    let welcome = json!({ "name": words.welcome, "definition": { "trigger": about_patients, "steps": steps } });
    let welcome = owner.post("/api/v1/workflows", welcome).await?;
    run(owner, &publish(owner, &welcome).await?, &patients).await?;

    // its tag goes away before it is used, as happens: a run that fails, to be looked at and resumed
    let tag = owner.post("/api/v1/tags", json!({ "name": words.tag, "colour": "slate" })).await?;
    let steps = json!([action("tag1", "tag.add", &json!({ "tagId": tag["id"] }))]);
    let implant = json!({ "name": words.implant, "definition": { "trigger": about_patients, "steps": steps } });
    let implant = owner.post("/api/v1/workflows", implant).await?;
    let implant = publish(owner, &implant).await?;
    let gone = format!("/api/v1/tags/{}/delete", tag["id"].as_str().unwrap_or_default());
    owner.post(&gone, json!({ "version": tag["version"] })).await?;
    run(owner, &implant, &patients[..patients.len().min(1)]).await
}

fn action(id: &str, name: &str, fields: &Value) -> Value {
    json!({ "kind": "action", "id": id, "name": null, "action": name, "fields": fields, "retry": null, "onError": "stop" })
}

async fn publish(owner: &Desk, made: &Value) -> Result<Value> {
    let path = format!("/api/v1/workflows/{}/publish", made["id"].as_str().unwrap_or_default());
    owner.post(&path, json!({ "version": made["version"] })).await
}

async fn run(owner: &Desk, workflow: &Value, ids: &[Value]) -> Result<()> {
    let path = format!("/api/v1/workflows/{}/runs", workflow["id"].as_str().unwrap_or_default());
    owner.post(&path, json!({ "ids": ids })).await.map(drop)
}
