//! Authenticator apps and recovery codes, from setting them up to signing in with them.

use jiff::SignedDuration;
use platform::config::Config;
use platform::crypto::RootKeys;
use platform::testing::{Answer, Person, ROOT_KEY, TestServer, app_with};
use serde_json::{Value, json};

use super::{PASSWORD, device_of, ledger, mails, outside, post_from, set_up_totp, sign_in, totp};
use crate::product;

const OWNER: &str = "owner@alpha.example";
const STEP: SignedDuration = SignedDuration::from_secs(30);

async fn challenge(server: &TestServer) -> Value {
    sign_in(server, OWNER).await.1.expect(202)["challenge"].clone()
}

async fn answer(server: &TestServer, challenge: &Value, code: &str) -> Answer {
    server.stranger().post("/api/v1/auth/second-factor", &json!({ "challenge": challenge, "code": code })).await
}

fn said(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.code())
}

/// Whether the list of staff says that there is a second factor, and whether the review of access says there is none.
async fn shown_to_the_practice(owner: &Person) -> (Value, bool) {
    let staff = owner.get("/api/v1/staff").await.expect(200);
    let review = owner.get("/api/v1/access-review").await.expect(200);
    let flags = review["items"][0]["flags"].as_array().expect("flags").clone();
    (staff["items"][0]["secondFactor"].clone(), flags.contains(&json!("no_second_factor")))
}

#[tokio::test]
async fn a_passkey_is_a_second_factor_too() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    assert_eq!(shown_to_the_practice(&owner).await, (json!(false), true));
    outside(
        &server,
        "insert into auth.passkey (id, user_id, credential_id, credential, name)
         select gen_random_uuid(), id, 'x', '{}', 'Laptop' from auth.user",
    )
    .await;
    assert_eq!(shown_to_the_practice(&owner).await, (json!(true), false));
}

#[tokio::test]
async fn an_app_is_set_up_and_asked_for_from_then_on() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let seed = owner.post("/api/v1/account/totp", &json!({ "password": PASSWORD })).await.expect(200);
    let secret = seed["secret"].as_str().expect("a secret");
    assert!(seed["uri"].as_str().expect("an address").contains(&format!("secret={secret}")));
    assert!(seed["qrSvg"].as_str().expect("a picture").starts_with("<svg"));
    // what was begun only does not count
    sign_in(&server, OWNER).await.1.expect(200);
    assert_eq!(shown_to_the_practice(&owner).await, (json!(false), true));
    let wrong = owner.post("/api/v1/account/totp/confirm", &json!({ "code": "000000" })).await;
    assert_eq!((wrong.status.as_u16(), wrong.faults()), (422, vec!["/code wrong".to_owned()]));
    let code = totp(secret, server.clock.now());
    let codes = owner.post("/api/v1/account/totp/confirm", &json!({ "code": code })).await.expect(200);
    assert_eq!(codes["recoveryCodes"].as_array().expect("codes").len(), 10);
    assert_eq!(owner.get("/api/v1/auth/session").await.expect(200)["secondFactor"], "totp");
    assert_eq!(shown_to_the_practice(&owner).await, (json!(true), false));

    let (_, asked) = sign_in(&server, OWNER).await;
    assert_eq!(asked.body["methods"], json!(["totp", "recovery_code"]));
    assert!(asked.headers.get("set-cookie").is_none());
    // the code that showed the app is used up
    let question = asked.expect(202)["challenge"].clone();
    assert_eq!(said(&answer(&server, &question, &code).await), (401, "auth.invalid_code"));
    server.clock.advance(STEP);
    let next = totp(secret, server.clock.now());
    let spaced = format!("{} {}", &next[..3], &next[3..]);
    let session = answer(&server, &question, &spaced).await.expect(200);
    assert_eq!((&session["secondFactor"], &session["enrolBy"]), (&json!("totp"), &Value::Null));
    // neither the question nor the code serves twice
    assert_eq!(said(&answer(&server, &question, &next).await), (401, "auth.challenge_expired"));
    let question = challenge(&server).await;
    assert_eq!(said(&answer(&server, &question, &next).await), (401, "auth.invalid_code"));

    let factors = owner.get("/api/v1/account/second-factors").await.expect(200);
    assert_eq!(
        (&factors["totp"]["enabled"], &factors["recoveryCodesLeft"], &factors["required"]),
        (&json!(true), &json!(10), &json!(true))
    );
    let entries = ledger(&server, &owner).await;
    for entry in ["totp_begin ok", "totp_add ok", "second_factor denied"] {
        assert!(entries.iter().any(|known| known == entry), "{entry} in {entries:?}");
    }
}

#[tokio::test]
async fn clocks_may_differ_by_one_step() {
    let server = product().await;
    let (secret, _) = set_up_totp(&server, &server.owner_of("alpha").await).await;
    server.clock.advance(SignedDuration::from_mins(5));
    let now = server.clock.now();
    for (at, status) in [(now - STEP * 2, 401), (now + STEP * 2, 401), (now - STEP, 200), (now + STEP, 200)] {
        let question = challenge(&server).await;
        assert_eq!(answer(&server, &question, &totp(&secret, at)).await.status, status, "{at} at {now}");
    }
    // the newest step was used: the one of this moment is older
    let question = challenge(&server).await;
    assert_eq!(answer(&server, &question, &totp(&secret, now)).await.status, 401);
}

#[tokio::test]
async fn a_recovery_code_serves_once_and_is_told_of() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let (_, codes) = set_up_totp(&server, &owner).await;
    let question = challenge(&server).await;
    let typed = codes[3].to_uppercase().replace('-', " ");
    answer(&server, &question, &typed).await.expect(200);
    let question = challenge(&server).await;
    assert_eq!(answer(&server, &question, &codes[3]).await.code(), "auth.invalid_code");
    assert!(mails(&server).await.contains(&"recovery_code_used".to_owned()));
    assert_eq!(owner.get("/api/v1/account/second-factors").await.expect(200)["recoveryCodesLeft"], 9);
    // new ones take the place of all earlier
    let body = json!({ "password": PASSWORD });
    let fresh = owner.post("/api/v1/account/recovery-codes", &body).await.expect(200)["recoveryCodes"].clone();
    assert_eq!(answer(&server, &question, &codes[4]).await.code(), "auth.invalid_code");
    answer(&server, &question, fresh[0].as_str().expect("a code")).await.expect(200);
    let stored: Vec<Vec<u8>> = sqlx::query_scalar("select hash from auth.recovery_code")
        .fetch_all(&mut server.database.conn().await)
        .await
        .expect("hashes");
    assert!(stored.len() == 10 && stored.iter().all(|hash| hash.len() == 32));
}

#[tokio::test]
async fn a_question_bears_five_wrong_answers_and_five_minutes() {
    let server = product().await;
    let (secret, _) = set_up_totp(&server, &server.owner_of("alpha").await).await;
    server.clock.advance(STEP);
    let right = totp(&secret, server.clock.now());
    let question = challenge(&server).await;
    for _ in 0..5 {
        assert_eq!(said(&answer(&server, &question, "000000").await), (401, "auth.invalid_code"));
    }
    assert_eq!(said(&answer(&server, &question, &right).await), (401, "auth.challenge_expired"));
    let question = challenge(&server).await;
    outside(&server, "update auth.challenge set expires_at = now()").await;
    assert_eq!(said(&answer(&server, &question, &right).await), (401, "auth.challenge_expired"));
    for rubbish in ["", "rubbish"] {
        assert_eq!(said(&answer(&server, &json!(rubbish), &right).await), (401, "auth.challenge_expired"));
    }
    let question = challenge(&server).await;
    answer(&server, &question, &right).await.expect(200);
}

#[tokio::test]
async fn a_new_password_ends_the_questions_that_were_asked_behind_the_old_one() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let (_, codes) = set_up_totp(&server, &owner).await;
    let question = challenge(&server).await;
    let change = json!({ "current": PASSWORD, "new": "another long password" });
    assert_eq!(owner.post("/api/v1/account/password", &change).await.status, 204);
    assert_eq!(said(&answer(&server, &question, &codes[0]).await), (401, "auth.challenge_expired"));

    let login = json!({ "email": OWNER, "password": "another long password" });
    let question = server.stranger().post("/api/v1/auth/login", &login).await.expect(202)["challenge"].clone();
    let forgotten = json!({ "email": OWNER });
    assert_eq!(server.stranger().post("/api/v1/auth/password/forgot", &forgotten).await.status, 204);
    server.settle().await;
    let token = crate::resets::newest_token(&server).await;
    let reset = json!({ "token": token, "password": "a third long password" });
    assert_eq!(server.stranger().post("/api/v1/auth/password/reset", &reset).await.status, 204);
    assert_eq!(said(&answer(&server, &question, &codes[0]).await), (401, "auth.challenge_expired"));
    // a link by mail is no way around the second factor
    let login = json!({ "email": OWNER, "password": "a third long password" });
    server.stranger().post("/api/v1/auth/login", &login).await.expect(202);
}

#[tokio::test]
async fn what_has_served_its_time_is_swept() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    set_up_totp(&server, &owner).await;
    server
        .colleague_of(&owner, "staff")
        .await
        .post("/api/v1/account/totp", &json!({ "password": PASSWORD }))
        .await
        .expect(200);
    challenge(&server).await;
    let forgotten = json!({ "email": OWNER });
    assert_eq!(server.stranger().post("/api/v1/auth/password/forgot", &forgotten).await.status, 204);
    let left = async || {
        server.settle().await;
        let duties = server::routes::duties();
        let sweep = duties.schedules.iter().find(|schedule| schedule.name == "identity.sweep").expect("a schedule");
        (sweep.run)(server.app.clone()).await.expect("sweeps");
        sqlx::query_as::<_, (i64, i64, i64, i64)>(
            "select (select count(*) from auth.password_reset), (select count(*) from auth.challenge),
                    (select count(*) from auth.totp), (select count(*) from auth.device)",
        )
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("counts")
    };
    assert_eq!(left().await, (1, 1, 2, 2));
    outside(&server, "update auth.password_reset set expires_at = now() - interval '8 days'").await;
    outside(&server, "update auth.challenge set expires_at = now() - interval '2 days'").await;
    outside(&server, "update auth.totp set created_at = now() - interval '2 days'").await;
    outside(&server, "update auth.device set last_seen_at = now() - interval '401 days'").await;
    assert_eq!(left().await, (0, 0, 1, 0), "the app that is set up stays");
}

#[tokio::test]
async fn of_two_right_answers_at_once_one_opens_a_session() {
    let server = product().await;
    let (secret, codes) = set_up_totp(&server, &server.owner_of("alpha").await).await;
    server.clock.advance(STEP);
    let code = totp(&secret, server.clock.now());
    let (one, other) = (challenge(&server).await, challenge(&server).await);
    // the same code for two questions, and the same question with two codes
    let (a, b) = tokio::join!(answer(&server, &one, &code), answer(&server, &other, &code));
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
    let question = challenge(&server).await;
    let (a, b) = tokio::join!(answer(&server, &question, &codes[0]), answer(&server, &question, &codes[1]));
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}

/// Somebody knows the password and guesses codes from many networks.
#[tokio::test]
async fn guessing_codes_is_hopeless_and_keeps_the_owner_out_of_no_familiar_place() {
    let config = Config { trust_forwarded_for: true, ..Config::default() };
    let server = TestServer::with(config, server::routes::duties(), server::routes::api).await;
    let login = json!({ "email": OWNER, "password": PASSWORD });
    let owner = server.owner_of("alpha").await;
    let home = post_from(&server, "198.51.100.4", None, "/api/v1/auth/login", &login).await;
    let device = device_of(&home);
    home.expect(200);
    let (secret, codes) = set_up_totp(&server, &owner).await;
    let begin = async |ip: &str, device: Option<&str>| {
        post_from(&server, ip, device, "/api/v1/auth/login", &login).await.expect(202)["challenge"].clone()
    };
    let try_code = async |ip: &str, device: Option<&str>, question: &Value, code: &str| {
        post_from(&server, ip, device, "/api/v1/auth/second-factor", &json!({ "challenge": question, "code": code }))
            .await
    };
    let mut tries = 0;
    'guessing: for network in 0..20 {
        let ip = format!("203.0.113.{network}");
        let question = begin(&ip, None).await;
        for _ in 0..4 {
            tries += 1;
            if try_code(&ip, None, &question, "000000").await.status == 429 {
                break 'guessing;
            }
        }
    }
    assert_eq!(tries, 21, "twenty guesses over all unfamiliar networks");
    server.clock.advance(STEP);
    // from a new place the owner has to take a recovery code
    let question = begin("192.0.2.77", None).await;
    assert_eq!(try_code("192.0.2.77", None, &question, &totp(&secret, server.clock.now())).await.status, 429);
    try_code("192.0.2.77", None, &question, &codes[0]).await.expect(200);
    // at home, and in the known browser anywhere, nothing is felt
    let question = begin("198.51.100.4", None).await;
    try_code("198.51.100.4", None, &question, &totp(&secret, server.clock.now())).await.expect(200);
    server.clock.advance(STEP);
    let question = begin("192.0.2.99", Some(&device)).await;
    try_code("192.0.2.99", Some(&device), &question, &totp(&secret, server.clock.now())).await.expect(200);
}

#[tokio::test]
async fn an_app_is_removed_with_the_password_only() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    set_up_totp(&server, &owner).await;
    let again = owner.post("/api/v1/account/totp", &json!({ "password": PASSWORD })).await;
    assert_eq!(said(&again), (409, "totp.exists"));
    let wrong = owner.post("/api/v1/account/totp/remove", &json!({ "password": "a wrong password" })).await;
    assert_eq!((said(&wrong), wrong.faults()), ((422, "password.wrong"), vec!["/password wrong".to_owned()]));
    assert_eq!(owner.post("/api/v1/account/totp/remove", &json!({ "password": PASSWORD })).await.status, 204);
    assert_eq!(owner.post("/api/v1/account/totp/remove", &json!({ "password": PASSWORD })).await.status, 404);
    // codes without what they stand in for are no second factor
    sign_in(&server, OWNER).await.1.expect(200);
    assert!(mails(&server).await.contains(&"second_factor_removed".to_owned()));
    let entries = ledger(&server, &owner).await;
    assert!(
        entries.contains(&"password_proof denied".to_owned()) && entries.contains(&"totp_remove ok".to_owned()),
        "{entries:?}"
    );
}

#[tokio::test]
async fn proofs_of_the_password_are_slowed_down() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    for _ in 0..10 {
        assert_eq!(owner.post("/api/v1/account/totp", &json!({ "password": "a wrong password" })).await.status, 422);
    }
    let limited = owner.post("/api/v1/account/totp", &json!({ "password": PASSWORD })).await;
    assert_eq!(said(&limited), (429, "rate.limited"));
}

#[tokio::test]
async fn a_seed_is_sealed_and_outlives_a_change_of_the_root_key() {
    let server = product().await;
    let (secret, _) = set_up_totp(&server, &server.owner_of("alpha").await).await;
    let folder = std::env::temp_dir().join(format!("vantage-keys-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("root.key");
    let both = RootKeys::create(&file, Some(&RootKeys::parse(ROOT_KEY).expect("a key"))).expect("a new key");
    let app = |root: RootKeys| app_with(&server.database.options, Config::default(), server.clock.clone(), root);
    assert_eq!(identity::reseal(&app(both.clone())).await.expect("seals"), 1);
    assert_eq!(identity::reseal(&app(both.clone())).await.expect("seals"), 0, "it is done once");
    let only_new = both.forget_older(&file).expect("forgets");
    assert_eq!(identity::reseal(&app(only_new.clone())).await.expect("nothing to do"), 0);
    let stored: Vec<u8> = sqlx::query_scalar("select seed from auth.totp")
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("a seed");
    assert!(stored.starts_with(&only_new.mark()));
    assert!(!stored.windows(secret.len()).any(|part| part == secret.as_bytes()));
    std::fs::remove_dir_all(folder).expect("removed");
}
