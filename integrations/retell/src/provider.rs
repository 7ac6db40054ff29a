//! What a provider of calls can do, in the words that Retell has for it.

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use jiff::Timestamp;
use platform::phi::Phi;
use platform::undisclosed;

use crate::call::Call;
use crate::failure::Failure;

/// The key of a call's metadata under which our own id stands; nothing else of ours does.
pub const OUR_ID: &str = "vantage_call";

/// Calls of a page at most, as Retell has it.
pub const LONGEST_PAGE: u16 = 1000;

/// What comes of a request.
pub type Found<'a, T> = BoxFuture<'a, Result<T, Failure>>;

/// Somebody who keeps agents and makes calls: Retell, or what stands in for it.
pub trait Provider: Send + Sync {
    /// Who can answer calls, the newest version of each. Asking proves the key.
    fn agents(&self) -> Found<'_, Vec<Agent>>;
    /// Dials, once. Only what is refused or for later may be dialled again: see [`Failure`].
    fn dial<'a>(&'a self, new: &'a NewPhoneCall) -> Found<'a, Call>;
    /// Begins a call for a browser, once.
    fn open_web<'a>(&'a self, new: &'a NewWebCall) -> Found<'a, WebCall>;
    /// A call, with what was said.
    fn get<'a>(&'a self, id: &'a str) -> Found<'a, Call>;
    /// A page of calls, without what was said, the oldest first.
    fn list<'a>(&'a self, wanted: &'a CallQuery) -> Found<'a, CallPage>;
    /// Ends a call. One that is over is no failure.
    fn stop<'a>(&'a self, id: &'a str) -> Found<'a, ()>;
}

/// What the agent knows of a call, by name: texts that its prompt fills in. They may hold what must not be printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Variables(pub BTreeMap<String, String>);

undisclosed!(Variables);

/// Who answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// What it is named by.
    pub id: String,
    /// What it is called.
    pub name: Option<String>,
    /// Its newest version.
    pub version: i64,
    /// Whether that version is published.
    pub published: bool,
    /// The languages that it speaks, such as `en-US`; `multi` for several.
    pub language: Option<String>,
}

/// A call to be made to a telephone.
#[derive(Clone, Debug)]
pub struct NewPhoneCall {
    /// The number that is shown, E.164: one that the account has.
    pub from: String,
    /// The number that is dialled, E.164. From a number of Retell's own only numbers of the United States are.
    pub to: Phi<String>,
    /// Who speaks; the number's own agent otherwise.
    pub agent: Option<String>,
    /// What the agent knows.
    pub variables: Variables,
    /// Our id of it.
    pub our_id: String,
}

/// A call to be made from a browser.
#[derive(Clone, Debug)]
pub struct NewWebCall {
    /// Who answers.
    pub agent: String,
    /// What the agent knows.
    pub variables: Variables,
    /// Our id of it.
    pub our_id: String,
}

/// A call that waits for a browser.
#[derive(Clone, Debug)]
pub struct WebCall {
    /// The call.
    pub call: Call,
    /// With what the browser comes in; good for a short while.
    pub access_token: Phi<String>,
}

/// Which calls.
#[derive(Clone, Debug, Default)]
pub struct CallQuery {
    /// That began then or later.
    pub since: Option<Timestamp>,
    /// That carry this id of ours.
    pub our_id: Option<String>,
    /// Behind the page that named this.
    pub after: Option<String>,
    /// How many at most; [`LONGEST_PAGE`] is the most.
    pub limit: u16,
}

/// A page of calls.
#[derive(Clone, Debug)]
pub struct CallPage {
    /// Those that could be read.
    pub calls: Vec<Call>,
    /// What names the next page, where there is one.
    pub next: Option<String>,
}
