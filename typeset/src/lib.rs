//! Documents: a template and its data become a PDF that looks the same wherever it is opened, and that can be kept (PDF/A-2a:
//! fonts inside, tagged for screen readers, with title and language).
//!
//! A template is Typst code of ours; it imports `/house.typ`, which has the look of the product. What people have entered
//! comes as JSON and stays a value: it is never put together with code, so nothing in it can be markup. A template sees its
//! data and its pictures, and nothing else: no files, no network, no packages, no clock.

mod press;
#[cfg(test)]
mod tests;
mod world;

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::Semaphore;

/// What is to be printed.
#[derive(Clone)]
pub struct Sheet {
    /// The template, in Typst.
    pub template: &'static str,
    /// What `data` of `/house.typ` holds.
    pub data: Value,
    /// Pictures by the path under which the template shows them, such as `/logo.png`; PNG or JPEG.
    pub pictures: Vec<(&'static str, Vec<u8>)>,
    /// The language, ISO 639; the direction of writing follows from it.
    pub language: &'static str,
    /// The title, as viewers and printers show it: name nobody in it.
    pub title: String,
    /// When it is made. The same sheet at the same instant gives the same bytes.
    pub at: Timestamp,
}

/// Why there is no document.
pub enum Fault {
    /// The data has more than [`LARGEST`] bytes.
    TooLarge,
    /// Too many documents are being made; try again.
    Busy,
    /// The template does not fit its data: a mistake of ours. Only the place is shown, as the message may repeat a value.
    Template {
        /// File and line.
        place: String,
        /// What the typesetter says; not for logs.
        message: String,
    },
    /// The typesetter fell over.
    Broken,
}

/// Bytes of data, written as JSON: some five hundred pages of text.
pub const LARGEST: usize = 2 * 1024 * 1024;

/// Documents that are made at once; each takes a core and up to some hundred megabytes.
const AT_ONCE: usize = 2;
/// For how long one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

/// Makes the PDF, on a thread of its own, when it is its turn.
///
/// A document that is no longer wanted is still made to its end, as typesetting cannot be stopped; it keeps its turn until
/// then, so that there are never more than a few.
///
/// # Errors
/// [`Fault`].
pub async fn pdf(sheet: Sheet) -> Result<Vec<u8>, Fault> {
    let turn = tokio::time::timeout(PATIENCE, TURNS.acquire()).await;
    let Ok(Ok(turn)) = turn else { return Err(Fault::Busy) };
    let made = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        press::print(sheet)
    });
    made.await.map_err(|_| Fault::Broken)?
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLarge => f.write_str("the data is too large for a document"),
            Self::Busy => f.write_str("too many documents at once"),
            Self::Template { place, .. } => write!(f, "the template fails at {place}"),
            Self::Broken => f.write_str("the typesetter failed"),
        }
    }
}

impl std::fmt::Debug for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Fault {}

impl std::fmt::Debug for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("«redacted»")
    }
}
