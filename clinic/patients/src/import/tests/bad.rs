//! Files as they come: other encodings, other delimiters, headings twice, nonsense. Each gets a report or a refusal, and
//! nothing is half-entered.

use encoding_rs::{WINDOWS_1252, WINDOWS_1256};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use serde_json::{Value, json};

use super::{give, import, notes, patients, record, step};
use crate::testing::start;

fn utf_16(text: &str, marked: bool) -> Vec<u8> {
    let mark = if marked { vec![0xff, 0xfe] } else { vec![] };
    mark.into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

#[tokio::test]
async fn texts_in_any_encoding_are_read() {
    let (server, owner) = start().await;
    let arabic = "الاسم الأول,اسم العائلة,رقم الجوال\nسارة,القحطاني,٠٥٠١٢٣٤٥٦٧\nمحمد,العتيبي,0501234568\n";
    let western = "first name;last name\nRené;Müller\nZoë;Brontë\nÅsa;Sjöström\nJosé;Nuñez\n";
    for (file, how, encoding, given) in [
        (format!("\u{feff}{arabic}").into_bytes(), "", "utf-8", "سارة"),
        (utf_16(arabic, true), "", "utf-16le", "سارة"),
        (utf_16(arabic, false), "", "utf-16le", "سارة"),
        (WINDOWS_1256.encode(arabic).0.replace_digits(), "", "windows-1256", "سارة"),
        (WINDOWS_1252.encode(western).0.into_owned(), "", "windows-1252", "René"),
        (WINDOWS_1252.encode(western).0.into_owned(), "?encoding=latin1", "windows-1252", "René"),
    ] {
        let made = give(&owner, file, how).await.expect(201);
        assert_eq!(made["encoding"], json!(encoding));
        assert_eq!(
            (&made["columns"][0]["field"], &made["columns"][0]["samples"][0]),
            (&json!("givenName"), &json!(given))
        );
        let checked = step(&server, &owner, &made, "check").await;
        assert_eq!(checked["outcomes"]["fault"], Value::Null, "{encoding}");
    }
    assert_eq!(give(&owner, "a,b\n1,2", "?encoding=klingon").await.code(), "import.encoding");
}

/// Windows-1256 has no Arabic digits.
trait ReplaceDigits {
    fn replace_digits(self) -> Vec<u8>;
}

impl ReplaceDigits for std::borrow::Cow<'_, [u8]> {
    fn replace_digits(self) -> Vec<u8> {
        let text = String::from_utf8_lossy(&self).into_owned();
        if !text.contains("&#") {
            return self.into_owned();
        }
        let mut bytes = self.into_owned();
        for digit in 0..10_u8 {
            let from = format!("&#{};", 0x660 + u32::from(digit)).into_bytes();
            while let Some(at) = bytes.windows(from.len()).position(|window| window == from) {
                bytes.splice(at..at + from.len(), [b'0' + digit]);
            }
        }
        bytes
    }
}

#[tokio::test]
async fn what_is_no_list_of_patients_is_refused() {
    let (_server, owner) = start().await;
    let wide = (0..201).map(|i| format!("c{i}")).collect::<Vec<_>>().join(",");
    let long = "x".repeat(500);
    for (file, code) in [
        (Vec::new(), "import.empty"),
        (b" \r\n \n".to_vec(), "import.empty"),
        (b"first name,last name\n".to_vec(), "import.empty"),
        (b"%PDF-1.7 \n1 0 obj".to_vec(), "import.unknown_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "import.unknown_format"),
        (b"a\0b\0\0\0\0,c\n\0\0".to_vec(), "import.unknown_format"),
        (b"PK\x03\x04 and then nonsense".to_vec(), "import.unreadable"),
        (format!("{long}\n{long}\n").into_bytes(), "import.no_columns"),
        (format!("{wide}\n{wide}\n").into_bytes(), "import.too_many_columns"),
        ("a,b\n".repeat(50_002).into_bytes(), "import.too_many_rows"),
        (br#"{"resourceType":"Observation"}"#.to_vec(), "import.empty"),
        (br#"{"name":"Sara"}"#.to_vec(), "import.unknown_format"),
    ] {
        let answer = give(&owner, file.clone(), "").await;
        let begins = String::from_utf8_lossy(&file[..file.len().min(40)]).into_owned();
        assert_eq!((answer.status.as_u16(), answer.code()), (422, code), "{begins}");
    }
    assert_eq!(give(&owner, "a,b\n1,2\n", "?delimiter=x").await.code(), "import.delimiter");
    let large = give(&owner, vec![b'a'; 33 * 1024 * 1024], "").await;
    assert_eq!((large.status.as_u16(), large.code()), (413, "import.too_large"));
    assert_eq!(owner.get("/api/v1/imports").await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn each_bad_row_says_what_is_wrong_with_it() {
    let (server, owner) = start().await;
    let file = "given name,given name,birth date,phone,consent sms,tags,\n\
                Sara,x,1990-02-28,+966 50 123 4567,yes,,\n\
                =HYPERLINK(\"http://x\"),x,,,,,\n\
                Omar,x,28.2.90,,,,\n\
                Reem,x,1410/05/12,,,,\n\
                Huda,x,02/30/1990,,,,\n\
                Mona,x,1 March 1990,555-810-7203,perhaps,VIP,\n\
                Ali,x\n\
                'Abd,x,2190-01-01,,,,\n\
                Noor,x,12/31/1990,,,,\n\
                Laila,x,31/12/1990,,,,\n";
    let made = give(&owner, file, "").await.expect(201);
    let remarks: Vec<_> =
        made["remarks"].as_array().expect("remarks").iter().map(|remark| remark["code"].clone()).collect();
    assert_eq!(remarks, ["duplicateHeading", "datesMixed"]);
    assert_eq!((&made["columns"][0]["field"], &made["columns"][1]["field"]), (&json!("givenName"), &Value::Null));
    let checked = step(&server, &owner, &made, "check").await;
    assert_eq!(checked["outcomes"], json!({ "create": 2, "fault": 8 }));
    let expected = [
        "3 givenName formula",
        "4 birthDate short_year",
        "5 birthDate hijri",
        "6 birthDate invalid_date",
        "7 tags unknown_tag",
        "7 consentSms invalid_answer",
        "8  cells",
        "9 birthDate out_of_range",
        "10 birthDate invalid_date",
    ];
    assert_eq!(notes(&owner, &made, "fault").await, expected);
    assert_eq!(step(&server, &owner, &made, "run").await["outcomes"], json!({ "created": 2, "fault": 8 }));
    let names: Vec<_> = patients(&owner).await.iter().map(|patient| patient["givenName"].clone()).collect();
    assert_eq!(names, ["Sara", "Laila"]);
}

#[tokio::test]
async fn contacts_that_are_none_are_refused_where_one_wants_that() {
    let (server, owner) = start().await;
    let made = give(&owner, "first name,phone\nSara,555-806-9773\nOmar,0501234567\n", "").await.expect(201);
    let path = format!("/api/v1/imports/{}", crate::testing::id(&made));
    crate::testing::id(&owner.patch(&path, &json!({ "version": 1, "contacts": "refuse" })).await.expect(200));
    assert_eq!(step(&server, &owner, &made, "check").await["outcomes"], json!({ "create": 1, "fault": 1 }));
    assert_eq!(notes(&owner, &made, "fault").await, ["2 phone invalid_phone"]);
    for (columns, fault) in [
        (json!([null]), "/columns invalid"),
        (json!(["givenName", "givenName"]), "/columns/1 taken"),
        (json!(["givenName", "shoeSize"]), "/columns/1 unknown"),
    ] {
        let answer = owner.patch(&path, &json!({ "version": 4, "columns": columns })).await;
        assert_eq!((answer.status.as_u16(), answer.faults()), (422, vec![fault.to_owned()]));
    }
    owner.patch(&path, &json!({ "version": 4, "columns": [null, "phone"] })).await.expect(200);
    let answer = owner.post(&format!("{path}/check"), &json!({ "version": 5 })).await;
    assert_eq!(answer.faults(), ["/columns required"]);
}

#[tokio::test]
async fn a_workbook_is_read_as_a_table() {
    let (server, owner) = start().await;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (x, heading) in (0..).zip(["Name", "Date of birth", "Mobile", "National ID", "Notes"]) {
        sheet.write_string(0, x, heading).expect("writes");
    }
    let date = Format::new().set_num_format("dd/mm/yyyy");
    sheet.write_string(1, 0, "Sara bin Ali").expect("writes");
    let born = ExcelDateTime::from_ymd(1990, 2, 28).expect("a date");
    sheet.write_datetime_with_format(1, 1, &born, &date).expect("writes");
    sheet.write_number(1, 2, 966_501_234_567_f64).expect("writes");
    sheet.write_number(1, 3, 1_098_765_432_f64).expect("writes");
    sheet.write_string(1, 4, "=2+2 is four").expect("writes");
    sheet.write_string(3, 0, "القحطاني، سارة").expect("writes");
    sheet.write_formula(3, 4, Formula::new("=1+1").set_result("2")).expect("writes");
    book.add_worksheet().write_string(0, 0, "other").expect("writes");
    let made = give(&owner, book.save_to_buffer().expect("a file"), "").await.expect(201);
    assert_eq!((&made["format"], &made["rows"]), (&json!("xlsx"), &json!(2)));
    let remarks: Vec<_> =
        made["remarks"].as_array().expect("remarks").iter().map(|remark| remark["code"].clone()).collect();
    assert_eq!(remarks, ["moreSheets", "formulas"]);
    step(&server, &owner, &made, "check").await;
    assert_eq!(notes(&owner, &made, "fault").await, [""; 0]);
    step(&server, &owner, &made, "run").await;
    let all = patients(&owner).await;
    let sara = record(&owner, &all[0]).await;
    assert_eq!((&sara["givenName"], &sara["familyName"]), (&json!("Sara"), &json!("bin Ali")));
    assert_eq!((&sara["birthDate"], &sara["phones"][0]["number"]), (&json!("1990-02-28"), &json!("+966501234567")));
    assert_eq!((&sara["nationalId"], &sara["notes"]), (&json!("1098765432"), &json!("=2+2 is four")));
    assert_eq!((&all[1]["givenName"], &all[1]["familyName"]), (&json!("سارة"), &json!("القحطاني")));
}

/// Resources as other systems write them: names in two scripts, policies, guardians, and what is none.
#[tokio::test]
async fn resources_become_patients_with_what_belongs_to_them() {
    let (server, owner) = start().await;
    let sara = json!({ "resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1990-02-28",
        "name": [{ "use": "maiden", "family": "Ali", "given": ["Sara"] },
                 { "use": "official", "family": "Al-Qahtani", "given": ["Sara", "M"] },
                 { "use": "usual", "family": "القحطاني", "given": ["سارة"] }],
        "identifier": [{ "type": { "coding": [{ "code": "NI" }] }, "value": "1098765432" }],
        "telecom": [{ "system": "phone", "use": "home", "rank": 1, "value": "0501234567" }, { "system": "email", "value": "s@x.example" }],
        "address": [{ "line": ["Olaya 1", "Flat 2"], "city": "Riyadh", "country": "SAU" }],
        "communication": [{ "language": { "coding": [{ "code": "ar-SA" }] } }],
        "contact": [{ "relationship": [{ "text": "Mother" }], "name": { "text": "Huda Ali" }, "telecom": [{ "value": "0507654321" }] }] });
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": [
        { "fullUrl": "urn:uuid:1", "resource": { "resourceType": "Organization", "id": "o1", "name": "Bupa" } },
        { "fullUrl": "urn:uuid:2", "resource": sara },
        { "resource": { "resourceType": "Coverage", "beneficiary": { "reference": "urn:uuid:2" }, "subscriberId": "M-1",
            "payor": [{ "reference": "Organization/o1" }], "class": [{ "type": { "coding": [{ "code": "plan" }] }, "name": "Gold" }],
            "period": { "start": "2026-01-01" } } },
        { "resource": { "resourceType": "RelatedPerson", "patient": { "reference": "https://x.example/fhir/Patient/p1" },
            "name": [{ "family": "Ali", "given": ["Omar"] }], "relationship": [{ "coding": [{ "display": "Father" }] }] } },
        { "resource": { "resourceType": "Coverage", "beneficiary": { "reference": "Patient/nobody" } } },
        { "resource": { "resourceType": "Encounter" } },
        { "resource": { "resourceType": "Patient", "id": "p2", "active": false, "name": [{ "text": "Reem" }], "birthDate": "1990" } },
        { "resource": { "resourceType": "Patient", "id": "p3", "name": [{ "given": ["X"] }], "gender": "often" } },
    ] });
    let made = import(&server, &owner, bundle.to_string()).await;
    assert_eq!(
        (&made["ignored"], &made["outcomes"]),
        (&json!({ "Encounter": 1, "Organization": 1 }), &json!({ "created": 2, "fault": 2 }))
    );
    assert_eq!(notes(&owner, &made, "fault").await, ["3 sex invalid_sex", "4  no_patient"]);
    let all = patients(&owner).await;
    let sara = record(&owner, &all[0]).await;
    assert_eq!((&sara["givenName"], &sara["familyNameOther"]), (&json!("Sara M"), &json!("القحطاني")));
    assert_eq!((&sara["nationalId"], &sara["language"]), (&json!("1098765432"), &json!("ar")));
    assert_eq!(sara["phones"], json!([{ "number": "+966501234567", "kind": "home", "preferred": true }]));
    assert_eq!(sara["notes"], "addressCountry: SAU");
    let family = owner.get(&format!("/api/v1/patients/{}/relatives", crate::testing::id(&sara))).await.expect(200);
    let relative = |at: usize, field: &str| family["items"][at]["relative"][field].clone();
    assert_eq!(
        ["relationship", "name", "phone"].map(|field| relative(0, field)),
        ["mother", "Huda Ali", "+966507654321"].map(|text| json!(text))
    );
    assert_eq!(
        ["relationship", "name", "phone"].map(|field| relative(1, field)),
        [json!("father"), json!("Omar Ali"), json!(null)]
    );
    let policies = owner.get(&format!("/api/v1/patients/{}/policies", crate::testing::id(&sara))).await.expect(200);
    let policy = &policies["items"][0];
    assert_eq!(
        (&policy["payer"], &policy["plan"], &policy["memberId"]),
        (&json!("Bupa"), &json!("Gold"), &json!("M-1"))
    );
    assert_eq!((&all[1]["givenName"], &all[1]["status"]), (&json!("Reem"), &json!("inactive")));
    assert_eq!(record(&owner, &all[1]).await["notes"], "birthDate: 1990");
    let lines =
        format!("{}\nno json\n", json!({ "resourceType": "Patient", "id": "p9", "name": [{ "text": "Huda Ali" }] }));
    assert_eq!(import(&server, &owner, lines).await["outcomes"], json!({ "created": 1, "fault": 1 }));
}
