//! Opening a link: who gets in, and what everybody else learns.

use futures::future::join_all;
use platform::testing::{Answer, Person};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::run;
use crate::testing::{Clinic, OPEN, id, made, token_of};

const RIGHT: &str = "1990-05-17";
const WRONG: &str = "1990-05-18";

async fn open(clinic: &Clinic, token: &str, born: &str) -> Answer {
    clinic.server.stranger().post(OPEN, &json!({ "token": token, "dateOfBirth": born })).await
}

async fn said(clinic: &Clinic, token: &str, born: &str) -> (u16, String) {
    let answer = open(clinic, token, born).await;
    (answer.status.as_u16(), answer.code().to_owned())
}

fn named(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

async fn delete(person: &Person, path: &str) -> Answer {
    Person::send(person.request(Method::DELETE, path)).await
}

#[tokio::test]
async fn a_link_has_the_same_address_until_it_is_revoked_and_its_token_is_nowhere() {
    let clinic = Clinic::start().await;
    let (visit, token) = clinic.linked("09:00").await;
    assert_eq!(token_of(&clinic.owner, &visit).await, token);
    let kept: String = sqlx::query_scalar("select string_agg(l::text, ' ') from auth.patient_link l")
        .fetch_one(&mut clinic.server.database.conn().await)
        .await
        .expect("a text");
    assert!(!kept.contains(&token[20..]), "{kept}");
    let path = format!("/api/v1/appointments/{}/link", id(&visit));
    assert_eq!(delete(&clinic.owner, &path).await.status, 204);
    assert_eq!(said(&clinic, &token, RIGHT).await, named(401, "patient_link.refused"));
    let next = token_of(&clinic.owner, &visit).await;
    assert_ne!(next, token);
    open(&clinic, &next, RIGHT).await.expect(200);
    // once more: nothing is there to revoke, which is what was wanted
    for _ in 0..2 {
        assert_eq!(delete(&clinic.owner, &path).await.status, 204);
    }
}

#[tokio::test]
async fn what_is_asked_is_the_date_of_birth_or_else_the_end_of_a_phone_number() {
    let clinic = Clinic::start().await;
    let (_, token) = clinic.linked("09:00").await;
    let stranger = clinic.server.stranger();
    let asked = stranger.post(OPEN, &json!({ "token": token })).await;
    assert_eq!((asked.status.as_u16(), asked.body), (202, json!({ "asks": "dateOfBirth" })));
    let other = stranger.post(OPEN, &json!({ "token": token, "phoneDigits": "4567" })).await;
    assert_eq!(
        (other.status.as_u16(), other.body),
        (202, json!({ "asks": "dateOfBirth" })),
        "what is not asked does not count"
    );
    assert_eq!(said(&clinic, &token, WRONG).await, named(422, "patient_link.wrong_answer"));
    let opened = open(&clinic, &token, RIGHT).await.expect(200);
    assert_eq!(opened["purpose"], "appointment");

    let phones = json!([{ "number": "0501234567" }, { "number": "+442071838750" }]);
    let patient = made(&clinic.owner, "/api/v1/patients", &json!({ "givenName": "Ali", "phones": phones })).await;
    let visit = clinic.owner.post("/api/v1/appointments", &clinic.visit(&patient, "10:00")).await.expect(201);
    let token = token_of(&clinic.owner, &visit).await;
    stranger.post(OPEN, &json!({ "token": token })).await.expect(202);
    for (digits, status) in [("0000", 422), ("567", 422), ("34567", 422), ("4567", 200), ("8750", 200)] {
        let answer = stranger.post(OPEN, &json!({ "token": token, "phoneDigits": digits })).await;
        assert_eq!(answer.status.as_u16(), status, "{digits}: {}", answer.body);
    }

    let nothing = clinic.booked("11:00").await;
    let refused = clinic.owner.post(&format!("/api/v1/appointments/{}/link", id(&nothing)), &json!({})).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "patient_link.no_second_check"));
}

#[tokio::test]
async fn links_that_are_none_answer_alike_whatever_is_wrong_with_them() {
    let clinic = Clinic::start().await;
    let mut answers = Vec::new();
    let mut try_with = async |token: &str, born: Option<&str>| {
        let asked = match born {
            Some(born) => json!({ "token": token, "dateOfBirth": born }),
            None => json!({ "token": token }),
        };
        let mut answer = clinic.server.stranger().post(OPEN, &asked).await;
        answer.body["requestId"] = Value::Null;
        answers.push((answer.status.as_u16(), answer.body));
    };
    let (visit, token) = clinic.linked("08:00").await;
    // forged: another end, another id, another link's end; cut, without its mark, of another kind, empty
    let (_, other) = clinic.linked("09:00").await;
    let flipped = |at: usize| {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).expect("ascii")
    };
    let crossed = format!("{}{}", &token[..24], &other[24..]);
    let whole = token.clone();
    for forged in [&flipped(30), &flipped(10), &crossed, &whole[..40], &whole[3..], &format!("{whole}AAAA"), "vk_1", ""]
    {
        try_with(forged, Some(RIGHT)).await;
        try_with(forged, None).await;
    }
    run(&clinic, "update auth.patient_link set expires_at = now() - interval '1 second'").await;
    try_with(&token, Some(RIGHT)).await;
    try_with(&token, Some(WRONG)).await;
    run(&clinic, "update auth.patient_link set expires_at = now() + interval '1 day', revoked_at = now()").await;
    try_with(&token, Some(RIGHT)).await;
    run(&clinic, "update auth.patient_link set revoked_at = null").await;
    let patient = format!("/api/v1/patients/{}", visit["patientId"].as_str().expect("an id"));
    for step in ["delete", "restore"] {
        let version = clinic.owner.get(&patient).await.expect(200)["version"].clone();
        clinic.owner.post(&format!("{patient}/{step}"), &json!({ "version": version })).await.expect(200);
        if step == "delete" {
            try_with(&token, Some(RIGHT)).await;
        }
    }
    run(&clinic, "update platform.practice set status = 'suspended'").await;
    try_with(&token, Some(RIGHT)).await;
    run(&clinic, "update platform.practice set status = 'active'").await;
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!((answers[0].0, &answers[0].1["code"]), (401, &json!("patient_link.refused")));
    open(&clinic, &token, RIGHT).await.expect(200);
}

#[tokio::test]
async fn who_guesses_is_locked_out_and_then_out_for_good() {
    let clinic = Clinic::start().await;
    let (visit, token) = clinic.linked("09:00").await;
    // all at once: as many are judged as are counted
    let said_all = join_all((0..12).map(|_| said(&clinic, &token, WRONG))).await;
    let told = |code: &str| said_all.iter().filter(|answer| answer.1 == code).count();
    assert_eq!((told("patient_link.wrong_answer"), told("patient_link.locked")), (4, 8), "{said_all:?}");
    let locked = open(&clinic, &token, RIGHT).await;
    assert_eq!((locked.status.as_u16(), locked.code()), (429, "patient_link.locked"));
    let wait: u64 = locked.headers["retry-after"].to_str().expect("a number").parse().expect("a number");
    // by two clocks: ours, and the database's
    assert!((3500..=3700).contains(&wait), "{wait}");
    run(&clinic, "update auth.patient_link set locked_until = now() - interval '1 second'").await;
    open(&clinic, &token, RIGHT).await.expect(200);
    // the right answer forgives: it takes five again
    for wrong in 1..=19 {
        let expected = if wrong % 5 == 0 { "patient_link.locked" } else { "patient_link.wrong_answer" };
        assert_eq!(said(&clinic, &token, WRONG).await.1, expected, "{wrong}");
        run(&clinic, "update auth.patient_link set locked_until = null").await;
    }
    assert_eq!(said(&clinic, &token, WRONG).await, named(401, "patient_link.refused"));
    assert_eq!(said(&clinic, &token, RIGHT).await, named(401, "patient_link.refused"));
    let entries: Vec<(String, Option<Uuid>, bool)> = sqlx::query_as(
        "select outcome, patient_id, detail ? 'lockedUntil' from audit.entry
          where actor_kind = 'patient' and resource_type = 'patient_link' and action = 'open' order by at, id",
    )
    .fetch_all(&mut clinic.server.database.conn().await)
    .await
    .expect("entries");
    let patient: Uuid = serde_json::from_value(visit["patientId"].clone()).expect("an id");
    assert!(entries.iter().all(|entry| entry.1 == Some(patient)));
    let count = |outcome: &str| entries.iter().filter(|entry| entry.0 == outcome).count();
    assert_eq!((count("denied"), count("ok")), (25, 1));
    assert_eq!(entries.iter().filter(|entry| entry.2).count(), 4, "each time it was locked");
}

#[tokio::test]
async fn the_token_of_a_link_opens_nothing_else() {
    let clinic = Clinic::start().await;
    let (visit, token) = clinic.linked("09:00").await;
    let patient = clinic.behind(&token).await;
    for path in ["/api/v1/auth/session", "/api/v1/practice", &format!("/api/v1/appointments/{}", id(&visit))] {
        let answer = patient.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (401, "auth.required"), "{path}");
    }
    assert_eq!(clinic.bearing(&token).get("/api/v1/auth/session").await.code(), "auth.required");
}
