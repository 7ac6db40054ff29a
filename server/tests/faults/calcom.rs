//! `kill -9` in the middle of bookings that go to Cal.com as well: afterwards each is there once, and here once.

use std::collections::HashSet;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::{Client, Reply};
use crate::load::Dice;
use crate::running::{Folder, Running, eventually, turn};

#[expect(dead_code, reason = "the look-alike of the area's own tests, of which less is needed here")]
#[path = "../../../clinic/scheduling/src/calcom/tests/peer.rs"]
mod peer;

use peer::{Mood, Peer};

const ROUNDS: usize = 10;

#[tokio::test]
async fn a_booking_that_was_killed_is_there_once_and_here_once() {
    let _turn = turn().await;
    let (folder, peer) = (Folder::new("calcom"), Peer::start().await);
    let mut server = Running::start(&folder.0, &[("VANTAGE_CALCOM_ORIGINS", &peer.url)]).await;
    let client = Client::sign_in(&server).await;
    let starts = connect(&client).await;
    let patient = json!({ "givenName": "Kill", "familyName": "Nine", "emails": [{ "address": "kill@example.com" }] });
    let patient = done(send(&client, Method::POST, "/api/v1/patients", &patient).await)["id"].clone();
    let mut dice = Dice::new(ROUNDS);
    let mut booked = Vec::new();
    for (round, visit) in starts.into_iter().enumerate() {
        let moods: &[Mood] = match round % 3 {
            0 => &[],
            1 => &[Mood::LoseAnswer],
            _ => &[Mood::LoseRequest],
        };
        peer.will(moods.iter().cloned());
        let asked = creations(&peer);
        let mut visit = visit;
        visit["patientId"] = patient.clone();
        booked.push(done(send(&client, Method::POST, "/api/v1/appointments", &visit).await)["id"].clone());
        if round % 2 == 0 {
            // the request is on its way, or was just answered
            let seen = async || (creations(&peer) > asked).then_some(());
            eventually("the booking is asked for", Duration::from_secs(20), seen).await;
        } else {
            tokio::time::sleep(Duration::from_millis(dice.roll(120) as u64)).await;
        }
        let killed: (f64,) = sqlx::query_as("select extract(epoch from now())::float8")
            .fetch_one(&mut server.sql().await)
            .await
            .expect("the time");
        server.kill();
        server.launch();
        server.ready().await;
        bring_forward(&server, killed.0).await;
    }
    let states = async || -> Option<()> {
        let mut sql = server.try_sql().await.ok()?;
        // what waits before it asks again need not wait here
        sqlx::raw_sql("update scheduling.calcom_booking set quiet_until = null; update jobs.job set run_at = now() where state = 'queued'")
            .execute(&mut sql)
            .await
            .ok()?;
        // a worker that was killed holds the news of a booking for half a minute: until then nothing is known of it
        let synced: i64 = sqlx::query_scalar(
            "select count(*) from scheduling.calcom_booking where state = 'synced' and appointment_id = any($1)",
        )
        .bind(ids(&booked))
        .fetch_one(&mut sql)
        .await
        .ok()?;
        (synced == ROUNDS as i64).then_some(())
    };
    eventually("all of them are in step", Duration::from_secs(120), states).await;
    let standing = peer.standing();
    for id in &booked {
        let ours = |booking: &&Value| booking["metadata"]["vantage_appointment"] == *id;
        assert_eq!(standing.iter().filter(ours).count(), 1, "{id}: {standing:#?}");
    }
    // the demo's own visits of this month may be there as well, none of them twice either
    let ours: HashSet<String> = standing.iter().map(|one| one["metadata"]["vantage_appointment"].to_string()).collect();
    assert_eq!(ours.len(), standing.len(), "{standing:#?}");
    let is_of_2030 = |one: &&Value| one["start"].as_str().is_some_and(|start| start.starts_with("2030-"));
    assert_eq!(standing.iter().filter(is_of_2030).count(), ROUNDS, "and nothing else is there");
    let here: i64 =
        sqlx::query_scalar("select count(*) from scheduling.appointment where id = any($1) and status = 'scheduled'")
            .bind(ids(&booked))
            .fetch_one(&mut server.sql().await)
            .await
            .expect("a count");
    assert_eq!(here, ROUNDS as i64);
    eprintln!("calcom: {ROUNDS} kills, {} requests to book, {} bookings", creations(&peer), standing.len());
}

fn creations(peer: &Peer) -> usize {
    peer.requests().iter().filter(|request| request.starts_with("POST /v2/bookings ")).count()
}

fn ids(booked: &[Value]) -> Vec<Uuid> {
    booked.iter().filter_map(|id| id.as_str()?.parse().ok()).collect()
}

fn done(reply: Reply) -> Value {
    match reply {
        Reply::Done(body) => body,
        other => panic!("not done: {other:?}"),
    }
}

async fn send(client: &Client, method: Method, path: &str, body: &Value) -> Reply {
    let request = client.request(method, path).header("idempotency-key", Uuid::now_v7().to_string());
    let answer = request.json(body).send().await.expect("an answer");
    let status = answer.status();
    let body: Value = answer.json().await.unwrap_or_default();
    if status.is_success() { Reply::Done(body) } else { Reply::Wrong(format!("{status} {body}")) }
}

/// Connects the practice with the look-alike, and answers with visits that can be booked.
async fn connect(client: &Client) -> Vec<Value> {
    let get = async |path: &str| done(client.get(path).await);
    let before = get("/api/v1/calcom").await;
    let services = get("/api/v1/services?limit=50").await;
    let short = |service: &&Value| service["durationMinutes"].as_i64().is_some_and(|minutes| minutes <= 30);
    let service =
        services["items"].as_array().expect("services").iter().find(short).expect("a short one")["id"].clone();
    let place = get("/api/v1/locations?limit=50").await["items"][0]["id"].clone();
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    let (from, to) = ("2030-06-02", "2030-06-20");
    let slots =
        get(&format!("/api/v1/slots?serviceId={}&locationId={}&from={from}&to={to}", text(&service), text(&place)))
            .await;
    let new = json!({ "version": before["version"], "provider": "calcom", "enabled": true, "apiKey": "cal_test_key" });
    let connected = done(send(client, Method::PUT, "/api/v1/calcom", &new).await);
    let item = json!({ "serviceId": service, "providerId": null, "locationId": place, "eventTypeId": 7,
        "slug": "consultation", "title": "Consultation", "lengthMinutes": 30 });
    let mapping = json!({ "version": connected["version"], "items": [item] });
    done(send(client, Method::PUT, "/api/v1/calcom/mappings", &mapping).await);
    let slots = slots["items"].as_array().expect("slots");
    let visit = |slot: &Value| json!({ "serviceId": service, "locationId": place, "providerIds": [slot["providerIds"][0]], "start": slot["start"] });
    // an hour and a half apart, on a grid of fifteen minutes
    let visits: Vec<Value> = slots.iter().step_by(6).take(ROUNDS).map(visit).collect();
    assert_eq!(visits.len(), ROUNDS);
    visits
}

/// What the killed process held is free at once, instead of when its leases end.
async fn bring_forward(server: &Running, killed: f64) {
    for statement in [
        "update jobs.job set run_at = now() where state = 'running' and run_at < to_timestamp($1) + interval '60 seconds'",
        "update scheduling.calcom_booking set job_until = now() where job_until < to_timestamp($1) + interval '90 seconds'",
    ] {
        sqlx::query(statement).bind(killed).execute(&mut server.sql().await).await.expect("brought forward");
    }
}
