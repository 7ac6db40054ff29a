//! What cells say.

use super::cells::{DateStyle, date, plain, safe, split, yes};
use super::{Columns, Words, fixed, words};
use crate::record::Rules;
use proptest::prelude::*;

fn columns() -> Columns {
    Columns::new(Words::default(), Rules { country: "SA".to_owned(), custom: Vec::new() })
}

#[test]
fn headings_are_known_in_any_spelling() {
    let guess = |headings: &[&str]| {
        let headings: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
        columns().guess(&headings).into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>()
    };
    assert_eq!(guess(&["First Name", "SURNAME", "DOB"]), ["givenName", "familyName", "birthDate"]);
    assert_eq!(guess(&["BIRTHDATE", "birth_date", "x"]), ["birthDate", "", ""]);
    assert_eq!(guess(&["الاسم الأول", "رقم الهويه", "تاريخ الميلاد"]), ["givenName", "nationalId", "birthDate"]);
    assert_eq!(guess(&["Mobile", "Phone", "Telephone"]), ["phone", "phone2", ""]);
    assert_eq!(guess(&["SSN", "ZIP", "STATE", "Id"]), ["nationalId", "postalCode", "region", "externalId"]);
    let names: Vec<String> = columns().names().map(str::to_owned).collect();
    for name in names.iter().filter(|name| *name != "phone2") {
        assert_eq!(guess(&[name]), [name.as_str()], "a column is known by its own name");
    }
}

#[test]
fn no_word_means_two_columns() {
    let all = fixed::columns();
    for (at, column) in all.iter().enumerate() {
        for other in &all[at + 1..] {
            let both: Vec<_> = column.synonyms.iter().filter(|word| other.synonyms.contains(word)).collect();
            assert!(both.is_empty(), "{} and {}: {both:?}", column.name, other.name);
        }
    }
}

#[test]
fn dates_in_many_styles() {
    for (cell, dmy, mdy) in [
        ("1990-02-28", Ok("1990-02-28"), Ok("1990-02-28")),
        ("1990/2/28", Ok("1990-02-28"), Ok("1990-02-28")),
        ("1990-02-28T00:00:00Z", Ok("1990-02-28"), Ok("1990-02-28")),
        ("19900228", Ok("1990-02-28"), Ok("1990-02-28")),
        ("28/02/1990", Ok("1990-02-28"), Err("invalid_date")),
        ("02/28/1990", Err("invalid_date"), Ok("1990-02-28")),
        ("3.4.1990", Ok("1990-04-03"), Ok("1990-03-04")),
        ("٢٨/٠٢/١٩٩٠", Ok("1990-02-28"), Err("invalid_date")),
        ("28 Feb 1990", Ok("1990-02-28"), Ok("1990-02-28")),
        ("February 28, 1990", Ok("1990-02-28"), Ok("1990-02-28")),
        ("28 فبراير 1990", Ok("1990-02-28"), Ok("1990-02-28")),
        ("28/02/90", Err("short_year"), Err("short_year")),
        ("1/2/90", Err("short_year"), Err("short_year")),
        ("1/9/1410", Err("hijri"), Err("hijri")),
        ("1990", Err("invalid_date"), Err("invalid_date")),
        ("30/02/1990", Err("invalid_date"), Err("invalid_date")),
        ("soon", Err("invalid_date"), Err("invalid_date")),
        ("", Err("invalid_date"), Err("invalid_date")),
    ] {
        let read = |style| date(cell, style).map(|date| date.to_string());
        assert_eq!(read(DateStyle::Dmy), dmy.map(str::to_owned), "{cell}");
        assert_eq!(read(DateStyle::Mdy), mdy.map(str::to_owned), "{cell}");
    }
}

#[test]
fn answers_languages_and_countries() {
    assert_eq!((yes("Y"), yes("نعم"), yes("لا"), yes("?")), (Ok(true), Ok(true), Ok(false), Err("invalid_answer")));
    for (cell, code) in [
        ("en-US", Some("en")),
        ("English (United States)", Some("en")),
        ("العربية", Some("ar")),
        ("Hawaiian", Some("haw")),
        ("klingonese", None),
    ] {
        assert_eq!(words::language(cell).as_deref(), code, "{cell}");
    }
    for (cell, code) in
        [("sa", Some("SA")), ("Saudi", Some("SA")), ("سعودية", Some("SA")), ("Türkiye", Some("TR")), ("Atlantis", None)]
    {
        assert_eq!(words::country(cell).as_deref(), code, "{cell}");
    }
}

proptest! {
    /// Whatever a cell says, no spreadsheet takes it for a formula, and it is read as it was.
    #[test]
    fn what_is_made_safe_is_read_as_it_was(text in "['=+@\t-]{0,3}[a-z ]{1,5}") {
        let cell = safe(&text);
        prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']));
        prop_assert_eq!(plain(&cell), Ok(text.as_str()));
    }

    #[test]
    fn lists_are_taken_apart_as_they_were_put_together(items in proptest::collection::vec("[a-z;\\\\!][a-z;\\\\ !]{0,5}[a-z;\\\\!]", 0..5)) {
        prop_assert_eq!(split(&super::cells::join(items.iter().cloned())), items);
    }

    #[test]
    fn no_text_breaks_the_reading_of_dates(text in "\\PC{0,20}") {
        let _ = (date(&text, DateStyle::Dmy), date(&text, DateStyle::Mdy));
    }
}
