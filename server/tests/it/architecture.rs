//! What Cargo cannot check of the tree.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_path_buf()
}

/// Files with one of these endings below a folder, without what is built or generated.
fn files(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = path.strip_prefix(root()).expect("inside").to_string_lossy().into_owned();
            if path.is_dir() {
                if !["node_modules", "dist", "target"].contains(&&*entry.file_name().to_string_lossy()) {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) && !name.contains(".gen.") {
                found.push((name, fs::read_to_string(path).expect("text")));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} is empty");
    found
}

fn rust() -> Vec<(String, String)> {
    ["platform", "typeset", "conditions", "clinic", "integrations", "server", "bench"]
        .into_iter()
        .flat_map(|folder| files(folder, &[".rs"]))
        .collect()
}

#[test]
fn no_file_is_too_long_to_read() {
    for (name, text) in rust().into_iter().chain(files("web/src", &[".ts", ".tsx"])).chain(files("web/e2e", &[".mjs"]))
    {
        let lines = text.lines().count();
        assert!(lines <= 600, "{name} has {lines} lines");
    }
}

#[test]
fn only_the_database_module_knows_pools() {
    for (name, text) in rust() {
        let allowed = name.starts_with("platform/src/db/") || name.ends_with("tests/it/architecture.rs");
        assert!(allowed || !text.contains("PgPool"), "{name} names a pool; go through platform::db");
    }
}

#[test]
fn areas_keep_to_their_own_tables() {
    let areas: BTreeSet<String> = fs::read_dir(root().join("clinic"))
        .expect("areas")
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    // the schema of an area, where it is not called like the area
    let schema = |area: &str| if area == "identity" { "auth".to_owned() } else { area.to_owned() };
    for (name, text) in files("clinic", &[".rs"]) {
        // the ledger's entries, links and calendars are the platform's; what is sealed of the entries is the area's
        let platforms = ["audit.entry", "auth.patient_link", "auth.calendar_feed"];
        let text = platforms.iter().fold(text, |text, table| text.replace(table, ""));
        let own = name.split('/').nth(1).expect("an area").to_owned();
        for other in areas.iter().filter(|area| **area != own && own != "reports") {
            for word in ["from", "into", "update", "join"] {
                let needle = format!("{word} {}.", schema(other));
                // a function of the other area is a door that it opens itself
                let is_table =
                    |rest: &str| !rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').starts_with('(');
                assert!(!text.split(&needle).skip(1).any(is_table), "{name} reaches into the tables of {other}");
            }
        }
    }
}

#[test]
fn tags_areas_and_features_are_the_same_words() {
    let areas: BTreeSet<String> = fs::read_dir(root().join("clinic"))
        .expect("areas")
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    let document: serde_json::Value =
        serde_json::from_str(&server::routes::document().expect("a document")).expect("json");
    for item in document["paths"].as_object().expect("paths").values() {
        for operation in item.as_object().expect("operations").values() {
            let tag = operation["tags"][0].as_str().expect("a tag");
            assert!(areas.contains(tag) || tag == "platform", "the tag {tag} is no area");
        }
    }
    for area in &areas {
        assert!(root().join("web/src/features").join(area).is_dir(), "{area} has no folder in web/src/features");
    }
}

/// What integrators are promised to hear of must be something that happens.
#[test]
fn every_public_event_is_told_by_its_area() {
    for area in webhooks::AREAS {
        let source: String =
            files(&format!("clinic/{}/src", area.name), &[".rs"]).into_iter().map(|(_, text)| text).collect();
        for event in area.events {
            assert!(
                source.contains(&format!("\"{event}\"")),
                "{event} is on the list of webhooks, and {} does not tell it",
                area.name
            );
        }
    }
}

#[test]
fn the_document_of_the_api_is_fresh() {
    let committed = fs::read_to_string(root().join("web/openapi.json")).expect("web/openapi.json");
    assert!(
        committed == server::routes::document().expect("a document"),
        "web/openapi.json is stale: run ./dev generate"
    );
}

/// Every path in back-ticks that looks like one of the repository's must exist.
#[test]
fn the_architecture_tells_the_truth() {
    for document in ["ARCHITECTURE.md", "STYLE.md", "README.md"] {
        let text = fs::read_to_string(root().join(document)).expect(document);
        for path in text.split('`').skip(1).step_by(2).filter(|word| is_path(word)) {
            assert!(root().join(path).exists(), "{document} names {path}, which does not exist");
        }
    }
}

fn is_path(word: &str) -> bool {
    let first = word.split('/').next().unwrap_or_default();
    word.contains('/')
        && !word.contains([' ', '*', '{', '<', ':', '$', '…'])
        && !word.starts_with(['/', '.', '~'])
        && !["target", "api"].contains(&first)
        && first.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

#[test]
fn sql_is_lower_case() {
    for (name, text) in rust().into_iter().chain(files("migrations", &[".sql"])) {
        if name.ends_with("schema.sql") || name.ends_with("architecture.rs") {
            continue;
        }
        for word in ["SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "CREATE TABLE"] {
            assert!(!text.contains(word), "{name} has SQL in capitals: {word}");
        }
    }
}
