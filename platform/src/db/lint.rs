//! The catalog lint: every way that a table, view, function or grant could break the isolation of practices.
//! It runs at the end of every migration, at every start, and in the tests, which plant each mistake.

use std::fmt;

use sqlx::PgConnection;

use crate::error::Result;

/// A broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Which rule.
    pub rule: String,
    /// Where.
    pub object: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.object, self.rule)
    }
}

/// Looks for broken rules. Any role may run it.
///
/// # Errors
/// 503 when the database is away.
pub async fn run(conn: &mut PgConnection) -> Result<Vec<Mistake>> {
    Ok(sqlx::query_file_as!(Mistake, "src/db/lint.sql").fetch_all(conn).await?)
}
