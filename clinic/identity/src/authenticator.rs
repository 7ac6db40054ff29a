//! Authenticator apps: RFC 6238 with six digits, SHA-1 and thirty seconds, which is what every app knows.
//!
//! A code serves once: whoever checks it keeps the step that it belongs to, and takes only newer ones. The step before
//! and the one behind are taken as well (RFC 6238 §5.2), for telephones whose clocks are off.

use jiff::Timestamp;
use platform::crypto::random_token;
use platform::error::{Error, Result};
use platform::phi::Phi;
use platform::qr;
use totp_rs::{Builder, Totp};

/// What apps show beside the code.
const ISSUER: &str = "Vantage";
/// RFC 4226 §4 recommends 160 bits.
const SEED_BYTES: usize = 20;

/// An app that shows codes, as this side of it sees it.
pub struct Authenticator(Totp);

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authenticator")
    }
}

/// A new seed, to be kept sealed.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn new_seed() -> Result<Vec<u8>> {
    Ok(random_token()?[..SEED_BYTES].to_vec())
}

impl Authenticator {
    /// The app of a seed, which shows the account under this name.
    ///
    /// # Errors
    /// When the seed is shorter than the standard allows.
    pub fn new(seed: Vec<u8>, account: &str) -> Result<Self> {
        // the colon parts issuer and account in the address (Key Uri Format)
        let account = account.replace(':', "");
        let account = if account.is_empty() { "account".to_owned() } else { account };
        let builder =
            Builder::new().with_secret(seed).with_skew(1).with_issuer(Some(ISSUER)).with_account_name(account);
        builder.build().map(Self).map_err(Error::internal)
    }

    /// The seed in base 32, to be typed where no picture can be taken.
    #[must_use]
    pub fn secret(&self) -> Phi<String> {
        Phi::new(self.0.secret().to_base32())
    }

    /// The same as an address that apps open.
    ///
    /// # Errors
    /// Never in practice.
    pub fn uri(&self) -> Result<Phi<String>> {
        self.0.to_url().map(Phi::new).map_err(Error::internal)
    }

    /// The same as a picture (SVG): dark on light in any theme, as cameras want it, with the margin that the standard
    /// asks for (ISO/IEC 18004 §9.1).
    ///
    /// # Errors
    /// Never in practice.
    pub fn qr_svg(&self) -> Result<Phi<String>> {
        qr::svg(self.uri()?.expose()).map(Phi::new)
    }

    /// The step that a code belongs to, if it is right now.
    #[must_use]
    pub fn step_of(&self, code: &str, now: Timestamp) -> Option<i64> {
        self.0.check(code, seconds(now)).and_then(|step| i64::try_from(step).ok())
    }

    /// The code that the app shows.
    #[must_use]
    pub fn code_at(&self, now: Timestamp) -> String {
        self.0.generate(seconds(now)).to_string()
    }
}

fn seconds(now: Timestamp) -> u64 {
    u64::try_from(now.as_second()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("an instant")
    }

    /// RFC 6238 appendix B, SHA-1: the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let app = Authenticator::new(b"12345678901234567890".to_vec(), "owner@alpha.example").expect("a seed");
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(app.code_at(at(second)), code);
            let step = second / 30;
            for (now, expected) in
                [(second, Some(step)), (second - 30, Some(step)), (second + 30, Some(step)), (second + 60, None)]
            {
                assert_eq!(app.step_of(code, at(now)), expected, "{code} at {now}");
            }
        }
    }

    #[test]
    fn apps_and_cameras_can_take_it() {
        let app = Authenticator::new(vec![7; 20], "owner@alpha.example").expect("a seed");
        let uri = app.uri().expect("an address");
        assert!(
            uri.expose()
                .starts_with("otpauth://totp/Vantage:owner%40alpha.example?secret=A4DQOBYHA4DQOBYHA4DQOBYHA4DQOBYH"),
        );
        assert!(uri.expose().contains("issuer=Vantage"));
        let picture = app.qr_svg().expect("a picture");
        assert!(picture.expose().starts_with("<svg") && !picture.expose().contains("style"));
    }
}
