//! The profile, the logo and the sub-domain as the front end uses them.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};
use platform::testing::{Answer, Person, TestServer};
use reqwest::Method;
use serde_json::{Value, json};

use crate::testing::{made, start};

const PRACTICE: &str = "/api/v1/practice";
const LOGO: &str = "/api/v1/practice/logo";

#[tokio::test]
async fn the_profile_is_filled_step_by_step() {
    let (_server, owner) = start().await;
    let first = owner.get(PRACTICE).await.expect(200);
    assert_eq!((&first["slug"], &first["legalName"], &first["version"]), (&json!("alpha"), &Value::Null, &json!(1)));
    let address = json!({ "line1": "Olaya Street 1", "line2": null, "city": "Riyadh", "region": null, "postalCode": "12211", "country": "SA" });
    let change = json!({ "version": 1, "legalName": "Alpha Dental Company Ltd", "vatNumber": "300000000000003",
        "address": address, "phone": "050 123 4567", "email": " office@alpha.example " });
    let filled = owner.patch(PRACTICE, &change).await.expect(200);
    assert_eq!((&filled["phone"], &filled["email"]), (&json!("+966501234567"), &json!("office@alpha.example")));
    assert_eq!((&filled["address"], &filled["name"]), (&address, &first["name"]));
    assert_eq!(owner.get(PRACTICE).await.expect(200), filled);
    let emptied = owner.patch(PRACTICE, &json!({ "version": 2, "phone": null, "address": null })).await.expect(200);
    assert_eq!(
        (&emptied["phone"], &emptied["address"], &emptied["email"]),
        (&Value::Null, &Value::Null, &filled["email"])
    );
    let stale = owner.patch(PRACTICE, &json!({ "version": 2, "name": "Other" })).await;
    assert_eq!((stale.status.as_u16(), stale.code(), &stale.body["current"]), (409, "version.stale", &emptied));
}

#[tokio::test]
async fn every_fault_names_its_field() {
    let (_server, owner) = start().await;
    for (change, fault) in [
        (json!({ "vatNumber": "300000000000001" }), "/vatNumber invalid_vat_number"),
        (json!({ "vatNumber": "30000000000003" }), "/vatNumber invalid_vat_number"),
        (json!({ "vatNumber": "3٠0000000000003" }), "/vatNumber invalid_vat_number"),
        (json!({ "vatNumber": "x".repeat(21), "country": "DE" }), "/vatNumber too_long"),
        (json!({ "phone": "12" }), "/phone invalid_phone"),
        (json!({ "email": "nobody" }), "/email invalid_email"),
        (json!({ "slug": "www" }), "/slug taken"),
        (json!({ "slug": "Alpha!" }), "/slug invalid_slug"),
        (json!({ "timeZone": "Mars/Olympus" }), "/timeZone invalid_time_zone"),
        (json!({ "currency": "XXY" }), "/currency invalid_currency"),
        (json!({ "country": "XX" }), "/country invalid_country"),
        (json!({ "language": "fr" }), "/language invalid"),
        (json!({ "name": "" }), "/name required"),
        (json!({ "address": { "line1": "x", "city": "", "country": "SA" } }), "/address/city required"),
    ] {
        let mut body = change.clone();
        body["version"] = json!(1);
        let answer = owner.patch(PRACTICE, &body).await;
        assert_eq!((answer.status.as_u16(), answer.faults()), (422, vec![fault.to_owned()]), "{change}");
    }
    // a number that is right elsewhere becomes wrong when the practice moves to Saudi Arabia
    owner.patch(PRACTICE, &json!({ "version": 1, "country": "DE", "vatNumber": "DE123456789" })).await.expect(200);
    let answer = owner.patch(PRACTICE, &json!({ "version": 2, "country": "SA" })).await;
    assert_eq!(answer.faults(), ["/vatNumber invalid_vat_number"]);
}

#[tokio::test]
async fn an_address_moves_and_the_old_one_is_free() {
    let (server, alpha) = start().await;
    let beta = server.owner_of("beta").await;
    let answer = alpha.patch(PRACTICE, &json!({ "version": 1, "slug": "beta" })).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code(), answer.faults()),
        (409, "practice.slug_taken", vec!["/slug taken".to_owned()])
    );
    alpha.patch(PRACTICE, &json!({ "version": 1, "slug": "alpha-two" })).await.expect(200);
    beta.patch(PRACTICE, &json!({ "version": 1, "slug": "alpha" })).await.expect(200);
    let names = async |slug: &str| server.stranger().get(&format!("/api/v1/auth/practice?slug={slug}")).await;
    assert_eq!(names("alpha").await.expect(200)["name"], "Practice beta");
    assert_eq!(names("alpha-two").await.expect(200)["name"], "Practice alpha");
    assert_eq!(names("beta").await.status, 404);
}

#[tokio::test]
async fn a_currency_stays_while_something_is_priced_in_it() {
    let (_server, owner) = start().await;
    let service = json!({ "nameEn": "Cleaning", "durationMinutes": 45, "price": { "amountMinor": 1, "currency": "SAR" },
                          "vatCategory": "standard", "colour": "teal" });
    let id = made(&owner, "/api/v1/services", &service).await;
    let answer = owner.patch(PRACTICE, &json!({ "version": 1, "currency": "KWD" })).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (409, "practice.currency_in_use"));
    owner.post(&format!("/api/v1/services/{id}/archive"), &json!({ "version": 1 })).await.expect(200);
    owner.patch(PRACTICE, &json!({ "version": 1, "currency": "KWD" })).await.expect(200);
    let restore = owner.post(&format!("/api/v1/services/{id}/restore"), &json!({ "version": 2 })).await;
    assert_eq!(restore.faults(), ["/price/currency invalid_currency"]);
}

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(width, height).write_to(&mut bytes, format).expect("encodes");
    bytes.into_inner()
}

async fn upload(person: &Person, content_type: &str, bytes: Vec<u8>) -> Answer {
    Person::send(person.request(Method::PUT, LOGO).header("content-type", content_type).body(bytes)).await
}

async fn shown(server: &TestServer, person: &Person) -> (u32, u32) {
    let response = person.request(Method::GET, LOGO).send().await.expect("an answer");
    assert_eq!(response.headers()["content-type"], "image/png");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert_eq!(response.headers()["content-security-policy"], "default-src 'none'; frame-ancestors 'none'");
    let bytes = response.bytes().await.expect("bytes");
    let public = server.stranger().request(Method::GET, "/api/v1/auth/practice/logo?slug=alpha");
    assert_eq!(public.send().await.expect("an answer").bytes().await.expect("bytes"), bytes);
    let picture = image::load_from_memory_with_format(&bytes, ImageFormat::Png).expect("a PNG");
    (picture.width(), picture.height())
}

#[tokio::test]
async fn a_logo_is_drawn_anew_and_shown_to_everybody() {
    let (server, owner) = start().await;
    assert_eq!(owner.get(LOGO).await.status, 404);
    let mut tags = Vec::new();
    for (content_type, format, kept) in [
        ("image/png", ImageFormat::Png, (512, 256)),
        ("image/jpeg", ImageFormat::Jpeg, (512, 256)),
        ("image/webp", ImageFormat::WebP, (512, 256)),
    ] {
        let profile = upload(&owner, content_type, picture(1200, 600, format)).await.expect(200);
        tags.push(profile["logoTag"].as_str().expect("a tag").to_owned());
        assert_eq!(shown(&server, &owner).await, kept);
    }
    upload(&owner, "image/png", picture(10, 20, ImageFormat::Png)).await.expect(200);
    assert_eq!(shown(&server, &owner).await, (10, 20), "a small one stays as it is");
    let current = owner.get(PRACTICE).await.expect(200);
    assert_eq!(current["version"], 1, "a form that is open meanwhile does not become stale");
    assert!(!tags.contains(&current["logoTag"].as_str().expect("a tag").to_owned()));
    let door = server.stranger().get("/api/v1/auth/practice?slug=alpha").await.expect(200);
    assert_eq!(door, json!({ "name": "Practice alpha", "slug": "alpha", "language": "en", "hasLogo": true }));
    let again = owner
        .request(Method::GET, LOGO)
        .header("if-none-match", format!("\"{}\"", current["logoTag"].as_str().expect("a tag")));
    assert_eq!(Person::send(again).await.status, 304);

    let removed = Person::send(owner.request(Method::DELETE, LOGO)).await.expect(200);
    assert_eq!((&removed["logoTag"], owner.get(LOGO).await.status.as_u16()), (&Value::Null, 404));
}

#[tokio::test]
async fn what_is_no_picture_is_refused() {
    let (_server, owner) = start().await;
    let png = picture(4, 4, ImageFormat::Png);
    for (content_type, bytes, status, code) in [
        ("image/gif", b"GIF89a".to_vec(), 415, "logo.media_type"),
        ("image/svg+xml", b"<svg onload='alert(1)'/>".to_vec(), 415, "logo.media_type"),
        ("application/json", b"{}".to_vec(), 415, "logo.media_type"),
        ("image/png", b"<svg onload='alert(1)'/>".to_vec(), 422, "logo.unreadable"),
        ("image/png", png[..png.len() / 2].to_vec(), 422, "logo.unreadable"),
        ("image/jpeg", png, 422, "logo.unreadable"),
        ("image/png", picture(4097, 1, ImageFormat::Png), 422, "logo.unreadable"),
        ("image/png", vec![0; 512 * 1024 + 1], 413, "logo.too_large"),
    ] {
        let answer = upload(&owner, content_type, bytes).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{content_type}");
    }
    assert_eq!(owner.get(LOGO).await.status, 404);
}

#[tokio::test]
async fn a_host_names_its_practice() {
    let (server, _owner) = start().await;
    let ask = async |host: &str, query: &str| {
        let path = format!("/api/v1/auth/practice{query}");
        Person::send(server.stranger().request(Method::GET, &path).header("host", host)).await
    };
    assert_eq!(ask("alpha.localhost:7180", "").await.expect(200)["name"], "Practice alpha");
    assert_eq!(ask("alpha.localhost", "").await.expect(200)["slug"], "alpha");
    for host in ["localhost", "beta.localhost", "www.localhost", "alpha.evil.example", "x.alpha.localhost"] {
        assert_eq!(ask(host, "").await.status, 404, "{host}");
    }
    assert_eq!(ask("localhost", "?slug=alpha").await.expect(200)["slug"], "alpha");
    assert_eq!(ask("localhost", "?slug=nobody").await.status, 404);
}

#[tokio::test]
async fn the_short_address_is_the_same_profile() {
    let (server, owner) = start().await;
    let clinic = owner.get("/api/clinics/me").await.expect(200);
    let brief = json!({ "id": owner.practice(), "name": "Practice alpha", "slug": "alpha", "locale": "en", "timezone": "Asia/Riyadh" });
    assert_eq!(clinic, brief);
    let change = json!({ "name": " Alpha Dental ", "locale": "ar", "timezone": "Asia/Dubai" });
    let clinic = owner.patch("/api/clinics/me", &change).await.expect(200);
    assert_eq!(clinic["name"], "Alpha Dental");
    let whole = owner.get("/api/v1/practice").await.expect(200);
    assert_eq!(
        (&whole["name"], &whole["language"], &whole["timeZone"], &whole["version"]),
        (&clinic["name"], &json!("ar"), &json!("Asia/Dubai"), &json!(2))
    );
    let wrong = owner.patch("/api/clinics/me", &json!({ "timezone": "Mars/Olympus", "name": " " })).await;
    assert_eq!(wrong.faults(), ["/name required", "/timezone invalid_time_zone"]);
    let receptionist = server.colleague_of(&owner, "receptionist").await;
    assert_eq!(receptionist.patch("/api/clinics/me", &json!({ "name": "Mine" })).await.code(), "auth.forbidden");
}
