//! Who may come in: clinics that sign up, people who sign in, their sessions.

mod account;
mod device;
mod external;
mod password;
mod person;
mod reset;
mod second_factor;
mod security;
mod session;
mod signup;

use platform::routes::Routes;

pub use external::External;
pub use second_factor::reseal;
pub use signup::{SignUp, sign_up};

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    signup::routes()
        .merge(session::routes())
        .merge(reset::routes())
        .merge(account::routes())
        .merge(second_factor::routes())
        .merge(security::routes())
        .merge(external::routes())
}
