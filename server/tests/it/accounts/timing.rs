//! How long a refused sign-in takes, for an account that exists, for one that does not, and for one without a password.
//! Exact figures come from `./dev bench --gap`; this looks for the gap that would be left by a hash that is not made. What
//! it found shows `cargo test -p server --test it -- accounts::timing --nocapture`.

use std::time::{Duration, Instant};

use platform::testing::TestServer;
use serde_json::json;

use crate::product;

const ROUNDS: usize = 40;

async fn refused(server: &TestServer, email: &str) -> Duration {
    let body = json!({ "email": email, "password": "a wrong guess at it" });
    let started = Instant::now();
    let answer = server.stranger().post("/api/v1/auth/login", &body).await;
    let took = started.elapsed();
    assert_eq!(answer.status, 401);
    // what goes on behind the answer is not to slow the next one down
    server.app.caught_up().await;
    took
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "the figures are what one runs it for")]
async fn a_refusal_takes_as_long_whether_the_account_exists_or_not() {
    let server = product().await;
    server.owner_of("alpha").await;
    sqlx::query("insert into auth.user (id, email, name, language) values (gen_random_uuid(), 'bare@alpha.example', 'Bare', 'en')")
        .execute(&mut server.database.conn().await)
        .await
        .expect("somebody without a password");
    let accounts = ["owner@alpha.example", "nobody@alpha.example", "bare@alpha.example"];
    let mut times = accounts.map(|_| Vec::new());
    for _ in 0..ROUNDS {
        // in turns, so that a busy machine slows all of them down alike
        for (account, times) in accounts.iter().zip(&mut times) {
            times.push(refused(&server, account).await);
            sqlx::query("delete from sec.bucket").execute(&mut server.database.conn().await).await.expect("full again");
        }
    }
    let [known, unknown, bare] = times.map(median);
    println!(
        "refused sign-in, median of {ROUNDS}: known {known:.2} ms, unknown {unknown:.2} ms, without a password {bare:.2} ms"
    );
    println!("gap: {:.2} ms and {:.2} ms", (known - unknown).abs(), (known - bare).abs());
    // the bound is wide for a machine that is busy with other things; quiet ones show well below five
    for other in [unknown, bare] {
        assert!((known - other).abs() < 15.0 + known / 4.0, "known {known:.2} ms, other {other:.2} ms");
    }
}
