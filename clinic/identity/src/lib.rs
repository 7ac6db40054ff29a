//! Who may come in: clinics that sign up, people who sign in, their sessions.

mod authenticator;
mod external;
pub mod password;
mod person;
mod reset;
mod session;
mod signup;

use platform::routes::Routes;

pub use authenticator::{Authenticator, new_seed};
pub use external::External;
pub use signup::{SignUp, sign_up};

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    signup::routes().merge(session::routes()).merge(reset::routes()).merge(external::routes())
}
