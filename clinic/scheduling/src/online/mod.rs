//! Booking online: a practice's page, on which everybody may book by themselves.
//!
//! Nobody is signed in there, so everything goes through [`page::Page`]: a caller of its own, for whom the database opens
//! a practice only while it has switched booking on. What is answered is made of types of this folder alone, never of
//! what staff sees. Whether somebody is a patient of the practice, no answer says.

mod book;
mod embedding;
mod hold;
mod letter;
mod page;
mod rules;
#[cfg(test)]
mod tests;
mod times;

use platform::routes::Routes;

pub use embedding::origins;

/// The routes of booking online.
pub fn routes() -> Routes {
    rules::routes().merge(page::routes()).merge(times::routes()).merge(hold::routes()).merge(book::routes())
}
