//! The disk fills up: changes are refused, reading goes on, and with room again changes are taken again.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use crate::client::{Client, Reply, service};
use crate::load::Load;
use crate::running::{Folder, Running, eventually, turn};
use crate::truth::assert_intact;

/// A small disk in memory, unmounted whatever happens.
#[derive(Debug)]
struct SmallDisk(Folder);

impl SmallDisk {
    /// `None` where we may not mount.
    fn mount(megabytes: u64) -> Option<Self> {
        let folder = Folder::new("disk");
        fs::create_dir(&folder.0).ok()?;
        let size = format!("size={megabytes}m,mode=0755");
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &size, "vantage-faults"]).arg(&folder.0).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success()).then_some(Self(folder))
    }

    fn path(&self) -> &Path {
        &self.0.0
    }

    fn free_megabytes(&self) -> u64 {
        let stat = rustix::fs::statvfs(self.path()).expect("a disk");
        stat.f_bavail * stat.f_frsize / 1_048_576
    }

    /// Writes until only so much is free.
    fn fill(&self, leave: u64) -> PathBuf {
        let path = self.path().join("something-else");
        let mut file = fs::File::options().create(true).append(true).open(&path).expect("a file");
        while self.free_megabytes() > leave && file.write_all(&[0; 262_144]).is_ok() {}
        if leave == 0 {
            while file.write_all(&[0; 4096]).is_ok() {}
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // lazily if somebody still holds it, so that it goes in any case
        let gone =
            Command::new("umount").arg(self.path()).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        if !gone {
            let _ = Command::new("umount").arg("-l").arg(self.path()).status();
        }
    }
}

#[tokio::test]
async fn a_full_disk_refuses_changes_and_goes_on_reading() {
    let _turn = turn().await;
    let Some(disk) = SmallDisk::mount(700) else {
        eprintln!("skipped: disk_full needs root and the right to mount");
        return;
    };
    let mut server = Running::start(&disk.path().join("data"), &[("VANTAGE_STORAGE_RESERVE_MB", "64")]).await;
    let client = Client::sign_in(&server).await;
    let load = Load::start(&client, 2);
    eventually("writes", Duration::from_secs(30), async || (load.acknowledged() >= 50).then_some(())).await;
    let ledger = load.finish(&client).await;
    let known = ledger.entries[0].id.expect("a service");
    let change = json!({ "version": ledger.entries[0].version, "durationMinutes": 30 });

    let filler = disk.fill(40);
    let key = Uuid::new_v4();
    eventually("changes are refused", Duration::from_secs(20), async || {
        is_refused(&client.create(key, &service("disk 1")).await)
    })
    .await;
    for _ in 0..20 {
        assert!(is_refused(&client.change(known, &change).await).is_some(), "a change is refused as well");
        for path in ["/api/v1/services?limit=50", "/api/v1/auth/session", "/readyz"] {
            let reply = client.get(path).await;
            assert!(matches!(reply, Reply::Done(_)), "reading goes on: {path}: {reply:?}");
        }
    }

    let other = Client::sign_in(&server).await;
    assert!(matches!(other.get("/api/v1/services").await, Reply::Done(_)), "one can sign in to read");
    fs::remove_file(&filler).expect("removes");
    // "disk 1" may have been made before the watch noticed; the same key answers either way
    eventually("changes are taken again", Duration::from_secs(20), async || {
        is_done(&client.create(key, &service("disk 1")).await)
    })
    .await;
    assert!(!server.ended(), "without a restart");
    assert_intact(&server, &ledger).await;
}

/// Nothing is reserved, and PostgreSQL itself finds no room: it may refuse or even go down, but comes back whole.
#[tokio::test]
async fn a_disk_that_is_full_to_the_last_byte_loses_nothing() {
    let _turn = turn().await;
    let Some(disk) = SmallDisk::mount(400) else {
        eprintln!("skipped: disk_full needs root and the right to mount");
        return;
    };
    let mut server = Running::start(&disk.path().join("data"), &[("VANTAGE_STORAGE_RESERVE_MB", "0")]).await;
    let client = Client::sign_in(&server).await;
    let load = Load::start(&client, 2);
    eventually("writes", Duration::from_secs(30), async || (load.acknowledged() >= 50).then_some(())).await;
    let mut ledger = load.finish(&client).await;
    let filler = disk.fill(0);
    let (mut made, mut refused) = (0, 0);
    // the log of changes goes into a file that has room for a while
    eventually("PostgreSQL finds no room", Duration::from_secs(60), async || {
        let mut body = service(&format!("disk {}", Uuid::new_v4()));
        body["category"] = json!("x".repeat(60));
        match client.create(Uuid::new_v4(), &body).await {
            Reply::Done(_) => made += 1,
            Reply::Unsettled(_) => refused += 1,
            reply if is_refused(&reply).is_some() => refused += 1,
            reply => ledger.wrong.push(format!("{reply:?}")),
        }
        (refused >= 20).then_some(())
    })
    .await;
    // a new file for the log of changes has no room at all: now PostgreSQL gives up and cannot even recover
    eventually("PostgreSQL goes down", Duration::from_secs(30), async || {
        let Ok(mut conn) = server.try_sql().await else { return Some(()) };
        let _ = sqlx::query("select pg_switch_wal()").execute(&mut conn).await;
        if let reply @ (Reply::Stale(_) | Reply::Wrong(_)) =
            client.create(Uuid::new_v4(), &service(&format!("disk {}", Uuid::new_v4()))).await
            && is_refused(&reply).is_none()
        {
            ledger.wrong.push(format!("{reply:?}"));
        }
        None
    })
    .await;
    fs::remove_file(&filler).expect("removes");
    eventually("changes are taken again", Duration::from_secs(45), async || {
        is_done(&client.create(Uuid::new_v4(), &service(&format!("disk after {}", Uuid::new_v4()))).await)
    })
    .await;
    eprintln!("disk_full: {made} writes on the full disk, {refused} refused");
    assert!(!server.ended(), "without a restart");
    assert_intact(&server, &ledger).await;
}

fn is_refused(reply: &Reply) -> Option<()> {
    matches!(reply, Reply::Wrong(answer) if answer.starts_with("507 ") && answer.contains("problem+json") && answer.contains("storage.full")).then_some(())
}

fn is_done(reply: &Reply) -> Option<()> {
    matches!(reply, Reply::Done(_)).then_some(())
}
