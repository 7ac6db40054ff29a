//! What every area stands on, and nothing about clinics: the database's doors, identity of a request, the record of a
//! change, events and jobs, limits, keys, and the shape of the API.

mod activity;
pub mod administrator;
pub mod api_key;
pub mod app;
pub mod archive;
pub mod break_glass;
pub mod calendar_feed;
pub mod change;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod db;
pub mod egress;
pub mod error;
pub mod extract;
pub mod filter;
pub mod guard;
pub mod health;
pub mod http;
pub mod id;
pub mod idempotency;
pub mod jobs;
pub mod jwt;
pub mod language;
pub mod limit;
pub mod live;
pub mod mail;
pub mod money;
pub mod outbox;
pub mod outcome;
pub mod page;
pub mod patient_link;
pub mod people;
pub mod permission;
pub mod phi;
pub mod postgres;
pub mod public_egress;
pub mod qr;
pub mod record;
pub mod retention;
pub mod routes;
pub mod shared;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
pub mod token;
pub mod validate;
pub mod worker;

pub use app::App;
pub use error::{Error, Result};

/// For [`route!`], which areas use without naming the crate.
#[doc(hidden)]
pub use utoipa_axum as __utoipa_axum;
