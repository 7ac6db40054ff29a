//! Rules for values that many areas take: garde custom checks, each with its stable code.

use garde::Error;

type Check = Result<(), Error>;

fn fault(text: &str) -> Check {
    Err(Error::new(text))
}

/// The address of a practice: a DNS label (RFC 1035 §2.3.1) of 3 to 40 characters, lower-case, not one of ours.
///
/// # Errors
/// `invalid_slug`.
pub fn slug(value: &str, (): &()) -> Check {
    let bytes = value.as_bytes();
    let well_formed = (3..=40).contains(&bytes.len())
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
        && bytes[0].is_ascii_lowercase()
        && bytes[bytes.len() - 1] != b'-'
        && !value.contains("--");
    if !well_formed {
        return fault(
            "invalid_slug: Use 3 to 40 lower-case letters, digits and single hyphens, beginning with a letter.",
        );
    }
    if RESERVED.contains(&value) {
        return fault("taken: This address is kept for the product itself.");
    }
    Ok(())
}

const RESERVED: [&str; 14] = [
    "admin", "api", "app", "assets", "auth", "demo", "docs", "hooks", "login", "mail", "platform", "status", "support",
    "www",
];

/// An IANA time zone, such as `Asia/Riyadh`.
///
/// # Errors
/// `invalid_time_zone`.
pub fn time_zone(value: &str, (): &()) -> Check {
    // what the library would also take (POSIX strings, "Local") is not a name that others understand
    let named = value == "UTC" || value.contains('/');
    if named && jiff::tz::TimeZone::get(value).is_ok() {
        return Ok(());
    }
    fault("invalid_time_zone: Use an IANA name such as Asia/Riyadh.")
}

/// An ISO 4217 currency code, such as `SAR`.
///
/// # Errors
/// `invalid_currency`.
pub fn currency(value: &str, (): &()) -> Check {
    match value.parse::<crate::money::Currency>() {
        Ok(_) => Ok(()),
        Err(()) => fault("invalid_currency: Use an ISO 4217 code such as SAR."),
    }
}

/// An ISO 3166-1 alpha-2 country code, such as `SA`.
///
/// # Errors
/// `invalid_country`.
pub fn country(value: &str, (): &()) -> Check {
    match value.parse::<phonenumber::country::Id>() {
        Ok(_) if value.len() == 2 => Ok(()),
        _ => fault("invalid_country: Use an ISO 3166 code of two letters such as SA."),
    }
}

/// An e-mail address as far as one can tell without sending: one @, a dot behind it, no spaces (the rest only the
/// mail server knows).
///
/// # Errors
/// `invalid_email`.
pub fn email(value: &str, (): &()) -> Check {
    let value = value.trim();
    let plausible = value.len() <= 254
        && !value.chars().any(|c| c.is_whitespace() || c.is_control())
        && value.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty()
                && local.len() <= 64
                && !host.contains('@')
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
        });
    if plausible { Ok(()) } else { fault("invalid_email: This is not an e-mail address.") }
}

/// Text that people read: no control characters, not only spaces.
///
/// # Errors
/// `invalid`.
pub fn line(value: &str, (): &()) -> Check {
    if value.trim().is_empty() {
        return fault("required: This must not be empty.");
    }
    if value.chars().any(char::is_control) {
        return fault("invalid: Line breaks and control characters are not allowed here.");
    }
    Ok(())
}

/// Text of several lines: no control characters besides line breaks and tabs, not only spaces.
///
/// # Errors
/// `invalid`.
pub fn text(value: &str, (): &()) -> Check {
    if value.trim().is_empty() {
        return fault("required: This must not be empty.");
    }
    if value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return fault("invalid: Control characters are not allowed here.");
    }
    Ok(())
}

/// A phone number in E.164, read with the practice's country as default: `050 123 4567` in SA is `+966501234567`.
///
/// # Errors
/// 422 `invalid_phone` at `pointer`.
pub fn phone(value: &str, country: &str, pointer: &str) -> crate::Result<String> {
    let fault = || {
        crate::Error::invalid(Vec::new()).at(
            pointer,
            "invalid_phone",
            "This is not a phone number of that country, nor an international one.",
        )
    };
    let country = country.parse().map_err(|_| fault())?;
    let number = phonenumber::parse(Some(country), value).map_err(|_| fault())?;
    if !phonenumber::is_valid(&number) {
        return Err(fault());
    }
    Ok(number.format().mode(phonenumber::Mode::E164).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        for good in ["alpha", "al-pha2", "abc"] {
            assert!(slug(good, &()).is_ok(), "{good}");
        }
        for bad in
            ["", "ab", "1abc", "Alpha", "a--b", "abc-", "-abc", "a b c", "a.b", "عيادة", "admin", &"a".repeat(41)]
        {
            assert!(slug(bad, &()).is_err(), "{bad}");
        }
    }

    #[test]
    fn zones_countries_currencies() {
        assert!(time_zone("Asia/Riyadh", &()).is_ok() && time_zone("UTC", &()).is_ok());
        for bad in ["", "Riyadh", "Asia/Atlantis", "EST5EDT4,M3.2.0,M11.1.0", "../etc/passwd"] {
            assert!(time_zone(bad, &()).is_err(), "{bad}");
        }
        assert!(country("SA", &()).is_ok() && country("XX", &()).is_err() && country("sau", &()).is_err());
        assert!(currency("KWD", &()).is_ok() && currency("sar", &()).is_err());
    }

    #[test]
    fn emails() {
        for good in ["a@b.co", "first.last+tag@clinic.example", " padded@clinic.example "] {
            assert!(email(good, &()).is_ok(), "{good}");
        }
        for bad in ["", "a", "a@b", "@b.co", "a@.co", "a b@c.de", "a@b@c.de", "a@b.co\n.x"] {
            assert!(email(bad, &()).is_err(), "{bad}");
        }
    }

    #[test]
    fn phones_take_the_country_as_default() {
        assert_eq!(phone("050 123 4567", "SA", "/phone").expect("valid"), "+966501234567");
        assert_eq!(phone("+44 20 7946 0018", "SA", "/phone").expect("valid"), "+442079460018");
        assert!(phone("123", "SA", "/phone").is_err());
        assert!(phone("rubbish", "SA", "/phone").is_err());
    }
}
