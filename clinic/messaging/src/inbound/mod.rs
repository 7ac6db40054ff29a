//! What comes in: what providers tell of messages, what patients answer, and who wants no more. Proved over the bytes as
//! they came, kept sealed, once, and answered; a job makes something of it.

mod apply;
mod incoming;
mod keep;
mod sandbox;
mod sendgrid_hook;
mod twilio_hook;
pub mod unsubscribe;
mod words;

use platform::routes::Routes;

pub use keep::{JOB, SWEEP};

/// The routes of what comes in.
pub fn routes() -> Routes {
    twilio_hook::routes().merge(sendgrid_hook::routes()).merge(unsubscribe::routes()).merge(sandbox::routes())
}
