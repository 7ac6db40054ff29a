//! Events on their way to a program outside and through a workflow, while the server and its PostgreSQL are killed again and
//! again, and the program outside is as bad as they come.

use std::time::{Duration, Instant};

use crate::at_work::{AtWork, CALLS, EVENTS};
use crate::automation_truth::{faults, figures, outstanding};
use crate::client::Client;
use crate::hostile::Hostile;
use crate::load::Dice;
use crate::passing::Passing;
use crate::running::{Folder, Running, eventually, signal, turn};
use crate::tagging::Tagging;

/// Events and kills of an everyday build on two cores; `VANTAGE_FAULTS=10000/50` in the environment asks for more.
const SIZE: (usize, usize) = (2_000, 20);
const WRITERS: usize = 4;
const PATIENTS_EACH: usize = 50;
/// How many events writers are ahead of the receiver, so that they go on as long as it does.
const AHEAD: usize = 200;
/// For as many more events as lie between two kills, among whose calls some hang until they are given up.
const PATIENCE: Duration = Duration::from_secs(180);

#[tokio::test]
async fn no_event_is_lost_or_done_twice_through_kills() {
    let _turn = turn().await;
    let (events, many) = size();
    let (folder, hostile) = (Folder::new("automation"), Hostile::start(6).await);
    let mut server = Running::start(&folder.0, &[("VANTAGE_WEBHOOK_ORIGINS", &hostile.origin())]).await;
    let owner = Client::sign_in(&server).await;
    let at_work = AtWork::begin(&owner, &hostile.url("")).await;
    let began = Instant::now();
    let tagging = Tagging::start(&owner.with_key().await, WRITERS, PATIENTS_EACH, events, AHEAD).await;
    let passing = Passing::start(&server);
    let (mut dice, mut kills, mut hung) = (Dice::new(many), [0; 3], 0);
    for kill in 0..many {
        let next = (events * kill + dice.roll(events)) / (many + 1);
        // or while somebody hangs, as nothing else happens there then
        let what = format!("events before kill {kill}");
        let told = until_told(&hostile, &tagging, next, Some(hung), &what).await;
        eprintln!("automation_kills: kill {kill} after {told} events, {:?}", began.elapsed());
        passing.kill(&server).await;
        // so that somebody is writing just then
        tagging.told(told + AHEAD);
        let which = kill_something(&mut server, &mut dice).await;
        // what was taken between that moment and the death is nobody's either
        passing.kill(&server).await;
        kills[which] += 1;
        if which == 0 {
            hung = hostile.figures().hung;
        }
        assert!(!server.ended(), "the server ended with its PostgreSQL (kill {kill})");
    }
    // from here on nothing ends these calls but their time-out
    hostile.hang_next(&[EVENTS, CALLS]);
    until_told(&hostile, &tagging, events, None, "all events after the last kill").await;
    let made = tagging.made();
    let ledger = tagging.finish().await;
    assert_eq!(ledger.wrong, Vec::<String>::new());
    let nothing_waits = async || (outstanding(&mut server.try_sql().await.ok()?).await? == 0).then_some(());
    eventually("nothing waits any more", PATIENCE, nothing_waits).await;
    passing.end().await;
    let (seconds, receiver) = (began.elapsed().as_secs(), hostile.figures());
    eprintln!(
        "automation_kills: {made} events in {seconds} s, kills of server, backend, PostgreSQL: {kills:?}; {} requests, {} \
         of them in doubt; {receiver:?}; {}",
        ledger.requests,
        ledger.unsettled,
        figures(&server, &at_work).await,
    );
    let faults = faults(&server, &at_work, &hostile, &ledger).await;
    assert!(faults.is_empty(), "{} faults: {:#?}", faults.len(), faults.iter().take(20).collect::<Vec<_>>());
    assert!(ledger.unsettled > 0 && receiver.again > 0, "no kill hit anything");
}

/// How many events are made, and how often something is killed meanwhile.
fn size() -> (usize, usize) {
    let asked = std::env::var_os("VANTAGE_FAULTS").and_then(|text| text.into_string().ok());
    let asked = asked.as_deref().and_then(|text| text.split_once('/'));
    asked.map_or(SIZE, |(events, kills)| (events.parse().expect("events"), kills.parse().expect("kills")))
}

/// Waits until the receiver has taken so many events, or has hung more often than that; answers how many it has taken.
async fn until_told(hostile: &Hostile, tagging: &Tagging, events: usize, hung: Option<usize>, what: &str) -> usize {
    eventually(what, PATIENCE, async || {
        let told = hostile.taken(EVENTS);
        tagging.told(told);
        let hangs = hung.is_some_and(|hung| hostile.figures().hung > hung);
        (told >= events || hangs).then_some(told)
    })
    .await
}

/// `kill -9` of the server, of a process of PostgreSQL that serves it, or of PostgreSQL as a whole; which it was.
async fn kill_something(server: &mut Running, dice: &mut Dice) -> usize {
    let which = [0, 0, 1, 2][dice.roll(4)];
    match which {
        0 => {
            server.kill();
            server.launch();
            server.ready().await;
        }
        1 => signal(backend(server).await, "KILL"),
        _ => signal(eventually("a postmaster", PATIENCE, async || server.postmaster()).await, "KILL"),
    }
    which
}

/// Any process of PostgreSQL that serves the server.
async fn backend(server: &Running) -> u32 {
    eventually("a backend", PATIENCE, async || {
        let any = "select pid from pg_stat_activity where application_name = 'vantage' order by random() limit 1";
        let pid: i32 = sqlx::query_scalar(any).fetch_optional(&mut server.try_sql().await.ok()?).await.ok()??;
        u32::try_from(pid).ok()
    })
    .await
}
