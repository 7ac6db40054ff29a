//! Looking after the folder: names, times and sizes every two seconds, and into what changed.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use platform::db::Caller;
use platform::error::Error;
use platform::id::PracticeId;
use platform::{App, Result};

use super::files::{self, Folder, Read};
use super::store;

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(2);
/// After that long everything is looked into again: call workflows are made, and their fields change.
const AGAIN: Duration = Duration::from_secs(30);

/// Works until the app is told to stop.
pub async fn run(app: App) {
    let (mut watch, mut away) = (Watch::default(), false);
    while !app.stop.is_cancelled() {
        match watch.turn(&app).await {
            Ok(()) => away = false,
            Err(error) => {
                if !std::mem::replace(&mut away, true) {
                    tracing::warn!(%error, "conversations cannot be loaded at the moment; it is tried again");
                }
            }
        }
        tokio::select! {
            () = app.stop.cancelled() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Loads everything that there is, at once.
///
/// # Errors
/// 503 when the database is away.
pub async fn load_all(app: &App) -> Result<()> {
    Watch::default().turn(app).await
}

/// What was seen of the folder.
#[derive(Debug, Default)]
pub struct Watch {
    looks: HashMap<(String, String), u64>,
    all: Option<Instant>,
}

impl Watch {
    /// Loads what has changed.
    ///
    /// # Errors
    /// 503 when the database is away; what could not be loaded is tried again.
    pub async fn turn(&mut self, app: &App) -> Result<()> {
        if self.all.is_none_or(|at| at.elapsed() >= AGAIN) {
            self.looks.clear();
            self.all = Some(Instant::now());
        }
        let root = app.config.clients_dir();
        let mut found = tokio::task::spawn_blocking(move || files::folders(&root)).await.map_err(Error::internal)?;
        found.retain(|folder| self.looks.get(&key(folder)) != Some(&folder.look));
        let mut changed: BTreeMap<String, Vec<Folder>> = BTreeMap::new();
        for folder in found {
            changed.entry(folder.practice.clone()).or_default().push(folder);
        }
        let practices = if changed.is_empty() { Vec::new() } else { practices(app, changed.keys()).await? };
        for (practice, slug) in practices {
            let folders = changed.get(&slug).cloned().unwrap_or_default();
            load(app, practice, folders).await?;
        }
        // what is nobody's is looked into again with all the rest
        self.looks.extend(changed.into_values().flatten().map(|folder| (key(&folder), folder.look)));
        Ok(())
    }
}

fn key(folder: &Folder) -> (String, String) {
    (folder.practice.clone(), folder.workflow.clone())
}

/// Those of these practices that there are, and that are active.
async fn practices(app: &App, slugs: impl Iterator<Item = &String>) -> Result<Vec<(PracticeId, String)>> {
    let slugs: Vec<String> = slugs.cloned().collect();
    let mut tx = app.db().auth().await?;
    let rows = sqlx::query!(
        "select practice_id, slug from platform.practice where slug = any($1) and status = 'active'",
        &slugs
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(rows.into_iter().map(|row| (PracticeId(row.practice_id), row.slug)).collect())
}

async fn load(app: &App, practice: PracticeId, folders: Vec<Folder>) -> Result<()> {
    let read = move || folders.into_iter().map(|folder| (folder.workflow, files::read(&folder.path))).collect();
    let read: Vec<(String, Read)> = tokio::task::spawn_blocking(read).await.map_err(Error::internal)?;
    let caller = Caller::system(practice);
    app.door
        .write_patiently(&caller, async move |tx| {
            for (slug, read) in &read {
                store::load(tx, slug, read).await?;
            }
            Ok(())
        })
        .await
}
