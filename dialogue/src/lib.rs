//! Conversations as data: what a call is about, what may be said and done in it, and how it goes on. Nothing about clinics,
//! sound or networks.

mod schema;

pub use schema::{Choice, Field, Kind, Label, Problem, Schema, Values};
