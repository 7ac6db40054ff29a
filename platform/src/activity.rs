//! When a person last touched something: what an idle session is measured by.
//!
//! Requests that change something count, and `POST /api/v1/auth/activity`, by which the interface says that somebody
//! is there. Reading and refreshing do not: windows do both by themselves. Noted at most once a minute and behind the
//! answer, and never for a session that idled away before.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::app::App;
use crate::error::Result;
use crate::id::SessionId;

/// How exact the note is.
const EVERY: Duration = Duration::from_secs(50);
/// Sessions that a process remembers before it looks through them.
const MANY: usize = 10_000;

/// What this process has noted lately.
#[derive(Debug, Default)]
pub struct Activity(Mutex<HashMap<SessionId, Instant>>);

impl Activity {
    /// Whether it is time to note this session again.
    fn is_due(&self, session: SessionId) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if noted.get(&session).is_some_and(|at| now.duration_since(*at) < EVERY) {
            return false;
        }
        if noted.len() >= MANY {
            noted.retain(|_, at| now.duration_since(*at) < EVERY);
        }
        noted.insert(session, now);
        true
    }
}

/// Notes that the person of this session did something.
pub(crate) fn note(app: &App, session: SessionId) {
    if app.activity.is_due(session) {
        app.behind(write(app.clone(), session));
    }
}

async fn write(app: App, session: SessionId) -> Result<()> {
    let mut tx = app.db().auth().await?;
    sqlx::query!(
        "update auth.session s set active_at = now() from platform.practice p
          where s.id = $1 and p.practice_id = s.practice_id and s.ended_at is null
            and s.active_at < now() - interval '50 seconds'
            and (p.idle_minutes = 0 or s.active_at > now() - make_interval(mins => p.idle_minutes))",
        session.uuid(),
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_noted_once_a_minute() {
        let (activity, one, other) = (Activity::default(), SessionId::new(), SessionId::new());
        assert!(activity.is_due(one) && !activity.is_due(one) && activity.is_due(other));
        let earlier = Instant::now().checked_sub(EVERY).expect("the machine runs for longer");
        activity.0.lock().expect("not poisoned").insert(one, earlier);
        assert!(activity.is_due(one));
    }
}
