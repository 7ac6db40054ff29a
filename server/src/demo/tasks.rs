//! What is to be done in the demo: late, due today, some day, of one person, of the front desk, and of nobody.

use jiff::{Span, Timestamp};
use platform::error::{Error, Result};
use serde_json::{Value, json};

use super::desk::Desk;

/// A task: in English, in Arabic, in how many days it is due, until when, whose, and whether a patient's.
struct Task {
    en: (&'static str, Option<&'static str>),
    ar: (&'static str, Option<&'static str>),
    due: Option<i64>,
    time: Option<&'static str>,
    whose: Whose,
    of_patient: bool,
    high: bool,
}

/// Whose a task is: the owner's, a role's, or nobody's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Owner,
    Role(&'static str),
    Nobody,
}

const TASKS: [Task; 8] = [
    Task {
        en: ("Call the laboratory about the crown", Some("It was promised for yesterday; the fitting is this week.")),
        ar: ("الاتصال بالمختبر بشأن التاج", Some("كان موعد التسليم أمس، والتركيب هذا الأسبوع.")),
        due: Some(-1),
        time: None,
        whose: Whose::Owner,
        of_patient: true,
        high: true,
    },
    Task {
        en: ("Send the insurance approval once more", None),
        ar: ("إعادة إرسال موافقة التأمين", None),
        due: Some(0),
        time: Some("23:30"),
        whose: Whose::Role("receptionist"),
        of_patient: true,
        high: false,
    },
    Task {
        en: ("Ask how the patient feels after the extraction", None),
        ar: ("الاطمئنان على المريض بعد الخلع", None),
        due: Some(0),
        time: None,
        whose: Whose::Owner,
        of_patient: true,
        high: false,
    },
    Task {
        en: ("Order gloves and masks", Some("Sizes S and M are nearly gone.")),
        ar: ("طلب القفازات والكمامات", Some("مقاسا S وM على وشك النفاد.")),
        due: Some(2),
        time: None,
        whose: Whose::Role("assistant"),
        of_patient: false,
        high: false,
    },
    Task {
        en: ("Prepare the referral letter", None),
        ar: ("تجهيز خطاب الإحالة", None),
        due: Some(3),
        time: Some("12:00"),
        whose: Whose::Role("provider"),
        of_patient: true,
        high: false,
    },
    Task {
        en: ("Have the steriliser serviced", None),
        ar: ("صيانة جهاز التعقيم", None),
        due: Some(9),
        time: None,
        whose: Whose::Nobody,
        of_patient: false,
        high: false,
    },
    Task {
        en: ("Renew the price list in the waiting room", None),
        ar: ("تحديث قائمة الأسعار في غرفة الانتظار", None),
        due: None,
        time: None,
        whose: Whose::Role("receptionist"),
        of_patient: false,
        high: false,
    },
    Task {
        en: ("Confirm the new supplier's offer", None),
        ar: ("اعتماد عرض المورّد الجديد", None),
        due: Some(-2),
        time: None,
        whose: Whose::Owner,
        of_patient: false,
        high: false,
    },
];

/// Enters all of them; the last one is done.
///
/// # Errors
/// 503 when the database is away.
pub async fn enter(owner: &Desk, language: &str, now: Timestamp) -> Result<()> {
    let practice = owner.get("/api/v1/practice").await?;
    let zone = practice["timeZone"].as_str().unwrap_or("UTC").to_owned();
    let today = now.in_tz(&zone).map_err(Error::internal)?.date();
    let staff = owner.get("/api/v1/staff").await?;
    let people = staff["items"].as_array().cloned().unwrap_or_default();
    let chief = people.iter().find(|one| one["role"] == "owner").map(|one| one["id"].clone());
    let patients = owner.post("/api/v1/patients/query", json!({ "limit": 20 })).await?;
    let patients = patients["items"].as_array().cloned().unwrap_or_default();
    let mut made = Value::Null;
    for (number, task) in TASKS.iter().enumerate() {
        let (title, text) = if language == "ar" { task.ar } else { task.en };
        let assignee = match task.whose {
            Whose::Owner => json!({ "kind": "person", "id": chief }),
            Whose::Role(role) => json!({ "kind": "role", "role": role }),
            Whose::Nobody => Value::Null,
        };
        let patient = patients.get(number).filter(|_| task.of_patient).map(|one| one["id"].clone());
        let due = task.due.map(|days| today.saturating_add(Span::new().days(days)));
        let body = json!({ "title": title, "text": text, "assignee": assignee, "patientId": patient, "dueOn": due,
            "dueTime": task.time, "priority": if task.high { "high" } else { "normal" } });
        made = owner.post("/api/v1/tasks", body).await?;
    }
    let path = format!("/api/v1/tasks/{}/complete", made["id"].as_str().unwrap_or_default());
    owner.post(&path, json!({ "version": made["version"] })).await.map(drop)
}
