//! Where this program writes by itself: practices, and whoever is signed in there.

use platform::db::{Actor, Caller, Origin};
use platform::id::{PracticeId, SessionId, UserId};
use platform::permission::Role;
use uuid::Uuid;

use crate::Result;
use crate::server::Server;

/// A practice, and whoever is signed in there.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The practice.
    pub practice: Uuid,
    person: Uuid,
    session: Uuid,
    /// The first of its services.
    pub service: Uuid,
}

impl Place {
    /// Who writes, in a request of that id.
    pub fn caller(self, request: Uuid) -> Caller {
        let actor =
            Actor::User { user: UserId(self.person), session: SessionId(self.session), role: Role::Owner, own: None };
        let origin = Origin { request_id: Some(request), ip: Some("127.0.0.1".to_owned()), ..Origin::default() };
        Caller { practice: PracticeId(self.practice), actor, origin }
    }
}

/// All of them, by their number, from 1.
pub async fn places(server: &Server) -> Result<Vec<Place>> {
    let sql = "select practice, person, session, service from bench.place where service_number = 1 order by number";
    let text = server.database.run(sql).await?;
    let place = |line: &str| {
        let mut ids = line.split('|').map(Uuid::parse_str);
        let mut next = || ids.next()?.ok();
        Some(Place { practice: next()?, person: next()?, session: next()?, service: next()? })
    };
    text.lines().map(place).collect::<Option<_>>().ok_or_else(|| "a place that cannot be read".into())
}
