//! Sealed values open only where they were sealed, and survive a change of the root key.

use platform::clock::Clock;
use platform::config::Config;
use platform::crypto::{Place, RootKeys};
use platform::db::Caller;
use platform::id::PracticeId;
use platform::mail;
use platform::testing::{ROOT_KEY, TestServer, app_with};
use platform::{App, Result};
use uuid::Uuid;

use crate::product;

const PLACE: Place<'static> = Place { table: "test.note", column: "body", row: Uuid::from_u128(1) };

async fn seal(app: &App, practice: Uuid) -> Vec<u8> {
    app.door
        .read(&Caller::system(PracticeId(practice)), async |tx| tx.seal(PLACE, b"allergic to penicillin").await)
        .await
        .expect("seals")
}

async fn open(app: &App, practice: Uuid, place: Place<'static>, sealed: Vec<u8>) -> Result<Vec<u8>> {
    app.door.read(&Caller::system(PracticeId(practice)), async move |tx| tx.open(place, &sealed).await).await
}

async fn two_practices() -> (TestServer, Uuid, Uuid) {
    let server = product().await;
    let (alpha, beta) = (server.owner_of("alpha").await.practice(), server.owner_of("beta").await.practice());
    (server, alpha, beta)
}

#[tokio::test]
async fn a_value_opens_only_in_its_own_place() {
    let (server, alpha, beta) = two_practices().await;
    let sealed = seal(&server.app, alpha).await;
    assert!(!sealed.windows(7).any(|part| part == b"allergi"), "it is not sealed at all");
    assert_ne!(sealed, seal(&server.app, alpha).await, "equal values must not look equal");
    assert_eq!(open(&server.app, alpha, PLACE, sealed.clone()).await.expect("opens"), b"allergic to penicillin");
    for (what, place) in [
        ("another row", Place { row: Uuid::from_u128(2), ..PLACE }),
        ("another column", Place { column: "title", ..PLACE }),
        ("another table", Place { table: "test.other", ..PLACE }),
        ("parts that run into each other", Place { table: "test.not", column: "ebody", ..PLACE }),
    ] {
        assert!(open(&server.app, alpha, place, sealed.clone()).await.is_err(), "{what}");
    }
    assert!(open(&server.app, beta, PLACE, sealed.clone()).await.is_err(), "another practice");
    for byte in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[byte] ^= 1;
        assert!(open(&server.app, alpha, PLACE, changed).await.is_err(), "byte {byte}");
    }
    for rubbish in [Vec::new(), vec![1], vec![1; 17], vec![2; 60]] {
        assert!(open(&server.app, alpha, PLACE, rubbish).await.is_err());
    }
}

#[tokio::test]
async fn the_root_key_can_be_changed_while_it_is_used() {
    let (server, alpha, beta) = two_practices().await;
    let folder = std::env::temp_dir().join(format!("vantage-keys-{}", Uuid::now_v7()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("root.key");
    let sealed = seal(&server.app, alpha).await;
    let old = RootKeys::parse(ROOT_KEY).expect("a key");
    let both = RootKeys::create(&file, Some(&old)).expect("a new key");
    assert!(both.is_rotating() && both.current() != old.current());
    assert!(RootKeys::create(&file, None).is_err(), "init never replaces a key");
    let app = |root: RootKeys| app_with(&server.database.options, Config::default(), Clock::System, root);
    let rewrap = async |app: &App, practice: Uuid| {
        app.door
            .write(&Caller::system(PracticeId(practice)), async |tx| tx.rewrap_data_keys().await)
            .await
            .expect("wraps")
    };

    // interrupted half-way: alpha is under the new key, beta still under the old one
    let during = app(RootKeys::load(&file).expect("loads"));
    assert_eq!(rewrap(&during, alpha).await, 1);
    assert_eq!(open(&during, alpha, PLACE, sealed.clone()).await.expect("opens"), b"allergic to penicillin");
    seal(&during, beta).await;

    // run again, then the old key is forgotten
    assert_eq!((rewrap(&during, alpha).await, rewrap(&during, beta).await), (0, 1));
    let only_new = both.forget_older(&file).expect("forgets");
    assert!(!only_new.is_rotating());
    let after = app(RootKeys::load(&file).expect("loads"));
    assert_eq!(open(&after, alpha, PLACE, sealed.clone()).await.expect("opens"), b"allergic to penicillin");
    seal(&after, beta).await;
    assert!(open(&app(old), alpha, PLACE, sealed).await.is_err(), "the old key opens nothing any more");
    std::fs::remove_dir_all(folder).expect("removed");
}

#[tokio::test]
async fn what_belongs_to_no_practice_is_sealed_anew_as_well() {
    let server = product().await;
    server.owner_of("alpha").await;
    let forgotten = serde_json::json!({ "email": "owner@alpha.example" });
    assert_eq!(server.stranger().post("/api/v1/auth/password/forgot", &forgotten).await.status, 204);
    server.settle().await;
    let mail = mail::list(&server.app, None, None, 1).await.expect("lists").remove(0).id;
    let folder = std::env::temp_dir().join(format!("vantage-keys-{}", Uuid::now_v7()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("root.key");
    let both = RootKeys::create(&file, Some(&RootKeys::parse(ROOT_KEY).expect("a key"))).expect("a new key");
    let app = |root: RootKeys| app_with(&server.database.options, Config::default(), Clock::System, root);

    let during = app(both.clone());
    assert!(mail::read(&during, mail).await.is_ok(), "the older key still opens it");
    assert_eq!(mail::reseal(&during).await.expect("seals"), 1);
    assert_eq!(mail::reseal(&during).await.expect("seals"), 0, "it is done once");
    let after = app(both.forget_older(&file).expect("forgets"));
    assert_eq!(mail::read(&after, mail).await.expect("opens").to.expose(), "owner@alpha.example");
    assert!(mail::read(&server.app, mail).await.is_err(), "the old key opens it no more");
    std::fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn a_sealed_value_of_the_installation_opens_only_in_its_own_place() {
    let root = RootKeys::parse(ROOT_KEY).expect("a key");
    let sealed = root.seal(PLACE, b"seed").expect("seals");
    assert_eq!(root.open(PLACE, &sealed).expect("opens"), b"seed");
    for place in
        [Place { row: Uuid::from_u128(2), ..PLACE }, Place { column: "title", ..PLACE }, Place { table: "x", ..PLACE }]
    {
        assert!(root.open(place, &sealed).is_err(), "{place:?}");
    }
    for byte in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[byte] ^= 1;
        assert!(root.open(PLACE, &changed).is_err(), "byte {byte}");
    }
    assert!(root.open(PLACE, &[]).is_err() && root.open(PLACE, &root.mark()).is_err());
}

#[test]
fn a_key_file_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let file = std::env::temp_dir().join(format!("vantage-key-{}", Uuid::now_v7()));
    RootKeys::create(&file, None).expect("makes");
    assert_eq!(std::fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o400);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o444)).expect("opened up");
    assert!(RootKeys::load(&file).expect_err("refused").to_string().contains("chmod 0400"));
    std::fs::remove_file(file).expect("removed");
    for bad in ["", "name", "name:AAAA", "name:not base64"] {
        assert!(RootKeys::parse(bad).is_err(), "{bad}");
    }
}
