//! What every area stands on, and nothing about clinics: the database's doors, identity of a request, the record of a
//! change, events and jobs, limits, keys, and the shape of the API.

pub mod error;
pub mod id;
pub mod clock;
pub mod money;
pub mod phi;
pub mod config;
pub mod app;
pub mod db;
pub mod postgres;
pub mod crypto;
pub mod permission;
pub mod token;
pub mod guard;
pub mod routes;
pub mod extract;
pub mod idempotency;
pub mod page;
pub mod filter;
pub mod validate;
pub mod record;
pub mod outbox;
pub mod jobs;
pub mod live;
pub mod worker;
pub mod limit;
pub mod http;
pub mod health;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;

pub use app::App;
pub use error::{Error, Result};

/// For [`route!`], which areas use without naming the crate.
#[doc(hidden)]
pub use utoipa_axum as __utoipa_axum;
