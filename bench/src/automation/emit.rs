//! Where events come from: transactions of this program, or requests to the server.

use std::ops::RangeInclusive;
use std::time::Duration;

use platform::App;
use platform::db::TenantTx;
use platform::id::PatientId;
use platform::record::Change;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};
use uuid::Uuid;

use super::flows::ask;
use crate::Result;
use crate::place::Place;
use crate::seed::{Person, patient};
use crate::server::{Server, told};
use crate::wire::Connection;

/// Events of one transaction where many are wanted: as many patients as can be tagged at once.
const TOGETHER: usize = 200;
/// Writers at the same time.
const WRITERS: usize = 2;
/// Patients of every practice but the first, which has the next number of them.
const PATIENTS: usize = 754;
const PATIENTS_OF_ONE: usize = 20_000;

/// In which practices things happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// In sixteen.
    Spread,
    /// All in the large one.
    Hot,
}

impl Shape {
    /// Their numbers.
    pub fn practices(self) -> RangeInclusive<u32> {
        match self {
            Self::Spread => 2..=17,
            Self::Hot => 1..=1,
        }
    }
}

/// Makes things happen.
pub struct Emitter {
    app: App,
    places: Vec<Place>,
    people: Vec<Person>,
    /// Patients that were tagged so far: each is once.
    turn: usize,
    /// The tag of each practice, once made.
    tags: Vec<(u32, Value)>,
}

impl Emitter {
    /// In these places, by a process that says where it has written, as servers without workers do.
    pub fn new(app: App, places: Vec<Place>) -> Self {
        tokio::spawn(platform::outbox::tell_others(app.clone()));
        Self { app, places, people: Vec::new(), turn: 0, tags: Vec::new() }
    }

    /// Access tokens serve ten minutes.
    pub fn sign_in(&mut self, people: Vec<Person>) {
        self.people = people;
    }

    /// What signs a request in that practice.
    pub fn cookie(&self, practice: u32) -> Result<&str> {
        let person = self.people.iter().find(|person| person.practice == practice);
        Ok(&person.ok_or("nobody is signed in there")?.cookie)
    }

    fn place(&self, practice: u32) -> Place {
        self.places[practice as usize - 1]
    }

    /// So many events as fast as writers go, in transactions of many, all in requests of that id.
    pub async fn pour(&self, shape: Shape, request: Uuid, many: usize) -> Result<()> {
        let practices: Vec<u32> = shape.practices().collect();
        let patients = if shape == Shape::Hot { PATIENTS_OF_ONE } else { PATIENTS };
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let turns: Vec<(Place, u32, usize)> = (0..many / TOGETHER)
                .skip(writer)
                .step_by(WRITERS)
                .map(|turn| {
                    let practice = practices[turn % practices.len()];
                    (self.place(practice), practice, turn / practices.len() * TOGETHER % (patients - TOGETHER + 1))
                })
                .collect();
            writers.spawn(write(self.app.clone(), request, turns));
        }
        while let Some(done) = writers.join_next().await {
            done?.map_err(told)?;
        }
        Ok(())
    }

    /// So many events, one every so often, each in a transaction of this program.
    pub async fn drip(&mut self, request: Uuid, every: Duration, many: usize) -> Result<()> {
        let mut ticks = ticks(every);
        for _ in 0..many {
            ticks.tick().await;
            let (practice, patient) = self.next();
            let place = self.place(practice);
            let work = async move |tx: &mut TenantTx| tx.record_all(&changes([patient], 0)).await;
            self.app.door.write(&place.caller(request), work).await.map_err(told)?;
        }
        Ok(())
    }

    /// So many events, one every so often, each of a request to the server: a tag is put on a patient.
    pub async fn ask(&mut self, server: &Server, every: Duration, many: usize) -> Result<()> {
        let mut connection = Connection::open(server.address).await?;
        self.make_tags(&mut connection).await?;
        let mut ticks = ticks(every);
        for _ in 0..many {
            ticks.tick().await;
            let (practice, patient) = self.next();
            let tag = self.tags.iter().find(|(of, _)| *of == practice).map(|(_, tag)| tag);
            let body = json!({ "ids": [patient], "add": [tag.ok_or("a practice without its tag")?] });
            let tagged = ask(&mut connection, "/api/v1/patients/tag", self.cookie(practice)?, &body).await?;
            if tagged["changed"] != 1 {
                return Err("a patient who had the tag before".into());
            }
        }
        Ok(())
    }

    async fn make_tags(&mut self, connection: &mut Connection) -> Result<()> {
        if !self.tags.is_empty() {
            return Ok(());
        }
        for practice in Shape::Spread.practices() {
            let body = json!({ "name": "Measured", "colour": "teal" });
            let tag = ask(connection, "/api/v1/tags", self.cookie(practice)?, &body).await?;
            self.tags.push((practice, tag["id"].clone()));
        }
        Ok(())
    }

    /// A patient to whom nothing has happened yet.
    fn next(&mut self) -> (u32, Uuid) {
        let practices: Vec<u32> = Shape::Spread.practices().collect();
        let (practice, number) = (practices[self.turn % practices.len()], self.turn / practices.len() % PATIENTS + 1);
        self.turn += 1;
        (practice, patient(practice, number as u32))
    }
}

fn ticks(every: Duration) -> tokio::time::Interval {
    let mut ticks = tokio::time::interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

async fn write(app: App, request: Uuid, turns: Vec<(Place, u32, usize)>) -> platform::Result<()> {
    for (place, practice, from) in turns {
        let patients = (from..from + TOGETHER).map(move |number| patient(practice, number as u32 + 1));
        let changes = changes(patients, from);
        app.door.write(&place.caller(request), async move |tx| tx.record_all(&changes).await).await?;
    }
    Ok(())
}

/// As a field of a record leaves them that was changed, with what was there before and after.
fn changes(patients: impl IntoIterator<Item = Uuid>, turn: usize) -> Vec<Change> {
    let change = |id| {
        let (before, after) = (json!({ "leadSource": turn }), json!({ "leadSource": turn + 1 }));
        Change::updated("patient", id, &before, &after).for_patient(PatientId(id)).event("patient.changed", 2)
    };
    patients.into_iter().map(change).collect()
}
