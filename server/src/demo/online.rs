//! What the clinics of the demo let everybody book.

use platform::error::Result;
use serde_json::{Value, json};

use super::clinics::Clinic;
use super::desk::Desk;

/// Code of the service, its address, what patients read about it in English and in Arabic, and whether new ones may book.
type Offer = (&'static str, &'static str, &'static str, &'static str, bool);

const ALPHA: [Offer; 4] = [
    ("D0140", "consultation", "A first look, and a plan for what comes.", "نظرة أولى وخطة لما يليها.", true),
    ("D0150", "examination", "Please bring earlier X-rays if you have any.", "يُرجى إحضار الأشعة السابقة إن وُجدت.", true),
    (
        "D1110",
        "cleaning",
        "Scaling and polishing by our hygienist.",
        "إزالة الجير والتلميع لدى أخصائية صحة الفم.",
        true,
    ),
    ("D8670", "braces", "For those who wear braces of ours.", "لمن لديهم تقويم من عيادتنا.", false),
];

const BETA: [Offer; 3] = [
    ("C-01", "consultation", "A first look, and a plan for what comes.", "نظرة أولى وخطة لما يليها.", true),
    ("H-01", "cleaning", "Scaling and polishing.", "إزالة الجير والتلميع.", true),
    ("P-01", "children", "Please come with a parent.", "يُرجى الحضور مع أحد الوالدين.", true),
];

/// Switches a clinic's page on.
pub async fn open(owner: &Desk, clinic: &Clinic) -> Result<()> {
    let offered = owner.get("/api/v1/services?limit=200").await?;
    let offers: &[Offer] = if clinic.slug == "alpha" { &ALPHA } else { &BETA };
    let of = |(code, slug, text_en, text_ar, new_patients): &Offer| {
        let service = offered["items"].as_array()?.iter().find(|service| service["code"] == *code)?;
        Some(json!({ "serviceId": service["id"], "slug": slug, "textEn": text_en, "textAr": text_ar,
                     "newPatients": new_patients, "deposit": false }))
    };
    let services: Vec<Value> = offers.iter().filter_map(of).collect();
    let rules = json!({ "enabled": true, "services": services, "providerIds": null, "locationIds": null,
        "chooseProvider": true, "mostOpen": 3, "email": "optional", "reason": "optional", "origins": [] });
    owner.put("/api/v1/online-booking", json!({ "version": 0, "rules": rules })).await.map(drop)
}
