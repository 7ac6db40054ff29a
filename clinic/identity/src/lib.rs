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
pub use invites::{
    Accept, Guest, InviteId, accept_invite, invite_by_platform, invite_owner_anew, resend_by_platform,
    throttle as throttle_invites,
};
pub use second_factor::reseal;
pub use signup::{SignUp, email_address, person_name, sign_up};
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
