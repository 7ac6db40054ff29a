//! Watches the disk of the private PostgreSQL. A database that runs dry stops altogether, reading included; so changes
//! are refused while there is still room for what the database itself needs, and taken again once there is more.

use std::path::Path;
use std::time::Duration;

use platform::App;

/// Looks every two seconds until the app stops, and forgets rate limits that nobody uses any more. A PostgreSQL elsewhere is watched by whoever runs it.
pub async fn watch(app: App) {
    let ours = app.config.database_url.is_empty();
    let reserve = app.config.storage_reserve_mb;
    let mut full = false;
    while !app.stop.is_cancelled() {
        app.limits.tidy();
        tokio::time::sleep(Duration::from_secs(2)).await;
        if !ours {
            continue;
        }
        let folder = app.config.data_dir.clone();
        let free = tokio::task::spawn_blocking(move || free_megabytes(&folder)).await.ok().flatten();
        if let Some(free) = free {
            app.db().set_free_megabytes(free);
        }
        let now_full = free.is_some_and(|free| free < if full { reserve + reserve / 4 } else { reserve });
        if now_full != full {
            full = now_full;
            app.db().set_full(full);
            if full {
                tracing::error!(free_mb = free, "no storage left: changes are refused, reading goes on");
            } else {
                tracing::info!(free_mb = free, "there is storage again: changes are taken");
            }
        }
    }
}

fn free_megabytes(folder: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(folder).ok()?;
    Some(stat.f_bavail * stat.f_frsize / 1_048_576)
}
