//! The same files in S3-compatible storage: a real server over a real socket, which `tests/attachments/run` starts and names in
//! `HOMEWARD_TEST_S3`. Without a server these tests say so and are skipped.

use futures_util::TryStreamExt;
use homeward::domain::ids::StoredFileId;
use homeward::error::ErrorCode;
use homeward::files::{Files, S3Settings, Settings};
use rstest::rstest;
use serde_json::json;

use super::{announce, cleaned, photo, stored};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};

/// The bucket; none where no server is named.
fn bucket(folder: &std::path::Path) -> Option<Settings> {
    #[expect(clippy::disallowed_methods, reason = "the address of the storage that a script started")]
    let Ok(endpoint) = std::env::var("HOMEWARD_TEST_S3") else {
        println!("NO S3-COMPATIBLE STORAGE: run tests/attachments/run");
        return None;
    };
    let bucket = S3Settings {
        bucket: "homeward-test".to_owned(),
        prefix: "files".to_owned(),
        endpoint,
        region: "us-east-1".to_owned(),
        ca: std::path::PathBuf::new(),
        key_id: "test-key".to_owned(),
        key: "test-secret".to_owned().into(),
    };
    Some(Settings::Bucket { bucket, incoming: folder.to_path_buf() })
}

#[actix_web::test]
async fn a_file_in_a_bucket_is_whole_or_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let Some(settings) = bucket(folder.path()) else { return };
    let files = Files::new(&settings).unwrap();
    for length in [65_552, 5 * 1024 * 1024, 12 * 1024 * 1024 + 7] {
        let content: Vec<u8> = (0..length).map(|at| u8::try_from(at % 253).unwrap()).collect();
        let id = StoredFileId::random();
        assert_eq!(files.read(id, 0, 10).await.err().map(|error| error.code), Some(ErrorCode::StorageUnavailable));
        let mut spool = files.spool().await.unwrap();
        spool.write(content.clone()).await.unwrap();
        files.publish(spool, id).await.unwrap();
        for (from, part) in [(0, length), (65_552, 0), (100, 1000), (length - 10, 10)] {
            if part == 0 {
                continue;
            }
            let pieces = files.read(id, u64::try_from(from).unwrap(), u64::try_from(part).unwrap()).await.unwrap();
            let read: Vec<bytes::Bytes> = pieces.try_collect().await.unwrap();
            assert!(read.concat() == content[from..from + part], "{part} bytes from {from} of {length}");
        }
        files.remove(id).await.unwrap();
        files.remove(id).await.expect("what is gone is gone");
        assert!(files.read(id, 0, 10).await.is_err());
    }
    assert_eq!(std::fs::read_dir(folder.path().join("incoming")).unwrap().count(), 0);
}

#[rstest]
#[actix_web::test]
async fn attachments_in_a_bucket_come_go_and_are_erased(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let folder = tempfile::tempdir().unwrap();
    let Some(files) = bucket(folder.path()) else { return };
    let options = crate::support::world::options(&world.database.url, 1_000_000, &world.clock);
    let world = &World::serve(world.kind, world.database.clone(), homeward::app::Options { files, ..options }).await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let file = announce(world, "caseworker.a", &case, json!({})).await.expect(201).header("location").to_owned();
    let taken = photo(6 * 1024 * 1024);
    world.put_file("caseworker.a", &file, taken.clone()).await.expect(200);
    let whole = cleaned(&taken);
    assert!(world.get("caseworker.a", &format!("{file}/content")).await.expect(200).body == whole);
    let part =
        world.send("caseworker.a", actix_web::http::Method::GET, &format!("{file}/content"), &[("range", "bytes=5000000-")], None).await;
    assert!(part.expect(206).body == whole[5_000_000..]);
    let etag = world.get("caseworker.a", &file).await.etag();
    world.send("caseworker.a", actix_web::http::Method::DELETE, &file, &[("if-match", &etag)], None).await.expect(204);
    let due = world.db.as_system("test").read(homeward::db::cases::attachment_cleanup::due).await.unwrap();
    assert_eq!(due.len(), 1);
    homeward::command::storage::sweep_once(&world.db, &world.files).await.expect("a round");
    assert!(world.files.read(due[0], 0, 10).await.is_err());
    stored(world, "caseworker.a", &case, json!({})).await;
}
