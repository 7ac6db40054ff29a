use std::time::Instant;

use serde_json::json;

use super::*;

/// All that a template can do with what people have entered.
const TEMPLATE: &str = r#"
#import "/house.typ": *
#show: sheet.with(running: own(data.name), foot: own(data.name), pages: "{page}/{pages}")
= #own(data.name)
#number(data.name)
#pairs(((label: data.name, wide: false, body: own(data.name)), (label: "b", wide: true, body: [x])))
#mark(own(data.name))
#free(data.text)
"#;

fn sheet(name: &str, text: &str, language: &'static str) -> Sheet {
    Sheet {
        template: TEMPLATE,
        data: json!({ "name": name, "text": text }),
        pictures: Vec::new(),
        language,
        title: "Record 7".to_owned(),
        at: "2026-03-01T09:30:00Z".parse().expect("an instant"),
    }
}

/// What another program reads in the document, without white space and marks that nobody sees.
fn read(pdf: &[u8]) -> String {
    let text = pdf_extract::extract_text_from_mem(pdf).expect("a PDF with text");
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2066}'..='\u{2069}'))
        .collect()
}

fn told(fault: &Fault) -> &str {
    if let Fault::Template { message, .. } = fault { message } else { "" }
}

fn language_of(pdf: &[u8]) -> String {
    let known = pdf_extract::Document::load_mem(pdf).expect("a PDF");
    let language = known.catalog().and_then(|catalog| catalog.get(b"Lang")).and_then(|language| language.as_str());
    String::from_utf8_lossy(language.expect("a language")).into_owned()
}

fn is_archival(pdf: &[u8]) -> bool {
    let raw = String::from_utf8_lossy(pdf);
    raw.contains("<pdfaid:part>2") && raw.contains("<pdfaid:conformance>A")
}

#[tokio::test]
async fn a_document_can_be_kept_and_read_aloud() {
    let pdf = pdf(sheet("Sara Ali", "First.\nSecond.", "en")).await.expect("a document");
    let known = pdf_extract::Document::load_mem(&pdf).expect("a PDF");
    let catalog = known.catalog().expect("a catalog");
    assert!(is_archival(&pdf) && catalog.has(b"StructTreeRoot") && catalog.has(b"MarkInfo"));
    assert_eq!(language_of(&pdf), "en");
    let raw = String::from_utf8_lossy(&pdf);
    assert!(raw.contains(">Record 7<") && raw.contains("2026-03-01T09:30:00+00:00"), "no title or date");
    let text = read(&pdf);
    assert!(text.contains("SaraAli") && text.contains("First.") && text.contains("Second.") && text.contains("1/1"));
}

#[tokio::test]
async fn arabic_is_arabic() {
    let pdf = pdf(sheet("سارة القحطاني", "لديها حساسية من Penicillin 500 mg.", "ar")).await.expect("a document");
    let text = read(&pdf);
    assert_eq!((is_archival(&pdf), language_of(&pdf).as_str()), (true, "ar"));
    assert!(text.contains("Penicillin500mg"), "{text}");
    // programs read pages from the left, so the letters of Arabic words come from their end
    for word in ["سارة", "حساسية", "لديها"] {
        assert!(text.contains(&word.chars().rev().collect::<String>()), "{word} is missing in {text}");
    }
}

#[tokio::test]
async fn the_same_sheet_gives_the_same_bytes() {
    let one = pdf(sheet("Sara", "x", "en")).await.expect("a document");
    assert_eq!(one, pdf(sheet("Sara", "x", "en")).await.expect("a document"));
    assert_ne!(one, pdf(sheet("Sara", "y", "en")).await.expect("a document"));
}

#[tokio::test]
async fn what_people_enter_is_never_code() {
    for text in [
        "#panic()",
        "#read(\"/etc/passwd\")",
        "$ x^2 $ #let a = 1",
        "] [ } { )",
        "\\ \\u{41} \\n",
        "*bold* _it_ `raw` = heading - item + item / term: x",
        "<label> @label //comment /* c */ https://x.example ~--...",
        "\"); #import \"@preview/x:1.0.0\": *",
        "{page} {pages}",
        "%PDF /JS (app.alert(1)) endobj",
    ] {
        let pdf = pdf(sheet(text, text, "en")).await.unwrap_or_else(|fault| panic!("{text}: {fault} {}", told(&fault)));
        let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(read(&pdf).matches(&bare).count() >= 3, "{text} came out as {}", read(&pdf));
    }
}

#[tokio::test]
async fn hostile_texts_make_documents() {
    let long = "A long note. ".repeat(800);
    let unbroken = "م".repeat(10_000);
    for (text, is_kept) in [
        ("", true),
        (" \n\t\n ", true),
        ("\u{202e}gnp.exe\u{2066}\u{2069}\u{2069}\u{2067}", true),
        ("a\u{0}b\u{7}c\u{1b}[31m\u{85}\u{2028}\u{feff}", true),
        ("🦷🙂 tooth 日本語", false),
        ("e\u{301}\u{327}\u{300} ﷺ ﷲ لا ـــ ١٢٣ ۴۵۶", true),
        (&long, true),
        (&unbroken, true),
        (&"W".repeat(10_000), true),
    ] {
        for language in ["en", "ar"] {
            let shown: String = text.chars().take(20).collect();
            let name: String = text.chars().take(160).collect();
            let made = pdf(sheet(&name, text, language))
                .await
                .unwrap_or_else(|fault| panic!("{shown:?}: {fault} {}", told(&fault)));
            assert_eq!(is_archival(&made), is_kept, "{shown:?} in {language}");
        }
    }
}

/// A mark that turns the direction of what follows would let a name change the words around it.
#[test]
fn directions_stay_inside() {
    let mut value =
        json!(["a\u{202e}b", { "c": "\u{2067}d", "e": "f\u{2069}" }, "\u{2068}g\u{2069}", "h\r\ni\u{2028}j\u{0}"]);
    press::harmless(&mut value);
    assert_eq!(value, json!(["ab", { "c": "d", "e": "f" }, "\u{2068}g\u{2069}", "h\ni\nj"]));
}

#[tokio::test]
async fn a_template_reaches_nothing_but_its_data() {
    for template in [
        "#read(\"/etc/passwd\")",
        "#read(\"/fonts/OFL.txt\")",
        "#image(\"/logo.png\")",
        "#import \"@preview/cetz:0.3.0\"",
        "#datetime.today()",
        "#include \"/other.typ\"",
    ] {
        let made = pdf(Sheet { template, ..sheet("Sara", "", "en") }).await;
        let Err(Fault::Template { place, message }) = made else { panic!("{template} was printed") };
        assert_eq!(place, "main.typ:1", "{message}");
    }
}

#[tokio::test]
async fn a_fault_does_not_repeat_what_it_is_about() {
    let template = "#let (data,) = json(\"/data.json\")\n\n#panic(data.name)";
    let fault = pdf(Sheet { template, ..sheet("Sara Ali", "", "en") }).await.expect_err("a fault");
    assert_eq!(format!("{fault} {fault:?}"), "the template fails at main.typ:3 the template fails at main.typ:3");
    assert!(told(&fault).contains("Sara Ali"), "{}", told(&fault));
}

#[tokio::test]
async fn too_much_is_refused() {
    let fault = pdf(sheet("Sara", &"x".repeat(LARGEST), "en")).await.expect_err("a fault");
    assert!(matches!(fault, Fault::TooLarge));
}

/// Ten thousand characters in each of ten notes: a long record, and still within the time of a request.
#[tokio::test]
async fn long_documents_take_seconds() {
    let text = "He came because of a toothache, upper left, for two days. ".repeat(180) + "\n";
    let begun = Instant::now();
    let pdf = pdf(sheet("Sara", &text.repeat(10), "en")).await.expect("a document");
    let taken = begun.elapsed();
    assert!(taken < Duration::from_secs(15), "{taken:?}");
    assert!(read(&pdf).contains("2/"), "one page only");
}
