//! Our own runtime of calls: one task for each, which has everything that it needs when it begins and asks no database until
//! it is over.

mod audible;
pub mod begin;
mod desk;
pub mod dial;
mod end;
pub mod journal;
mod listen;
mod meter;
mod mind;
mod parts;
mod sandbox;
mod session;
mod summary;
mod talk;
mod telephone;
mod wire;

use platform::routes::Routes;

/// The routes of calls in a browser and by telephone, and of watching calls.
pub fn routes() -> Routes {
    talk::routes().merge(listen::routes()).merge(telephone::routes())
}
