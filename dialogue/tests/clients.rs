//! The flows of the demo pass their checks and their scenarios.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use dialogue::Folder;

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients")
}

/// All files of a folder, by their names in it.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for (prefix, folder) in [("", folder.to_owned()), ("scenarios/", folder.join("scenarios"))] {
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            let name = entry.file_name().expect("a name").to_string_lossy().into_owned();
            if entry.is_file() {
                files.insert(format!("{prefix}{name}"), fs::read_to_string(&entry).expect("a text"));
            }
        }
    }
    files
}

fn plays(folder: &str, fewest: usize) {
    let folder = match Folder::read(&files(&clients().join(folder))) {
        Ok(folder) => folder,
        Err(troubles) => panic!("{}", troubles.iter().map(|it| format!("{it}\n")).collect::<String>()),
    };
    let reports = folder.test();
    assert!(reports.len() >= fewest, "{} scenarios", reports.len());
    let mut failed = String::new();
    for report in reports.iter().filter(|report| !report.failures.is_empty()) {
        for failure in &report.failures {
            failed += &format!("{}:{failure}\n", report.name);
        }
        failed += &format!("  {}\n", report.transcript.join("\n  "));
    }
    assert!(failed.is_empty(), "{failed}");
}

#[test]
fn prior_authorizations_are_asked_for() {
    plays("alpha/prior_auth", 12);
}

#[test]
fn patients_are_asked_in_english() {
    plays("alpha/patient_questions", 10);
}

#[test]
fn patients_are_asked_in_arabic() {
    plays("beta/patient_questions", 10);
}
