//! The catalog lint finds every mistake that we know how to make, and a server does not start on a database that does
//! not fit it.

use platform::db::{lint, migrate};
use platform::testing::TestDatabase;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

/// A mistake, and the rule that must catch it.
const PLANTED: &[(&str, &str)] = &[
    ("alter table practice.service disable row level security", "row-level security off"),
    ("alter table practice.service no force row level security", "row-level security not forced"),
    ("drop policy tenant on practice.service", "no policy"),
    ("create policy open on practice.service using (true) with check (true)", "policy ignores practice"),
    ("create policy open on practice.service for select using (practice_id is not null)", "policy ignores practice"),
    ("alter policy tenant on practice.service with check (true)", "policy ignores practice"),
    (
        "alter policy tenant on practice.service using (practice_id = (select sec.practice_id()) or true)",
        "policy ignores practice",
    ),
    (
        "drop policy claim on jobs.job; create policy claim on jobs.job using (true) with check (true)",
        "wide policy for the tenants' role",
    ),
    ("alter table practice.service add exclude using btree (code with =)", "unique without practice_id"),
    (
        "drop trigger require_audit on practice.service; create constraint trigger require_audit after delete on practice.service deferrable initially deferred for each row execute function sec.require_audit()",
        "change without audit",
    ),
    (
        "drop trigger require_audit on practice.service; create constraint trigger require_audit after insert or update on practice.service deferrable initially deferred for each row when (false) execute function sec.require_audit()",
        "change without audit",
    ),
    ("grant select on auth.user to vantage_platform", "role beyond its schema"),
    ("grant delete on auth.refresh_token to vantage_worker", "role beyond its schema"),
    (
        "alter function sec.enter_as_system(uuid) set search_path = public, pg_catalog",
        "definer function without a fixed search_path",
    ),
    ("create table practice.x (practice_id uuid, id uuid)", "practice_id may be null"),
    (
        "create table practice.x (practice_id uuid not null, id uuid primary key)",
        "primary key does not start with practice_id",
    ),
    (
        "create table practice.x (practice_id uuid not null, id uuid, primary key (id, practice_id))",
        "primary key does not start with practice_id",
    ),
    (
        "create table practice.x (practice_id uuid not null, id uuid, primary key (practice_id, id))",
        "row-level security off",
    ),
    ("create unique index x on practice.service (code)", "unique without practice_id"),
    (
        "alter table practice.service add unique (id); create table practice.x (practice_id uuid not null, id uuid, service uuid references practice.service (id), primary key (practice_id, id))",
        "foreign key without practice_id",
    ),
    ("drop trigger require_audit on practice.service", "change without audit"),
    ("alter table practice.service disable trigger require_audit", "change without audit"),
    ("create view practice.x as select * from practice.service", "view runs as its owner"),
    ("create materialized view practice.x as select * from practice.service", "materialised view of tenants"),
    ("grant select on audit.entry_other to vantage_app", "partition reachable directly"),
    (
        "create function practice.x() returns int language sql security definer set search_path = '' as 'select 1'",
        "definer function not on the list",
    ),
    ("alter function sec.enter_as_system(uuid) reset search_path", "definer function without a fixed search_path"),
    ("grant execute on function sec.enter_as_system(uuid) to public", "definer function open to everybody"),
    ("alter role vantage_app bypassrls", "runtime role too strong"),
    ("alter role vantage_worker superuser", "runtime role too strong"),
    ("grant vantage_owner to vantage_app", "runtime role may become another"),
    ("alter table practice.service owner to vantage_app", "runtime role owns a relation"),
    ("grant truncate on practice.service to vantage_app", "runtime role may truncate, refer to or trigger"),
    ("grant create on schema practice to vantage_app", "runtime role may create in a schema"),
    ("grant update on audit.entry to vantage_app", "ledger can be changed"),
    ("grant delete on audit.seal to vantage_dispatch", "ledger can be changed"),
    ("grant select on audit.checkpoint to vantage_app", "tenants' role reaches beyond practices"),
    ("grant select on auth.user to vantage_app", "tenants' role reaches beyond practices"),
    ("grant select on practice.service to vantage_auth", "role beyond its schema"),
    ("grant select on practice.service to vantage_platform", "role beyond its schema"),
    ("grant select on practice.service to public", "everybody can read"),
    ("grant select on administration.administrator to vantage_auth", "role beyond its schema"),
    ("grant select on administration.session to vantage_app", "role beyond its schema"),
    ("grant select on platform.access to vantage_worker", "role beyond its schema"),
    ("grant update (reason) on platform.access to vantage_platform", "ledger can be changed"),
];

#[tokio::test]
async fn every_planted_mistake_is_found() {
    let database = TestDatabase::new().await;
    let mut conn = database.conn().await;
    assert_eq!(lint::run(&mut conn).await.expect("runs"), []);
    for (mistake, rule) in PLANTED {
        let mut tx = conn.begin().await.expect("begins");
        tx.execute(AssertSqlSafe((*mistake).to_owned())).await.unwrap_or_else(|error| panic!("{mistake}: {error}"));
        let found = lint::run(&mut tx).await.expect("runs");
        assert!(found.iter().any(|found| found.rule == *rule), "{mistake}: expected {rule}, found {found:?}");
        tx.rollback().await.expect("rolls back");
    }
}

#[tokio::test]
async fn the_lint_sees_the_same_as_every_role_that_starts_a_server() {
    let database = TestDatabase::new().await;
    database.conn().await.execute("alter table practice.service no force row level security").await.expect("planted");
    for role in ["vantage_app", "vantage_worker", "postgres"] {
        let found = lint::run(&mut database.conn_as(role).await).await.expect("runs");
        assert_eq!(found.len(), 1, "{role}: {found:?}");
    }
}

#[tokio::test]
async fn a_server_refuses_a_database_that_does_not_fit() {
    let database = TestDatabase::new().await;
    let check = async || migrate::check(&mut database.conn().await).await.map_err(|error| error.to_string());
    let change = async |statement: &'static str| {
        database.conn().await.execute(statement).await.expect(statement);
    };
    assert_eq!(check().await, Ok(()));

    let last = migrate::all().expect("migrations").pop().expect("one");
    let set_sha = async |sha: &str| {
        sqlx::query(
            "insert into platform.migration values ($1, $2, $3) on conflict (version) do update set sha256 = $3",
        )
        .bind(last.version)
        .bind(&last.name)
        .bind(sha)
        .execute(&mut database.conn().await)
        .await
        .expect("set");
    };
    change("delete from platform.migration where version = (select max(version) from platform.migration)").await;
    let error = check().await.expect_err("behind");
    assert!(error.contains(&last.name) && error.contains("vantage migrate"), "{error}");

    set_sha("another text").await;
    let error = check().await.expect_err("changed");
    assert!(error.contains(&format!("{} was applied in another form", last.name)), "{error}");

    set_sha(&last.sha256).await;
    change("insert into platform.migration values (9999, '9999_tomorrow.sql', 'x')").await;
    let error = check().await.expect_err("ahead");
    assert!(error.contains("9999_tomorrow.sql was applied by a newer version"), "{error}");

    change(
        "delete from platform.migration where version = 9999; alter table practice.service no force row level security",
    )
    .await;
    let error = check().await.expect_err("a mistake");
    assert!(error.contains("practice.service (row-level security not forced)"), "{error}");
}

#[tokio::test]
async fn a_migration_that_breaks_a_rule_leaves_nothing_behind() {
    let database = TestDatabase::empty().await;
    let mut conn = database.conn().await;
    conn.execute("create table public.forgotten (practice_id uuid)").await.expect("planted");
    let error = migrate::migrate(&database.options, &Default::default()).await.expect_err("refused").to_string();
    assert!(error.contains("public.forgotten (row-level security off)"), "{error}");
    let left: bool = sqlx::query_scalar("select to_regclass('practice.service') is not null")
        .fetch_one(&mut conn)
        .await
        .expect("an answer");
    assert!(!left, "the migrations were rolled back with their lint");
    conn.execute("drop table public.forgotten").await.expect("mended");
    let applied = migrate::migrate(&database.options, &Default::default()).await.expect("migrates");
    let all: Vec<_> = migrate::all().expect("migrations").into_iter().map(|migration| migration.name).collect();
    assert_eq!(applied, all);
}
