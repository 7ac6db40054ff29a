//! Pages of what has happened, newest first, where a function of the database lists it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use platform::error::{Error, FieldError, Result};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where a page begins and how long it is.
#[derive(Debug)]
pub struct NewestFirst {
    before: Option<Place>,
    limit: u32,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Place {
    at: Timestamp,
    id: Uuid,
}

/// A page, and where the next one begins.
#[derive(Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}

impl NewestFirst {
    /// Reads the cursor of a request.
    ///
    /// # Errors
    /// 422 for one that was not made here.
    pub fn parse(cursor: Option<&str>, limit: u32) -> Result<Self> {
        let place = |text: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok();
        let before = match cursor {
            None => None,
            Some(text) => Some(place(text).ok_or_else(|| {
                Error::invalid(vec![FieldError::new("?cursor", "invalid", "Use the nextCursor of the page before.")])
            })?),
        };
        Ok(Self { before, limit })
    }

    /// Instant of the last row of the page before.
    pub fn before_at(&self) -> Option<jiff_sqlx::Timestamp> {
        self.before.map(|place| place.at.into())
    }

    /// Its id.
    pub fn before_id(&self) -> Option<Uuid> {
        self.before.map(|place| place.id)
    }

    /// Rows to ask for: one more than the page has, to know whether there is a next one.
    pub fn rows(&self) -> i32 {
        i32::try_from(self.limit).unwrap_or(i32::MAX - 1) + 1
    }

    /// Cuts the rows to the page.
    ///
    /// # Errors
    /// Never in practice.
    pub fn cut<T>(&self, mut items: Vec<T>, place: impl FnOnce(&T) -> (Timestamp, Uuid)) -> Result<Page<T>> {
        if items.len() <= self.limit as usize {
            return Ok(Page { items, next_cursor: None });
        }
        items.truncate(self.limit as usize);
        let Some((at, id)) = items.last().map(place) else { return Ok(Page { items, next_cursor: None }) };
        let bytes = serde_json::to_vec(&Place { at, id }).map_err(Error::internal)?;
        Ok(Page { items, next_cursor: Some(URL_SAFE_NO_PAD.encode(bytes)) })
    }
}
