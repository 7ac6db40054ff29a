//! What a printed record is made of, in the words of its template (`record.typ`): everything is text already.

use platform::shared::Colour;
use serde::Serialize;

/// One line of a value.
#[derive(Serialize)]
pub struct Line {
    pub text: String,
    /// A number or an address of the net: runs from the left whatever surrounds it.
    pub ltr: bool,
    /// What is said about it, small.
    pub notes: Vec<String>,
}

impl Line {
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ltr: false, notes: Vec::new() }
    }

    pub fn ltr(text: impl Into<String>) -> Self {
        Self { ltr: true, ..Self::plain(text) }
    }

    pub fn noted(self, notes: impl IntoIterator<Item = String>) -> Self {
        Self { notes: notes.into_iter().collect(), ..self }
    }
}

/// A value under its label.
#[derive(Serialize)]
pub struct Pair {
    pub label: String,
    pub lines: Vec<Line>,
    /// Takes the whole width.
    pub wide: bool,
}

impl Pair {
    pub fn new(label: impl Into<String>, lines: impl IntoIterator<Item = Line>) -> Self {
        Self { label: label.into(), lines: lines.into_iter().collect(), wide: false }
    }

    pub fn wide(self) -> Self {
        Self { wide: true, ..self }
    }
}

/// A part of the record under a heading.
#[derive(Default, Serialize)]
pub struct Section {
    pub title: String,
    pub note: Option<String>,
    /// Said where there is nothing.
    pub empty: Option<String>,
    pub pairs: Vec<Pair>,
    pub texts: Vec<Text>,
    pub cards: Vec<Card>,
    pub days: Vec<Day>,
}

/// Free text.
#[derive(Serialize)]
pub struct Text {
    pub label: String,
    pub text: String,
}

/// A policy.
#[derive(Serialize)]
pub struct Card {
    /// Its place in the order.
    pub place: String,
    pub name: String,
    pub note: Option<String>,
    pub state: String,
    pub tone: Tone,
    pub pairs: Vec<Pair>,
}

/// How good a state is.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    Good,
    Bad,
    Waiting,
    Quiet,
}

/// What happened on a day.
#[derive(Serialize)]
pub struct Day {
    pub title: String,
    pub entries: Vec<Entry>,
}

/// Something that happened.
#[derive(Serialize)]
pub struct Entry {
    pub time: String,
    pub who: String,
    pub what: String,
    pub note: Option<String>,
    pub changes: Vec<Became>,
    /// Too long to be kept on one page.
    pub long: bool,
}

/// A field before and after.
#[derive(Serialize)]
pub struct Became {
    pub field: String,
    pub before: String,
    pub after: String,
}

/// What everybody who meets the patient must know.
#[derive(Serialize)]
pub struct Alerts {
    pub title: String,
    pub none: String,
    pub severe: String,
    pub items: Vec<Warning>,
}

/// One of them.
#[derive(Serialize)]
pub struct Warning {
    pub kind: String,
    pub text: String,
    pub severe: bool,
}

/// A tag.
#[derive(Serialize)]
pub struct Tag {
    pub name: String,
    pub colour: Colour,
}

/// The practice, as it stands above a letter.
#[derive(Serialize)]
pub struct Letterhead {
    pub name: String,
    pub lines: Vec<Vec<Line>>,
    /// Whether there is a picture `/logo.png`.
    pub logo: bool,
}

/// Whose record it is.
#[derive(Serialize)]
pub struct Head {
    pub name: String,
    /// The name in the other script.
    pub other: Option<String>,
    /// `Patient 1024`.
    pub number: String,
    /// That the record is deleted or merged.
    pub notice: Option<String>,
    pub facts: Vec<Pair>,
    pub tags: Vec<Tag>,
}
