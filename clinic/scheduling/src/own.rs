//! Whose schedule it is: some change only their own.

use platform::Result;
use platform::error::Error;
use platform::guard::Can;
use platform::id::UserId;
use platform::permission::{Permission, appointments as may};

use crate::appointment::{self, AppointmentId};

/// An appointment that one is a provider of needs `appointments.write_own`, which the operation states; everybody
/// else's needs `appointments.write` as well.
///
/// # Errors
/// 403, which is written to the ledger.
pub fn check(
    who: &Can<may::WriteOwn>,
    providers: &[UserId],
    operation: &'static str,
) -> impl Future<Output = Result<()>> + Send + use<> {
    let own = who.caller().actor.user().is_some_and(|user| providers.contains(&user));
    demand::<may::Write, _>(who, own || who.may(may::Write::NAME), operation)
}

/// The same for an appointment that there is.
///
/// # Errors
/// 404, and as [`check`].
pub fn check_of(
    who: &Can<may::WriteOwn>,
    id: AppointmentId,
    operation: &'static str,
) -> impl Future<Output = Result<()>> + Send + use<> {
    let (all, user) = (who.may(may::Write::NAME), who.caller().actor.user());
    let (app, caller) = (who.app().clone(), who.caller().clone());
    let refuse = demand::<may::Write, _>(who, false, operation);
    async move {
        if all {
            return Ok(());
        }
        let providers =
            app.door.read(&caller, async move |tx| Ok(appointment::find(tx, id).await?.provider_ids)).await?;
        if user.is_some_and(|user| providers.contains(&user)) { Ok(()) } else { refuse.await }
    }
}

/// What is a provider's own needs `appointments.write_own`, which the operation states; everybody else's needs
/// `appointments.configure` as well.
///
/// # Errors
/// 404 for somebody who sees no patients; 403, which is written to the ledger.
pub fn check_self(
    who: &Can<may::WriteOwn>,
    provider: UserId,
    operation: &'static str,
) -> impl Future<Output = Result<()>> + Send + use<> {
    let all = who.may(may::Configure::NAME) || who.caller().actor.user() == Some(provider);
    let (app, caller) = (who.app().clone(), who.caller().clone());
    let refuse = demand::<may::Configure, _>(who, all, operation);
    async move {
        let known = app.door.read(&caller, async move |tx| practice::providers(tx).await).await?;
        if known.iter().any(|one| one.id == provider) { refuse.await } else { Err(Error::not_found()) }
    }
}

/// That the caller may book over another appointment, or outside of working hours, where that is asked for.
///
/// # Errors
/// 403, which is written to the ledger.
pub fn check_over(
    who: &Can<may::WriteOwn>,
    over: Option<&String>,
    operation: &'static str,
) -> impl Future<Output = Result<()>> + Send + use<> {
    demand::<may::Overbook, _>(who, over.is_none() || who.may(may::Overbook::NAME), operation)
}

/// That something is allowed which needs a permission besides the one that the operation states.
///
/// # Errors
/// 403, which is written to the ledger.
pub fn demand<P: Permission, S>(
    who: &Can<S>,
    allowed: bool,
    operation: &'static str,
) -> impl Future<Output = Result<()>> + Send + use<P, S> {
    let (app, caller, operation) = (who.app().clone(), who.caller().clone(), operation.to_owned());
    async move {
        if allowed {
            return Ok(());
        }
        app.door.write_regardless(&caller, async move |tx| tx.record_denied(P::NAME, &operation).await).await?;
        Err(Error::forbidden())
    }
}
