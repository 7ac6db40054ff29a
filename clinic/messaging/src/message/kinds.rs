//! Kinds of files that go along with e-mails: what practices send, and nothing that runs. A file is what it says it is by
//! its declared type, by the ending of its name and by its first bytes, or it is not taken: whoever gets it goes by the
//! ending, whoever scans it by the type, and the program that opens it by the bytes.
//!
//! Types are IANA's. Where the bytes are from: PDF, ISO 32000-2 §7.5.2; PNG, ISO/IEC 15948 §5.2; JPEG, ITU-T T.81 Annex B;
//! GIF, the GIF89a specification §17; WebP, RFC 9649 §2.4; HEIC, ISO/IEC 14496-12 §4.3 and 23008-12 §10; DICOM, PS3.10 §7.1;
//! Office Open XML, ISO/IEC 29500-2 §7 in a ZIP archive; calendars, RFC 5545 §3.4.

use axum::http::StatusCode;
use platform::Result;
use platform::error::Error;
use platform::validate;

use super::sound::turns;

/// The longest name, in characters.
const LONGEST_NAME: usize = 120;

/// A kind of files.
struct Kind {
    media_type: &'static str,
    endings: &'static [&'static str],
    is: fn(&[u8]) -> bool,
}

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const EXCEL: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

const KINDS: [Kind; 12] = [
    Kind { media_type: "application/pdf", endings: &["pdf"], is: |bytes| bytes.starts_with(b"%PDF-") },
    Kind { media_type: "image/png", endings: &["png"], is: |bytes| bytes.starts_with(b"\x89PNG\r\n\x1a\n") },
    Kind { media_type: "image/jpeg", endings: &["jpg", "jpeg"], is: |bytes| bytes.starts_with(b"\xff\xd8\xff") },
    Kind {
        media_type: "image/gif",
        endings: &["gif"],
        is: |bytes| bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a"),
    },
    Kind {
        media_type: "image/webp",
        endings: &["webp"],
        is: |bytes| bytes.starts_with(b"RIFF") && has(bytes, 8, b"WEBP"),
    },
    Kind { media_type: "image/heic", endings: &["heic", "heif"], is: is_heic },
    Kind { media_type: "text/plain", endings: &["txt"], is: is_text },
    Kind { media_type: "text/csv", endings: &["csv"], is: is_text },
    Kind { media_type: "text/calendar", endings: &["ics"], is: is_calendar },
    Kind { media_type: "application/dicom", endings: &["dcm", "dicom"], is: |bytes| has(bytes, 128, b"DICM") },
    Kind { media_type: WORD, endings: &["docx"], is: |bytes| is_office(bytes, b"word/") },
    Kind { media_type: EXCEL, endings: &["xlsx"], is: |bytes| is_office(bytes, b"xl/") },
];

/// The media type, of those that can be sent.
///
/// # Errors
/// 415 `attachment.wrong_type`.
pub fn declared(told: &str) -> Result<&'static str> {
    let told = told.split(';').next().unwrap_or_default().trim().to_lowercase();
    KINDS.iter().find(|kind| kind.media_type == told).map(|kind| kind.media_type).ok_or_else(|| {
        Error::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "attachment.wrong_type",
            "Documents and pictures can be sent: PDF, PNG, JPEG, GIF, WebP, HEIC, text, CSV, calendar, DICOM, Word, Excel.",
        )
    })
}

/// The name as people read it: without the path to it, and without what turns its direction, by which `exe.pdf` could be
/// read off a name that ends otherwise.
///
/// # Errors
/// 422 for one that is empty, too long, or holds control characters.
pub fn name(told: &str) -> Result<String> {
    let name = told.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !turns(*c)).collect();
    let name = name.trim();
    if (1..=LONGEST_NAME).contains(&name.chars().count()) && validate::line(name, &()).is_ok() {
        return Ok(name.to_owned());
    }
    Err(Error::invalid(Vec::new()).at("X-File-Name", "invalid", "Send a name of at most 120 letters."))
}

/// Whether a file is what its declared type says, by its name and by what is in it.
///
/// # Errors
/// 415 `attachment.misnamed`.
pub fn check(media_type: &str, name: &str, bytes: &[u8]) -> Result<()> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    let fits =
        |kind: &Kind| kind.media_type == media_type && kind.endings.contains(&ending.as_str()) && (kind.is)(bytes);
    if KINDS.iter().any(fits) {
        return Ok(());
    }
    Err(Error::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "attachment.misnamed",
        "The file is not what its name or type says: save it anew in the program that it is from, and send that.",
    ))
}

fn has(bytes: &[u8], at: usize, what: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(what))
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

fn is_heic(bytes: &[u8]) -> bool {
    const BRANDS: [&[u8]; 6] = [b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"];
    has(bytes, 4, b"ftyp") && BRANDS.iter().any(|brand| has(bytes, 8, brand))
}

/// Text in whatever encoding spreadsheets and editors of a country write it: no control characters besides tabs and ends of
/// lines and pages, and nothing that is another kind by its first bytes.
fn is_text(bytes: &[u8]) -> bool {
    let is_other = KINDS.iter().any(|kind| !kind.media_type.starts_with("text/") && (kind.is)(bytes));
    !is_other && !bytes.iter().any(|byte| (*byte < b' ' && !b"\t\n\x0c\r".contains(byte)) || *byte == 0x7f)
}

fn is_calendar(bytes: &[u8]) -> bool {
    let begin = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    is_text(bytes) && begin.get(..15).is_some_and(|begin| begin.eq_ignore_ascii_case(b"BEGIN:VCALENDAR"))
}

/// A package of Office Open XML: the names of its parts stand in the archive as they are. One with macros is none.
fn is_office(bytes: &[u8], folder: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
        && contains(bytes, b"[Content_Types].xml")
        && contains(bytes, folder)
        && !contains(bytes, b"vbaProject.bin")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(media_type: &str) -> Vec<u8> {
        match media_type {
            "application/pdf" => b"%PDF-1.7\n".to_vec(),
            "image/png" => b"\x89PNG\r\n\x1a\n\0".to_vec(),
            "image/jpeg" => b"\xff\xd8\xff\xe0\0".to_vec(),
            "image/gif" => b"GIF89a\x01\0".to_vec(),
            "image/webp" => b"RIFF\x1a\0\0\0WEBPVP8L".to_vec(),
            "image/heic" => b"\0\0\0\x18ftypheic".to_vec(),
            // Arabic as Windows writes it (code page 1256)
            "text/plain" | "text/csv" => b"\xc7\xe1\xe3\xe6\xda\xcf;10:00\r\n".to_vec(),
            "text/calendar" => b"\xef\xbb\xbfBEGIN:VCALENDAR\r\n".to_vec(),
            "application/dicom" => [[0; 128].as_slice(), b"DICM"].concat(),
            WORD => b"PK\x03\x04..[Content_Types].xml..word/document.xml".to_vec(),
            _ => b"PK\x03\x04..[Content_Types].xml..xl/workbook.xml".to_vec(),
        }
    }

    /// Each kind passes under its own endings, and no other's bytes or ending do.
    #[test]
    fn a_file_is_what_type_ending_and_bytes_agree_on() {
        let is_text = |kind: &Kind| kind.media_type.starts_with("text/");
        for kind in &KINDS {
            for other in &KINDS {
                for ending in other.endings {
                    let fits =
                        check(kind.media_type, &format!("plan.{}", ending.to_uppercase()), &sample(kind.media_type));
                    assert_eq!(fits.is_ok(), kind.media_type == other.media_type, "{} .{ending}", kind.media_type);
                }
                let name = format!("plan.{}", kind.endings[0]);
                let fits = check(kind.media_type, &name, &sample(other.media_type)).is_ok();
                let alike = is_text(kind) && is_text(other) && kind.media_type != "text/calendar";
                assert_eq!(fits, kind.media_type == other.media_type || alike, "{} in {name}", other.media_type);
            }
            assert!(check(kind.media_type, "plan", &sample(kind.media_type)).is_err());
            assert!(
                check(kind.media_type, &format!("plan.{}.exe", kind.endings[0]), &sample(kind.media_type)).is_err()
            );
            assert!(
                check(kind.media_type, &format!("plan.{}", kind.endings[0]), b"MZ\x90\0\x03").is_err(),
                "a program"
            );
        }
    }

    #[test]
    fn what_runs_is_not_taken() {
        for told in
            ["application/x-msdownload", "text/html", "image/svg+xml", "application/zip", "application/msword", ""]
        {
            assert_eq!(declared(told).expect_err("not taken").code(), "attachment.wrong_type", "{told}");
        }
        assert_eq!(declared("Text/CSV; charset=utf-8").expect("taken"), "text/csv");
        let macros = [sample(WORD), b"..word/vbaProject.bin".to_vec()].concat();
        assert_eq!(check(WORD, "plan.docx", &macros).expect_err("macros").code(), "attachment.misnamed");
    }

    #[test]
    fn names_are_what_people_read() {
        let read = |told: &str| name(told).ok();
        assert_eq!(read("C:\\Users\\x\\plan.pdf").as_deref(), Some("plan.pdf"));
        assert_eq!(read("../../etc/plan.pdf ").as_deref(), Some("plan.pdf"));
        assert_eq!(read("plan\u{202e}fdp.exe").as_deref(), Some("planfdp.exe"));
        assert_eq!(read("خطة العلاج.pdf").as_deref(), Some("خطة العلاج.pdf"));
        let endless = format!("{}.pdf", "a".repeat(117));
        for told in ["", "x/", "a\r\nb.pdf", "a\u{0}.pdf", "\u{202e}", &endless] {
            assert_eq!(read(told), None, "{told:?}");
        }
    }
}
