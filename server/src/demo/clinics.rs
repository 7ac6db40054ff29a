//! The two clinics of the demo, and who works in them. All of them are invented.

/// A clinic as the demo furnishes it.
pub struct Clinic {
    pub slug: &'static str,
    pub name: &'static str,
    pub legal_name: &'static str,
    pub vat_number: &'static str,
    pub phone: &'static str,
    /// `en` or `ar`: the clinic's, and of everybody in it.
    pub language: &'static str,
    pub places: &'static [Place],
    pub week: &'static [Opening],
    pub services: &'static [Service],
    /// The owner comes first.
    pub people: &'static [Person],
    /// How many patients it has.
    pub patients: usize,
    /// Somebody who has not accepted yet.
    pub invited: (&'static str, &'static str, &'static str),
}

/// A location: name, Arabic name, street, and its rooms.
pub struct Place {
    pub name: &'static str,
    pub name_ar: &'static str,
    pub street: &'static str,
    pub rooms: &'static [Room],
}

/// A room: name, Arabic name, kind, colour.
pub type Room = (&'static str, &'static str, &'static str, &'static str);

/// Weekdays (Monday is 1), and when it is open on them.
pub type Opening = (&'static [i8], &'static [(&'static str, &'static str)]);

/// English name, Arabic name, code, category, minutes, price in halalas, VAT category, colour.
pub type Service = (&'static str, &'static str, &'static str, &'static str, i32, i64, &'static str, &'static str);

/// Somebody who works in a clinic.
pub struct Person {
    pub email: &'static str,
    pub name: &'static str,
    pub role: &'static str,
    /// For those who can be booked.
    pub profile: Option<Profile>,
}

/// Title, Arabic title, specialty, colour.
pub type Profile = (&'static str, &'static str, &'static str, &'static str);

const fn works(email: &'static str, name: &'static str, role: &'static str) -> Person {
    Person { email, name, role, profile: None }
}

const fn treats(email: &'static str, name: &'static str, role: &'static str, profile: Profile) -> Person {
    Person { email, name, role, profile: Some(profile) }
}

pub const CLINICS: [Clinic; 2] = [
    Clinic {
        slug: "alpha",
        name: "Alpha Dental Center",
        legal_name: "Alpha Dental Center LLC",
        vat_number: "300000000000003",
        phone: "+966112345678",
        language: "en",
        places: &[
            Place {
                name: "Al Olaya",
                name_ar: "العليا",
                street: "King Fahd Road 7712",
                rooms: &[
                    ("Chair 1", "كرسي ١", "chair", "teal"),
                    ("Chair 2", "كرسي ٢", "chair", "blue"),
                    ("Chair 3", "كرسي ٣", "chair", "violet"),
                    ("Hygiene", "غرفة الوقاية", "chair", "green"),
                    ("X-ray", "غرفة الأشعة", "room", "slate"),
                ],
            },
            Place {
                name: "Al Malqa",
                name_ar: "الملقا",
                street: "Anas bin Malik Road 3140",
                rooms: &[("Chair A", "كرسي أ", "chair", "amber"), ("Chair B", "كرسي ب", "chair", "pink")],
            },
        ],
        week: &[(&[7, 1, 2, 3, 4], &[("09:00", "13:00"), ("16:00", "21:00")]), (&[6], &[("10:00", "14:00")])],
        services: &ALPHA,
        people: &[
            treats("owner@alpha.example", "Dr. Sara Al-Qahtani", "owner", ("Dr.", "د.", "Prosthodontics", "teal")),
            treats("omar@alpha.example", "Dr. Omar Haddad", "provider", ("Dr.", "د.", "Endodontics", "blue")),
            treats("lina@alpha.example", "Dr. Lina Mansour", "provider", ("Dr.", "د.", "Orthodontics", "violet")),
            treats("huda@alpha.example", "Huda Salem", "hygienist", ("Ms.", "أ.", "Dental hygiene", "green")),
            works("manager@alpha.example", "Faisal Al-Otaibi", "admin"),
            works("reception@alpha.example", "Mona Al-Harbi", "receptionist"),
            works("assistant@alpha.example", "Reem Al-Dossari", "assistant"),
            works("accounts@alpha.example", "Tariq Nasser", "accountant"),
        ],
        patients: 80,
        invited: ("nora@alpha.example", "Nora Al-Shehri", "receptionist"),
    },
    Clinic {
        slug: "beta",
        name: "عيادة بيتا للأسنان",
        legal_name: "مؤسسة بيتا الطبية",
        vat_number: "310000000000003",
        phone: "+966126543210",
        language: "ar",
        places: &[Place {
            name: "Jeddah",
            name_ar: "جدة",
            street: "شارع التحلية ٢٢١٠",
            rooms: &[("Chair 1", "كرسي ١", "chair", "teal"), ("Chair 2", "كرسي ٢", "chair", "amber")],
        }],
        week: &[(&[6, 7, 1, 2, 3, 4], &[("10:00", "14:00"), ("17:00", "22:00")])],
        services: &BETA,
        people: &[
            treats("owner@beta.example", "د. خالد الحربي", "owner", ("Dr.", "د.", "طب الأسنان العام", "teal")),
            treats("abeer@beta.example", "د. عبير الزهراني", "provider", ("Dr.", "د.", "طب أسنان الأطفال", "pink")),
            works("reception@beta.example", "سلوى الغامدي", "receptionist"),
            works("accounts@beta.example", "ماجد العتيبي", "accountant"),
        ],
        patients: 60,
        invited: ("yousef@beta.example", "يوسف الشمري", "assistant"),
    },
];

const ALPHA: [Service; 14] = [
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

const BETA: [Service; 6] = [
    ("Consultation", "استشارة", "C-01", "التشخيص", 20, 10_000, "standard", "teal"),
    ("Cleaning", "تنظيف الأسنان", "H-01", "الوقاية", 40, 25_000, "standard", "green"),
    ("Filling", "حشوة", "R-01", "الترميم", 45, 35_000, "standard", "blue"),
    ("Root canal", "علاج عصب", "E-01", "علاج الجذور", 90, 130_000, "standard", "violet"),
    ("Extraction", "خلع سن", "S-01", "الجراحة", 30, 30_000, "standard", "red"),
    ("Check-up for children", "فحص الأطفال", "P-01", "الأطفال", 30, 12_000, "standard", "amber"),
];
