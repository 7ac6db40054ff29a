//! Numbers as JavaScript reads and writes them.

/// `Number::toString` of ECMA-262, section 6.1.6.1.20.
pub(crate) fn write(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    let sign = if number < 0.0 { "-" } else { "" };
    if number.is_infinite() {
        return format!("{sign}Infinity");
    }
    // the shortest digits that read back as the same number, which is what ECMA-262 asks for too
    let scientific = format!("{:e}", number.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = mantissa.replace('.', "");
    let point = exponent.parse::<i32>().unwrap_or(0) + 1;
    format!("{sign}{}", place(&digits, point))
}

/// Digits with the decimal point after the first `point` of them.
fn place(digits: &str, point: i32) -> String {
    // digits of an f64 are at most 17
    let count = i32::try_from(digits.len()).unwrap_or(17);
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    match usize::try_from(point) {
        Ok(_) if (count..=21).contains(&point) => format!("{digits}{}", zeros(point - count)),
        Ok(at) if (1..=21).contains(&point) => format!("{}.{}", &digits[..at], &digits[at..]),
        _ if (-5..=0).contains(&point) => format!("0.{}{digits}", zeros(-point)),
        _ => {
            let (first, rest) = digits.split_at(1);
            let dot = if rest.is_empty() { "" } else { "." };
            let sign = if point > 0 { "+" } else { "-" };
            format!("{first}{dot}{rest}e{sign}{}", (point - 1).abs())
        }
    }
}

/// `StringToNumber` of ECMA-262, section 7.1.4.1.1: the whole text, where an empty one is zero.
pub(crate) fn read(text: &str) -> f64 {
    let text = text.trim_matches(is_space);
    if text.is_empty() {
        return 0.0;
    }
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return whole(digits, radix);
        }
    }
    if decimal(text) == text.len() { parse(text) } else { f64::NAN }
}

/// `parseFloat` of ECMA-262, section 19.2.4: as much of the beginning as is a number.
pub(crate) fn read_start(text: &str) -> f64 {
    let text = text.trim_start_matches(is_space);
    match decimal(text) {
        0 => f64::NAN,
        length => parse(&text[..length]),
    }
}

/// White space and ends of lines of ECMA-262.
fn is_space(c: char) -> bool {
    (c.is_whitespace() && c != '\u{85}') || c == '\u{feff}'
}

fn whole(digits: &str, radix: u32) -> f64 {
    if digits.is_empty() {
        return f64::NAN;
    }
    digits.chars().fold(0.0, |sum, c| match c.to_digit(radix) {
        Some(digit) => sum * f64::from(radix) + f64::from(digit),
        None => f64::NAN,
    })
}

/// Text that [`decimal`] has measured.
fn parse(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

/// The length of the longest `StrDecimalLiteral` at the beginning. Rust also reads `inf` and `nan`, which are none.
fn decimal(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    if text[sign..].starts_with("Infinity") {
        return sign + "Infinity".len();
    }
    let before = digits(sign);
    let mut end = sign + before;
    let mut after = 0;
    if bytes.get(end) == Some(&b'.') {
        after = digits(end + 1);
        if before + after > 0 {
            end += 1 + after;
        }
    }
    if before + after == 0 {
        return 0;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits((end + 1 + sign).min(bytes.len()));
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a browser's console answers.
    #[test]
    fn numbers_are_written_as_javascript_writes_them() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-12.5, "-12.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (0.000_001, "0.000001"),
            (0.000_000_1, "1e-7"),
            (1.5e-9, "1.5e-9"),
            (123_456_789_012_345_680_000.0, "123456789012345680000"),
            (1e21, "1e+21"),
            (1.25e30, "1.25e+30"),
            (f64::MAX, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(write(number), text);
        }
    }

    #[test]
    fn texts_are_read_as_javascript_reads_them() {
        for (text, all, start) in [
            ("", Some(0.0), None),
            (" \n\u{feff}", Some(0.0), None),
            (" 12 ", Some(12.0), Some(12.0)),
            ("12px", None, Some(12.0)),
            ("3.5.1", None, Some(3.5)),
            ("5.", Some(5.0), Some(5.0)),
            (".5", Some(0.5), Some(0.5)),
            (".", None, None),
            ("-", None, None),
            ("+4e2", Some(400.0), Some(400.0)),
            ("1e", None, Some(1.0)),
            ("1e+", None, Some(1.0)),
            ("0x1F", Some(31.0), Some(0.0)),
            ("0x", None, Some(0.0)),
            ("0b102", None, Some(0.0)),
            ("inf", None, None),
            ("nan", None, None),
            ("-Infinity", Some(f64::NEG_INFINITY), Some(f64::NEG_INFINITY)),
            ("Infinityx", None, Some(f64::INFINITY)),
            ("٣", None, None),
        ] {
            let same = |got: f64, want: Option<f64>| want.map_or(got.is_nan(), |want| got.total_cmp(&want).is_eq());
            assert!(same(read(text), all), "{text:?} is read as {}", read(text));
            assert!(same(read_start(text), start), "{text:?} starts with {}", read_start(text));
        }
    }
}
