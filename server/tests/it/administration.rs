//! What administration does to practices, where it takes more than one area to see.

use platform::error::Error;
use platform::testing::TestServer;
use serde_json::json;
use uuid::Uuid;

use crate::product;

async fn join(server: &TestServer, practice: Uuid) -> Result<(), &'static str> {
    let (mut conn, user) = (server.database.conn().await, Uuid::now_v7());
    sqlx::query("insert into auth.user (id, email, name, language) values ($1, $2, 'New', 'en')")
        .bind(user)
        .bind(format!("{}@example.com", user.simple()))
        .execute(&mut conn)
        .await
        .expect("a user");
    let joined = sqlx::query("insert into auth.membership (user_id, practice_id, role) values ($1, $2, 'staff')")
        .bind(user)
        .bind(practice)
        .execute(&mut conn)
        .await;
    joined.map(drop).map_err(|error| Error::from(error).code())
}

#[tokio::test]
async fn no_more_people_join_a_practice_than_its_limit_allows() {
    let server = product().await;
    let (owner, beta) = (server.owner_of("alpha").await, server.owner_of("beta").await);
    let admin = server.administrator("noura").await;
    let practice = owner.practice();
    let limit = async |version: i32, most: Option<i32>| {
        let path = format!("/api/v1/admin/practices/{practice}/limits");
        admin.put(&path, &json!({ "version": version, "ratePerSecond": null, "maxStaff": most })).await.expect(200);
    };
    limit(1, Some(2)).await;
    let both = futures::future::join(join(&server, practice), join(&server, practice)).await;
    let refused: Vec<_> = [both.0, both.1].into_iter().filter_map(Result::err).collect();
    assert_eq!(refused, ["practice.staff_limit"], "one of the two who join at once");
    join(&server, beta.practice()).await.expect("the neighbour has no limit");
    limit(2, Some(1)).await;
    assert_eq!(owner.get("/api/v1/services").await.status, 200, "whoever is there stays");
    limit(3, None).await;
    join(&server, practice).await.expect("a third");
}
