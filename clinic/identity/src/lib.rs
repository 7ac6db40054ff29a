//! Who may come in: clinics that sign up, people who sign in, their sessions.

mod access_review;
mod account;
mod api_keys;
mod authenticator;
mod device;
mod external;
mod invites;
pub mod password;
mod person;
mod reset;
mod roles;
mod second_factor;
mod security;
mod session;
mod signup;
mod staff;
mod sweep;
mod unversioned;

use platform::routes::Routes;

pub use authenticator::{Authenticator, new_seed};
pub use external::External;
pub use invites::{Accept, accept_invite};
pub use second_factor::reseal;
pub use signup::{SignUp, sign_up};
pub use sweep::schedules;

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    signup::routes()
        .merge(session::routes())
        .merge(reset::routes())
        .merge(external::routes())
        .merge(staff::routes())
        .merge(invites::routes())
        .merge(roles::routes())
        .merge(api_keys::routes())
        .merge(access_review::routes())
        .merge(account::routes())
        .merge(second_factor::routes())
        .merge(security::routes())
        .merge(unversioned::routes())
}
