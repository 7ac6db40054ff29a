//! `vantage demo`: two practices with invented people, on a private PostgreSQL, with nothing to configure.

use identity::Authenticator;
use platform::App;
use platform::config::Config;
use platform::crypto::RootKeys;
use platform::db::{Caller, Origin, migrate};
use platform::error::{Error, Result};
use platform::id::PracticeId;
use platform::phi::Phi;
use platform::telemetry;
use practice::NewService;
use serde_json::json;

use crate::{cli, mails, serve};

/// Password of everybody in the demo.
const PASSWORD: &str = "vantage-demo-2026";

/// The administrator of the platform, and the seed of their authenticator app.
const ADMIN: &str = "admin@vantage.example";
const SEED: [u8; 20] = *b"vantage demo 2026 !!";

/// The authenticator app of the demo's administrator.
///
/// # Errors
/// Never in practice.
pub fn authenticator() -> Result<Authenticator> {
    Authenticator::new(SEED.to_vec(), ADMIN)
}

struct DemoPractice {
    slug: &'static str,
    name: &'static str,
    owner: &'static str,
    email: &'static str,
    language: &'static str,
    services: &'static [DemoService],
}

const PRACTICES: [DemoPractice; 2] = [
    DemoPractice {
        slug: "alpha",
        name: "Alpha Dental Center",
        owner: "Dr. Sara Al-Qahtani",
        email: "owner@alpha.example",
        language: "en",
        services: &ALPHA,
    },
    DemoPractice {
        slug: "beta",
        name: "عيادة بيتا للأسنان",
        owner: "د. خالد الحربي",
        email: "owner@beta.example",
        language: "ar",
        services: &BETA,
    },
];

/// English name, Arabic name, code, category, minutes, price in halalas, VAT category, colour.
type DemoService = (&'static str, &'static str, &'static str, &'static str, i32, i64, &'static str, &'static str);

const ALPHA: [DemoService; 14] = [
    ("Consultation", "استشارة", "D0140", "Diagnostics", 30, 15_000, "standard", "teal"),
    ("Comprehensive examination", "فحص شامل", "D0150", "Diagnostics", 45, 25_000, "standard", "teal"),
    ("Bitewing X-rays", "أشعة مجنحة", "D0274", "Diagnostics", 15, 12_000, "standard", "slate"),
    ("Panoramic X-ray", "أشعة بانورامية", "D0330", "Diagnostics", 15, 20_000, "standard", "slate"),
    ("Cleaning", "تنظيف الأسنان", "D1110", "Hygiene", 45, 30_000, "standard", "green"),
    ("Fluoride treatment", "علاج بالفلورايد", "D1206", "Hygiene", 20, 15_000, "standard", "green"),
    ("Composite filling", "حشوة تجميلية", "D2391", "Restorative", 60, 45_000, "standard", "blue"),
    ("Crown, porcelain", "تاج خزفي", "D2740", "Restorative", 90, 180_000, "standard", "blue"),
    ("Root canal, molar", "علاج عصب ضرس", "D3330", "Endodontics", 90, 160_000, "standard", "violet"),
    ("Extraction", "خلع سن", "D7140", "Surgery", 45, 40_000, "standard", "red"),
    ("Wisdom tooth removal", "خلع ضرس العقل", "D7240", "Surgery", 75, 120_000, "standard", "red"),
    ("Implant consultation", "استشارة زراعة", "D6190", "Implants", 45, 30_000, "standard", "amber"),
    ("Teeth whitening", "تبييض الأسنان", "D9972", "Cosmetic", 60, 110_000, "standard", "pink"),
    ("Orthodontic adjustment", "تعديل التقويم", "D8670", "Orthodontics", 30, 35_000, "standard", "violet"),
];

const BETA: [DemoService; 6] = [
    ("Consultation", "استشارة", "C-01", "التشخيص", 20, 10_000, "standard", "teal"),
    ("Cleaning", "تنظيف الأسنان", "H-01", "الوقاية", 40, 25_000, "standard", "green"),
    ("Filling", "حشوة", "R-01", "الترميم", 45, 35_000, "standard", "blue"),
    ("Root canal", "علاج عصب", "E-01", "علاج الجذور", 90, 130_000, "standard", "violet"),
    ("Extraction", "خلع سن", "S-01", "الجراحة", 30, 30_000, "standard", "red"),
    ("Check-up for children", "فحص الأطفال", "P-01", "الأطفال", 30, 12_000, "standard", "amber"),
];

/// Runs the demo until it is stopped. What was entered in it stays for the next time.
///
/// # Errors
/// Says what is missing.
pub async fn run(config: Config) -> Result<()> {
    if !config.database_url.is_empty() {
        return Err(Error::internal(
            "the demo makes accounts with a password that everybody knows: unset DATABASE_URL",
        ));
    }
    let config = Config { log: "warn".to_owned(), log_format: "text".to_owned(), ..config };
    let telemetry = telemetry::start(&config)?;
    let place = serve::database(&config).await?;
    migrate::migrate(&place.options, &config.database_passwords()?).await?;
    if config.root_key.is_empty() && !config.root_key_file().exists() {
        RootKeys::create(&config.root_key_file(), None)?;
    }
    let app = serve::start_app(config.clone(), &place)?;
    furnish(&app).await?;
    tokio::spawn(mails::follow(app.clone()));
    let outcome = serve::run_app(app, serve::Mode::Serve { workers: true }, &telemetry, || welcome(&config)).await;
    drop(place);
    outcome
}

fn welcome(config: &Config) -> Result<()> {
    let mut text = format!("\n  Vantage runs at {}\n\n  sign in as\n", config.public_origin());
    for DemoPractice { email, name, .. } in &PRACTICES {
        text += &format!("    {email:<22} {PASSWORD:<20} owner of {name}\n");
    }
    text += &format!("    {ADMIN:<22} {PASSWORD:<20} administrator of the platform, at /platform\n");
    text += &format!("\n  The administrator's authenticator app: {}\n", authenticator()?.secret().expose());
    text += "  or its code now, by `vantage admin code`.\n";
    text += "\n  Mails are not sent but shown here, and again by `vantage mails`.\n";
    text += "\n  Ctrl-C stops it; what you enter is kept for the next time.\n\n";
    cli::print(&text)
}

/// Makes the practices that are not there yet.
async fn furnish(app: &App) -> Result<()> {
    let password = Phi::new(PASSWORD.to_owned());
    administration::ensure_known(app, ADMIN, "Vantage Support", password, &SEED).await?;
    let mut tx = app.db().platform("demo: which practices exist").await?;
    let existing = sqlx::query_scalar!("select slug from platform.practice").fetch_all(tx.conn()).await?;
    tx.commit().await?;
    for DemoPractice { slug, name, owner, email, language, services } in &PRACTICES {
        if existing.iter().any(|known| known == slug) {
            continue;
        }
        let asked = json!({ "practiceName": name, "slug": slug, "ownerName": owner, "email": email, "password": PASSWORD,
                            "language": language, "country": "SA", "timeZone": "Asia/Riyadh", "currency": "SAR" });
        let asked = serde_json::from_value(asked).map_err(Error::internal)?;
        let (practice, _) = identity::sign_up(app, &Origin::default(), asked).await?;
        offer_services(app, practice, services).await?;
    }
    Ok(())
}

async fn offer_services(app: &App, practice: PracticeId, services: &'static [DemoService]) -> Result<()> {
    app.door
        .write(&Caller::system(practice), async move |tx| {
            for (name_en, name_ar, code, category, minutes, halalas, vat, colour) in services {
                let service = json!({ "nameEn": name_en, "nameAr": name_ar, "code": code, "category": category,
                    "durationMinutes": minutes, "bufferAfterMinutes": 5, "price": { "amountMinor": halalas, "currency": "SAR" },
                    "vatCategory": vat, "colour": colour });
                let service: NewService = serde_json::from_value(service).map_err(Error::internal)?;
                practice::offer(tx, &service).await?;
            }
            Ok(())
        })
        .await
}
