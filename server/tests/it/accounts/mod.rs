//! One's own account: what signs in, what is changed, what is told by mail, and what is in the ledger of it.

mod activity;
mod devices;
mod own;
mod passkeys;
mod policy;
mod refreshing;
mod second_factors;
mod timing;

use platform::testing::{Answer, Person, TestServer};
use reqwest::Method;
use serde_json::{Value, json};

pub const PASSWORD: &str = "a long test password";

/// Signs in with e-mail and password.
async fn sign_in(server: &TestServer, email: &str) -> (Person, Answer) {
    let mut person = server.stranger();
    let answer = person.sign("/api/v1/auth/login", &json!({ "email": email, "password": PASSWORD })).await;
    (person, answer)
}

/// A POST from an address, from a browser that has a cookie of ours.
async fn post_from(server: &TestServer, ip: &str, device: Option<&str>, path: &str, body: &Value) -> Answer {
    let mut request = server.stranger().request(Method::POST, path).header("x-forwarded-for", ip).json(body);
    if let Some(device) = device {
        request = request.header("cookie", format!("__Host-vantage_device={device}"));
    }
    Person::send(request).await
}

/// The cookie by which the browser is known from now on.
fn device_of(answer: &Answer) -> String {
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let device = cookies.filter_map(|cookie| cookie.strip_prefix("__Host-vantage_device=")).next();
    device.and_then(|rest| rest.split(';').next()).expect("a cookie").to_owned()
}

/// What of an account is in the ledger of a practice: action and outcome, in order.
async fn ledger(server: &TestServer, person: &Person) -> Vec<String> {
    sqlx::query_scalar("select action || ' ' || outcome from audit.entry where practice_id = $1 order by at, id")
        .bind(person.practice())
        .fetch_all(&mut server.database.conn().await)
        .await
        .expect("entries")
}

/// The kinds of mails that were kept, the oldest first.
async fn mails(server: &TestServer) -> Vec<String> {
    server.settle().await;
    let mut kept = platform::mail::list(&server.app, Some("sandbox"), None, 200).await.expect("lists");
    kept.reverse();
    kept.into_iter().map(|mail| mail.kind).collect()
}

/// Changes something from outside of the product, where nothing is written into the ledger.
async fn outside(server: &TestServer, statement: &'static str) {
    let mut conn = server.database.conn().await;
    sqlx::query("set session_replication_role = replica").execute(&mut conn).await.expect("no triggers");
    sqlx::query(statement).execute(&mut conn).await.expect(statement);
}

/// The six digits that an app shows: RFC 6238 and RFC 4226, written anew beside the library that the server uses.
pub fn totp(secret: &str, at: jiff::Timestamp) -> String {
    use aws_lc_rs::hmac;
    let bits: String = secret
        .bytes()
        .map(|c| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".bytes().position(|letter| letter == c).expect("base 32"))
        .map(|value| format!("{value:05b}"))
        .collect();
    let seed: Vec<u8> =
        bits.as_bytes().chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, bit| sum * 2 + (bit - b'0'))).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &seed);
    let step = u64::try_from(at.as_second()).expect("after 1970") / 30;
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag[19] & 15);
    let number = u32::from_be_bytes(tag[offset..offset + 4].try_into().expect("four bytes")) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// Sets an authenticator app up; answers its secret and the recovery codes.
pub async fn set_up_totp(server: &TestServer, person: &Person) -> (String, Vec<String>) {
    let seed = person.post("/api/v1/account/totp", &json!({ "password": PASSWORD })).await.expect(200);
    let secret = seed["secret"].as_str().expect("a secret").to_owned();
    let code = totp(&secret, server.clock.now());
    let codes = person.post("/api/v1/account/totp/confirm", &json!({ "code": code })).await.expect(200);
    (secret, serde_json::from_value(codes["recoveryCodes"].clone()).expect("codes"))
}
