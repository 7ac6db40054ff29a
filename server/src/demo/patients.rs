//! The demo's patients: invented by a generator that always invents the same, with names in both scripts.

use platform::error::Result;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

use super::desk::Desk;

type Name = (&'static str, &'static str);

const WOMEN: [Name; 24] = [
    ("Sara", "سارة"),
    ("Noura", "نورة"),
    ("Fatimah", "فاطمة"),
    ("Aisha", "عائشة"),
    ("Reem", "ريم"),
    ("Huda", "هدى"),
    ("Maha", "مها"),
    ("Lama", "لمى"),
    ("Amal", "أمل"),
    ("Hessa", "حصة"),
    ("Jawaher", "جواهر"),
    ("Munira", "منيرة"),
    ("Layan", "ليان"),
    ("Dana", "دانة"),
    ("Abeer", "عبير"),
    ("Wafa", "وفاء"),
    ("Nouf", "نوف"),
    ("Ghada", "غادة"),
    ("Salma", "سلمى"),
    ("Maryam", "مريم"),
    ("Rania", "رانيا"),
    ("Haya", "هيا"),
    ("Arwa", "أروى"),
    ("Joud", "جود"),
];

const MEN: [Name; 24] = [
    ("Mohammed", "محمد"),
    ("Abdullah", "عبدالله"),
    ("Khalid", "خالد"),
    ("Faisal", "فيصل"),
    ("Omar", "عمر"),
    ("Ahmed", "أحمد"),
    ("Abdulrahman", "عبدالرحمن"),
    ("Turki", "تركي"),
    ("Saud", "سعود"),
    ("Yousef", "يوسف"),
    ("Ali", "علي"),
    ("Hassan", "حسن"),
    ("Hussein", "حسين"),
    ("Nasser", "ناصر"),
    ("Bandar", "بندر"),
    ("Majed", "ماجد"),
    ("Sultan", "سلطان"),
    ("Ibrahim", "إبراهيم"),
    ("Tariq", "طارق"),
    ("Saleh", "صالح"),
    ("Mishari", "مشاري"),
    ("Rayan", "ريان"),
    ("Ziyad", "زياد"),
    ("Anas", "أنس"),
];

const FAMILIES: [Name; 24] = [
    ("Al-Qahtani", "القحطاني"),
    ("Al-Otaibi", "العتيبي"),
    ("Al-Harbi", "الحربي"),
    ("Al-Ghamdi", "الغامدي"),
    ("Al-Zahrani", "الزهراني"),
    ("Al-Shammari", "الشمري"),
    ("Al-Dossari", "الدوسري"),
    ("Al-Mutairi", "المطيري"),
    ("Al-Anazi", "العنزي"),
    ("Al-Subaie", "السبيعي"),
    ("Al-Shehri", "الشهري"),
    ("Al-Malki", "المالكي"),
    ("Al-Asiri", "العسيري"),
    ("Al-Juhani", "الجهني"),
    ("Al-Rashidi", "الرشيدي"),
    ("Al-Balawi", "البلوي"),
    ("Al-Yami", "اليامي"),
    ("Al-Tamimi", "التميمي"),
    ("Haddad", "حداد"),
    ("Mansour", "منصور"),
    ("Khoury", "خوري"),
    ("Al-Khalidi", "الخالدي"),
    ("Al-Omari", "العمري"),
    ("Bakr", "بكر"),
];

const TAGS: [(&str, &str, &str); 5] = [
    ("VIP", "مميّز", "violet"),
    ("Anxious", "قلق من العلاج", "amber"),
    ("Family plan", "باقة العائلة", "teal"),
    ("Orthodontics", "تقويم", "blue"),
    ("Payment plan", "تقسيط", "slate"),
];

const DISTRICTS: [&str; 6] = ["Al Olaya", "Al Malqa", "Al Yasmin", "An Narjis", "Al Rawdah", "Al Sulimaniyah"];
const SOURCES: [&str; 5] = ["Google", "Instagram", "A friend", "Insurance list", "Walk-in"];
const ALERTS: [(&str, &str, bool); 6] = [
    ("allergy", "Penicillin", true),
    ("allergy", "Latex", true),
    ("allergy", "Ibuprofen", false),
    ("condition", "Diabetes, type 2", false),
    ("condition", "Artificial heart valve: antibiotics before treatment", true),
    ("medication", "Warfarin", true),
];

/// Companies that do not exist, and their plans.
const PAYERS: [(&str, &str, &[&str]); 5] = [
    ("Najd Care Insurance", "نجد كير للتأمين", &["Gold", "Silver", "VIP+"]),
    ("Red Sea Cooperative", "البحر الأحمر التعاونية", &["Class A", "Class B"]),
    ("Al Waha Takaful", "الواحة تكافل", &["Family", "Basic"]),
    ("Hijaz Medical Insurance", "الحجاز للتأمين الطبي", &["Network 1", "Network 2"]),
    ("Sadan Health", "سدن الصحية", &["Corporate"]),
];

/// What the demo practices keep about patients besides.
fn own_fields() -> [Value; 4] {
    let option = |name: &str, name_ar: &str| json!({ "name": name, "nameAr": name_ar });
    [
        json!({ "name": "Anxiety", "nameAr": "القلق من العلاج", "kind": "select", "listed": true, "options":
            [option("None", "لا قلق"), option("Some", "قلق خفيف"), option("Needs sedation", "يحتاج تهدئة")] }),
        json!({ "name": "Interested in", "nameAr": "مهتم بـ", "kind": "multiSelect", "options":
            [option("Whitening", "تبييض"), option("Aligners", "تقويم شفاف"), option("Implants", "زراعة"), option("Veneers", "عدسات")] }),
        json!({ "name": "Previous dentist", "nameAr": "الطبيب السابق", "kind": "text" }),
        json!({ "name": "Next recall", "nameAr": "موعد المتابعة القادم", "kind": "date" }),
    ]
}

/// Enters so many patients, and the tags that some of them have. `language` decides which script comes first.
pub async fn enter(owner: &Desk, language: &str, count: usize) -> Result<()> {
    let mut tags = Vec::new();
    for (name, name_ar, colour) in TAGS {
        let name = if language == "ar" { name_ar } else { name };
        let tag = owner.post("/api/v1/tags", json!({ "name": name, "colour": colour })).await?;
        tags.push(tag["id"].clone());
    }
    for field in own_fields() {
        owner.post("/api/v1/patient-fields", field).await?;
    }
    let mut chance = StdRng::seed_from_u64(count as u64);
    for number in 0..count {
        let patient = owner.post("/api/v1/patients", invent(&mut chance, language, &tags)).await?;
        if number % 6 == 0 {
            let path = format!("/api/v1/patients/{}/notes", patient["id"].as_str().unwrap_or_default());
            let text = if language == "ar" {
                "يفضّل المواعيد بعد صلاة العصر."
            } else {
                "Prefers the late afternoon."
            };
            owner.post(&path, json!({ "text": text })).await?;
        }
        insure(owner, &mut chance, language, &patient).await?;
        if number % 9 == 4 {
            relate(owner, &mut chance, language, &patient).await?;
        }
        if number % 25 == 7 {
            owner.post("/api/v1/patients", entered_again(&patient)).await?;
        }
    }
    Ok(())
}

/// The same patient as somebody else at the desk enters it, who has not looked.
fn entered_again(patient: &Value) -> Value {
    json!({ "givenName": patient["givenName"], "familyName": patient["familyName"], "birthDate": patient["birthDate"],
            "sex": patient["sex"], "phones": [{ "number": "+966112345678", "kind": "home" }], "leadSource": "Walk-in" })
}

/// Gives most patients a policy and some a second one; of every three, one has not been verified.
async fn insure(owner: &Desk, chance: &mut StdRng, language: &str, patient: &Value) -> Result<()> {
    let policies = format!("/api/v1/patients/{}/policies", patient["id"].as_str().unwrap_or_default());
    let count = one(chance, &[0, 0, 1, 1, 1, 1, 1, 2]);
    for _ in 0..count {
        let (payer, payer_ar, plans) = one(chance, &PAYERS);
        let of_parent = chance.random_bool(0.25);
        let holder = of_parent.then(|| if language == "ar" { one(chance, &MEN).1 } else { one(chance, &MEN).0 });
        let holder = holder.zip(patient["familyName"].as_str()).map(|(given, family)| format!("{given} {family}"));
        let policy = json!({
            "payer": if language == "ar" { payer_ar } else { payer },
            "plan": one(chance, plans),
            "memberId": format!("{:09}", chance.random_range(0..1_000_000_000)),
            "groupId": chance.random_bool(0.5).then(|| format!("G-{}", chance.random_range(1000..10_000))),
            "holderName": holder, "holderPhone": holder.as_ref().map(|_| patient["phones"][0]["number"].clone()),
            "validFrom": "2026-01-01", "validTo": one(chance, &[None, Some("2029-12-31"), Some("2030-06-30")]),
        });
        let policy = owner.post(&policies, policy).await?;
        let said = one(chance, &["active", "active", "active", "active", "inactive", "pending", "", "", ""]);
        if !said.is_empty() {
            let path = format!("/api/v1/policies/{}/verify", policy["id"].as_str().unwrap_or_default());
            owner.post(&path, json!({ "version": policy["version"], "eligibility": said })).await?;
        }
    }
    Ok(())
}

/// Gives a patient a parent who is none, to be called in an emergency.
async fn relate(owner: &Desk, chance: &mut StdRng, language: &str, patient: &Value) -> Result<()> {
    let is_mother = chance.random_bool(0.6);
    let (name, name_ar) = one(chance, if is_mother { &WOMEN } else { &MEN });
    let family = patient["familyName"].as_str().unwrap_or_default();
    let name = if language == "ar" { name_ar } else { name };
    let relative = json!({
        "relationship": if is_mother { "mother" } else { "father" }, "name": format!("{name} {family}"),
        "phone": format!("+96650{:07}", chance.random_range(0..10_000_000)), "guardian": true, "emergency": true,
    });
    let path = format!("/api/v1/patients/{}/relatives", patient["id"].as_str().unwrap_or_default());
    owner.post(&path, relative).await.map(drop)
}

fn invent(chance: &mut StdRng, language: &str, tags: &[Value]) -> Value {
    let female = chance.random_bool(0.52);
    let (given, given_ar) = one(chance, if female { &WOMEN } else { &MEN });
    let (family, family_ar) = one(chance, &FAMILIES);
    let [first, other] = if language == "ar" {
        [(given_ar, family_ar), (given, family)]
    } else {
        [(given, family), (given_ar, family_ar)]
    };
    // some desks enter one script only
    let both = chance.random_bool(0.7);
    let born = format!(
        "{}-{:02}-{:02}",
        chance.random_range(1945..2023),
        chance.random_range(1..=12),
        chance.random_range(1..=28)
    );
    let mobile =
        format!("+9665{}{:07}", one(chance, &["0", "3", "4", "5", "6", "9"]), chance.random_range(0..10_000_000));
    let email = format!("{}.{}@example.com", given.to_lowercase(), chance.random_range(100..1000));
    let emails = if chance.random_bool(0.6) { json!([{ "address": email, "kind": "home" }]) } else { json!([]) };
    let alert = |(kind, text, severe): (&str, &str, bool)| json!([{ "kind": kind, "text": text, "severe": severe }]);
    let alerts = if chance.random_bool(0.2) { alert(one(chance, &ALERTS)) } else { json!([]) };
    let tagged: Vec<&Value> = tags.iter().filter(|_| chance.random_bool(0.12)).collect();
    let mut custom = json!({ "anxiety": one(chance, &["none", "none", "some", "needsSedation"]) });
    if chance.random_bool(0.4) {
        custom["interestedIn"] = json!([one(chance, &["whitening", "aligners", "implants", "veneers"])]);
        custom["nextRecall"] =
            json!(format!("2027-{:02}-{:02}", chance.random_range(1..=6), chance.random_range(1..=28)));
    }
    let consent = |granted: bool| json!({ "granted": granted, "source": "Registration form" });
    json!({
        "givenName": first.0, "familyName": first.1,
        "givenNameOther": both.then_some(other.0), "familyNameOther": both.then_some(other.1),
        "birthDate": born, "sex": if female { "female" } else { "male" },
        "phones": [{ "number": mobile, "kind": "mobile", "preferred": true }], "emails": emails,
        "address": { "line1": one(chance, &DISTRICTS), "line2": null, "city": "Riyadh", "region": null,
                     "postalCode": null, "country": "SA" },
        "contactMethod": one(chance, &["call", "sms", "whatsapp", "email"]),
        "language": if chance.random_bool(0.8) { "ar" } else { "en" },
        "nationalId": format!("1{:09}", chance.random_range(0..1_000_000_000)), "nationality": "SA",
        "alerts": alerts, "tags": tagged, "custom": custom, "leadSource": one(chance, &SOURCES),
        "status": one(chance, &["active", "active", "active", "active", "active", "lead", "inactive"]),
        "consents": { "sms": consent(chance.random_bool(0.85)), "calls": consent(chance.random_bool(0.9)), "email": null },
    })
}

fn one<T: Copy>(chance: &mut StdRng, of: &[T]) -> T {
    of.choose(chance).copied().unwrap_or(of[0])
}
