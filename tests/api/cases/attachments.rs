//! Files on a case: accepted formats, removed contents, readers, and the remains of interrupted uploads.

mod bucket;
mod removal;
mod shares;
mod telephones;

use actix_http::Payload;
use actix_web::http::Method;
use actix_web::test::TestRequest;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use homeward::command::storage::sweep_once;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::database::files_of;
use crate::support::journey::at;
use crate::support::{Answer, World, data};

/// A JPEG of the given length as a telephone makes it, with a place in it.
fn photo(length: usize) -> Vec<u8> {
    let segment = |marker: u8, content: &[u8]| {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], length.as_slice(), content].concat()
    };
    let picture: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
    [
        vec![0xff, 0xd8],
        segment(0xe1, b"Exif\0\0MM\0*\0\0\0\x08\0\0 GPS 11.5564N 104.9282E"),
        segment(0xc0, &[8, 0, 100, 0, 200, 1, 1, 0x11, 0]),
        segment(0xda, &[1, 1, 0, 0, 63, 0]),
        picture,
        vec![0xff, 0xd9],
    ]
    .concat()
}

/// The part of it that is kept.
fn cleaned(photo: &[u8]) -> Vec<u8> {
    let exif = 4 + usize::from(u16::from_be_bytes([photo[4], photo[5]]));
    [&photo[..2], &photo[exif..]].concat()
}

async fn announce(world: &World, actor: &str, case: &Value, change: Value) -> Answer {
    let mut body = json!({ "kind": "passport_scan", "media_type": "image/jpeg", "file_name": "paspor Nguyễn Văn Hùng.JPG" });
    change.as_object().unwrap().iter().for_each(|(name, value)| body[name] = value.clone());
    world.post(actor, &at(case, "/attachments"), body).await
}

/// Stores a photo on a case; returns its address.
async fn stored(world: &World, actor: &str, case: &Value, change: Value) -> String {
    let file = announce(world, actor, case, change).await.expect(201).header("location").to_owned();
    world.put_file(actor, &file, photo(1000)).await.expect(200);
    file
}

async fn accepted(world: &World, case: &Value, state: &str) {
    let body = json!({ "mission_id": world.mission(state).await, "initiated_by": "person_request", "person_decision": "accepted" });
    world.post("caseworker.a", &at(case, "/embassy-contacts"), body).await.expect(201);
}

/// The number of files in the storage: those that are kept, and those being received.
fn lying(world: &World) -> (usize, usize) {
    let folder = files_of(&world.database.url);
    let names = |folder: &std::path::Path| -> Vec<std::path::PathBuf> {
        std::fs::read_dir(folder).map(|entries| entries.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default()
    };
    let (incoming, kept): (Vec<_>, Vec<_>) = names(&folder).into_iter().partition(|path| path.ends_with("incoming"));
    let count = |folders: Vec<std::path::PathBuf>| folders.iter().map(|folder| names(folder).len()).sum();
    (count(kept), count(incoming))
}

#[rstest]
#[actix_web::test]
async fn anonymous_gets_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let file = stored(world, "caseworker.a", &case, json!({})).await;
    for url in [at(&case, "/attachments"), file.clone(), format!("{file}/content")] {
        world.get("", &url).await.problem(401, "unauthenticated");
    }
    world
        .send("", Method::PUT, &format!("{file}/content"), &[("if-match", "\"1-1\"")], Some(&json!(data::PDF)))
        .await
        .problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn a_photo_is_announced_sent_cleaned_kept_and_downloaded(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let announced = announce(world, "caseworker.a", &case, json!({ "description": "Both pages" })).await.expect(201);
    let file = announced.header("location").to_owned();
    assert_eq!(announced.json()["status"], "awaiting_content");
    assert_eq!((&announced.json()["compartment"], &announced.json()["size"]), (&json!("identity"), &Value::Null));
    world.get("caseworker.a", &format!("{file}/content")).await.problem(404, "not_found");
    let taken = photo(300_000);
    let kept = world.put_file("caseworker.a", &file, taken.clone()).await.expect(200);
    let expected = cleaned(&taken);
    assert_eq!((&kept.json()["status"], &kept.json()["size"]), (&json!("stored"), &json!(expected.len())));
    assert_ne!(kept.etag(), announced.etag());

    let got = world.get("caseworker.a", &format!("{file}/content")).await.expect(200);
    assert!(got.body == expected, "{} bytes of {}", got.body.len(), expected.len());
    assert_eq!(got.header("content-type"), "application/octet-stream");
    assert_eq!(
        got.header("content-disposition"),
        "attachment; filename=\"paspor Nguy_n V_n H_ng.JPG\"; filename*=UTF-8''paspor%20Nguy%E1%BB%85n%20V%C4%83n%20H%C3%B9ng.JPG"
    );
    assert!(got.header("content-security-policy").starts_with("sandbox;") && got.header("x-content-type-options") == "nosniff");
    assert_eq!(got.header("cache-control"), "no-store");
    let again = world.send("caseworker.a", Method::GET, &format!("{file}/content"), &[("if-none-match", &got.etag())], None).await;
    assert_eq!(again.status, 304);
    let hex: String = homeward::crypto::sha256(&expected).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(kept.json()["sha256"], hex);
    assert!(got.header("repr-digest").starts_with("sha-256=:"));

    let listed = world.get("caseworker.a", &at(&case, "/attachments")).await.expect(200).json();
    assert_eq!((&listed["items"][0], &listed["redacted"]), (&kept.json(), &json!([])));
    let history = world.get("caseworker.a", &at(&case, "/history")).await.expect(200).text();
    assert!(history.contains("paspor Nguyễn Văn Hùng.JPG") && history.contains("put_attachment_content"), "{history}");
    let dossier = world.get("caseworker.a", &at(&case, "/dossier")).await.expect(200).text();
    assert!(dossier.contains("paspor Nguyễn Văn Hùng.JPG"));
}

#[rstest]
#[actix_web::test]
async fn a_download_goes_on_where_it_broke_off(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let file = announce(world, "caseworker.a", &case, json!({})).await.expect(201).header("location").to_owned();
    let taken = photo(200_000);
    world.put_file("caseworker.a", &file, taken.clone()).await.expect(200);
    let (whole, url) = (cleaned(&taken), format!("{file}/content"));
    let etag = world.get("caseworker.a", &url).await.etag();
    let length = whole.len();
    for (from, to) in [(0, 0), (0, 65_535), (65_535, 65_536), (65_536, 131_071), (70_000, 180_000), (length - 1, length - 1)] {
        let part = world.send("caseworker.a", Method::GET, &url, &[("range", &format!("bytes={from}-{to}"))], None).await.expect(206);
        assert_eq!(part.header("content-range"), format!("bytes {from}-{to}/{length}"));
        assert!(part.body == whole[from..=to], "{from}-{to}");
    }
    let rest = world.send("caseworker.a", Method::GET, &url, &[("range", "bytes=150000-"), ("if-range", &etag)], None).await.expect(206);
    assert!(rest.body == whole[150_000..]);
    world.send("caseworker.a", Method::GET, &url, &[("range", "bytes=9000000-")], None).await.problem(416, "range_not_satisfiable");
    let other = world.send("caseworker.a", Method::GET, &url, &[("range", "bytes=5-"), ("if-range", "\"9-1\"")], None).await.expect(200);
    assert!(other.body == whole);
    world.send("caseworker.a", Method::GET, &url, &[("if-none-match", &etag)], None).await.expect(304);
    let head = world.send("caseworker.a", Method::HEAD, &url, &[], None).await.expect(200);
    assert_eq!((head.header("accept-ranges"), head.body.len()), ("bytes", 0));
}

#[rstest]
#[actix_web::test]
async fn a_file_that_is_not_what_it_is_said_to_be_leaves_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let file = announce(world, "caseworker.a", &case, json!({})).await.expect(201).header("location").to_owned();
    let mut cut = photo(5000);
    cut.truncate(4000);
    for (content, code) in [
        (data::PDF.into(), "not_of_this_format"),
        (b"<html><script>alert(1)</script>".to_vec(), "not_of_this_format"),
        (Vec::new(), "truncated"),
        (cut, "truncated"),
        (vec![0xff, 0xd8, 0xff, 0xd9], "malformed"),
    ] {
        let refused = world.put_file("caseworker.a", &file, content).await;
        assert_eq!(refused.json()["errors"][0]["code"], code);
        refused.problem(422, "file_refused");
    }
    world.put_file("caseworker.a", &file, photo(21 * 1024 * 1024)).await.problem(413, "file_too_large");
    assert_eq!(lying(world), (0, 0));
    assert_eq!(world.get("caseworker.a", &file).await.expect(200).json()["status"], "awaiting_content");
    world.put_file("caseworker.a", &file, photo(20 * 1024 * 1024 - 200)).await.expect(200);
    assert_eq!(lying(world), (1, 0));
}

#[rstest]
#[actix_web::test]
async fn headers_of_an_upload_are_checked(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let announced = announce(world, "caseworker.a", &case, json!({ "media_type": "application/pdf" })).await.expect(201);
    let (file, etag, token) = (announced.header("location").to_owned(), announced.etag(), world.token("caseworker.a").await);
    let send = async |headers: &[(&str, &str)]| {
        let mut request = TestRequest::put()
            .uri(&format!("{file}/content"))
            .insert_header(("authorization", format!("Bearer {token}")))
            .set_payload(data::PDF);
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        world.raw(request).await
    };
    let bytes = ("content-type", "application/octet-stream");
    send(&[bytes]).await.problem(428, "precondition_required");
    send(&[bytes, ("if-match", "\"9-1\"")]).await.problem(412, "stale_version");
    send(&[("content-type", "text/html"), ("if-match", &etag)]).await.problem(415, "unsupported_media_type");
    send(&[bytes, ("if-match", &etag), ("content-encoding", "gzip")]).await.problem(415, "unsupported_media_type");
    send(&[bytes, ("if-match", &etag), ("content-length", "90000000")]).await.problem(413, "file_too_large");
    send(&[bytes, ("if-match", &etag), ("content-digest", "sha-256=:eA==:")]).await.problem(400, "invalid_header");
    let wrong = send(&[bytes, ("if-match", &etag), ("content-digest", "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:")]).await;
    assert_eq!(wrong.json()["errors"][0]["code"], "digest_mismatch");
    wrong.problem(422, "file_refused");
    assert_eq!(lying(world), (0, 0));
    use base64::Engine;
    let right = base64::prelude::BASE64_STANDARD.encode(homeward::crypto::sha256(data::PDF.as_bytes()));
    send(&[("content-type", "application/pdf"), ("if-match", &etag), ("content-digest", &format!("md5=:eA==:, sha-256=:{right}:"))])
        .await
        .expect(200);
    // A request without a content type sends bytes, as some generated clients do; the same bytes again are no second file.
    send(&[("if-match", &etag)]).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn a_content_is_stored_once_however_often_it_is_sent(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let announced = announce(world, "caseworker.a", &case, json!({})).await.expect(201);
    let (file, etag) = (announced.header("location").to_owned(), announced.etag());
    let first = world.put_file("caseworker.a", &file, photo(1000)).await.expect(200).json();
    let again = async |content: Vec<u8>| {
        let request = TestRequest::put().uri(&format!("{file}/content")).insert_header(("if-match", etag.clone())).set_payload(content);
        let token = world.token("caseworker.a").await;
        world
            .raw(
                request
                    .insert_header(("authorization", format!("Bearer {token}")))
                    .insert_header(("content-type", "application/octet-stream")),
            )
            .await
    };
    assert_eq!(again(photo(1000)).await.expect(200).json(), first);
    again(photo(1001)).await.problem(412, "stale_version");
    world.put_file("caseworker.a", &file, photo(1001)).await.problem(409, "conflict");
    assert_eq!(lying(world), (1, 0));
}

#[rstest]
#[actix_web::test]
async fn a_file_follows_the_grants_of_its_compartment(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    accepted(world, &case, "VNM").await;
    let passport = stored(world, "caseworker.a", &case, json!({})).await;
    let verdict = stored(world, "caseworker.a", &case, json!({ "kind": "verdict" })).await;
    let injury = stored(world, "caseworker.a", &case, json!({ "kind": "photo", "compartment": "health" })).await;
    let seen = world.get("officer.vnm", &at(&case, "/attachments")).await.expect(200).json();
    assert_eq!((seen["items"].as_array().unwrap().len(), seen["redacted"].as_array().unwrap().len()), (1, 4));
    assert_eq!(world.get("officer.vnm", &format!("{passport}/content")).await.expect(200).body, cleaned(&photo(1000)));
    for closed in [&verdict, &injury] {
        world.get("officer.vnm", closed).await.problem(404, "not_found");
        world.get("officer.vnm", &format!("{closed}/content")).await.problem(404, "not_found");
        let etag = world.get("caseworker.a", closed).await.etag();
        world.send("officer.vnm", Method::DELETE, closed, &[("if-match", &etag)], None).await.problem(404, "not_found");
    }
    // The existence of files, and their authors and times, are not shown either.
    let history = world.get("officer.vnm", &at(&case, "/history")).await.expect(200).json();
    let told = history["items"].as_array().unwrap().iter().filter(|change| change["operation"].as_str().unwrap().contains("_attachment"));
    assert!(told.clone().count() > 0 && told.clone().all(|change| change["is_redacted"] == false), "{history}");
    announce(world, "officer.vnm", &case, json!({ "kind": "verdict" })).await.problem(403, "permission_denied");
    announce(world, "officer.vnm", &case, json!({ "kind": "verdict", "compartment": "identity" })).await.problem(422, "validation_failed");
    announce(world, "officer.idn", &case, json!({})).await.problem(404, "not_found");
    // A guest may not remove the owner's file; the owner sees a file that the guest adds.
    let etag = world.get("officer.vnm", &passport).await.etag();
    world.send("officer.vnm", Method::DELETE, &passport, &[("if-match", &etag)], None).await.problem(403, "permission_denied");
    let laissez_passer = stored(world, "officer.vnm", &case, json!({ "kind": "laissez_passer" })).await;
    world.get("caseworker.a", &format!("{laissez_passer}/content")).await.expect(200);
    let never = json!({ "scope": "missions_of", "missions_of": "VNM" });
    world.post("caseworker.a", &at(&case, "/denials"), never).await.expect(201);
    for gone in [&passport, &laissez_passer] {
        world.get("officer.vnm", gone).await.problem(404, "not_found");
        world.get("officer.vnm", &format!("{gone}/content")).await.problem(404, "not_found");
    }
}

/// A recording as a telephone makes it, with a place in it.
fn recording() -> Vec<u8> {
    let boxed = |name: &[u8; 4], content: &[u8]| {
        let length = u32::try_from(content.len() + 8).unwrap().to_be_bytes();
        [length.as_slice(), name, content].concat()
    };
    [boxed(b"ftyp", b"mp42\0\0\0\0isom"), boxed(b"moov", b"\xa9xyz+11.5564+104.9282/"), boxed(b"mdat", &[7; 2000])].concat()
}

#[rstest]
#[actix_web::test]
async fn a_recording_is_seen_by_the_owner_and_its_sender_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    accepted(world, &case, "VNM").await;
    let send = async |actor: &str, media_type: &str| {
        let change = json!({ "kind": "laissez_passer", "media_type": media_type, "file_name": "statement" });
        let file = announce(world, actor, &case, change).await.expect(201).header("location").to_owned();
        let kept = world.put_file(actor, &file, recording()).await.expect(200).json();
        assert_eq!((&kept["cleaned"], &kept["size"]), (&json!(false), &json!(recording().len())), "nothing is taken out");
        file
    };
    let (own, of_guest) = (send("caseworker.a", "video/mp4").await, send("officer.vnm", "audio/mp4").await);
    let picture = stored(world, "caseworker.a", &case, json!({})).await;
    assert_eq!(world.get("officer.vnm", &picture).await.expect(200).json()["cleaned"], true);
    world.get("officer.vnm", &own).await.problem(404, "not_found");
    world.get("officer.vnm", &format!("{own}/content")).await.problem(404, "not_found");
    assert_eq!(world.get("officer.vnm", &format!("{of_guest}/content")).await.expect(200).body, recording(), "its sender sees it");
    for file in [&own, &of_guest] {
        assert_eq!(world.get("caseworker.a", &format!("{file}/content")).await.expect(200).body, recording(), "the owner sees it");
    }
    let id = own.rsplit('/').next().unwrap();
    for url in ["/attachments", "/history"] {
        assert!(world.get("caseworker.a", &at(&case, url)).await.expect(200).text().contains(id), "{url}");
        assert!(!world.get("officer.vnm", &at(&case, url)).await.expect(200).text().contains(id), "{url}");
    }
}

#[rstest]
#[actix_web::test]
async fn a_mission_sees_no_file_of_another_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut body = data::vietnamese();
    body["nationality_claimed"] = json!("VNM");
    let case = world.register("caseworker.a", body).await;
    accepted(world, &case, "VNM").await;
    let (own, other) = (world.mission("VNM").await, world.mission("IDN").await);
    let foreign = stored(world, "caseworker.a", &case, json!({ "kind": "laissez_passer", "mission_id": other })).await;
    let theirs = stored(world, "caseworker.a", &case, json!({ "kind": "laissez_passer", "mission_id": own })).await;
    world.get("officer.vnm", &foreign).await.problem(404, "not_found");
    world.get("officer.vnm", &format!("{foreign}/content")).await.problem(404, "not_found");
    world.get("officer.vnm", &format!("{theirs}/content")).await.expect(200);
    let etag = world.get("caseworker.a", &foreign).await.etag();
    world.send("caseworker.a", Method::DELETE, &foreign, &[("if-match", &etag)], None).await.expect(204);
    let history = world.get("officer.vnm", &at(&case, "/history")).await.expect(200).text();
    let id = |file: &str| file.rsplit('/').next().unwrap().to_owned();
    assert!(history.contains(&id(&theirs)) && !history.contains(&id(&foreign)), "{history}");
    assert!(world.get("caseworker.a", &at(&case, "/history")).await.text().contains(&id(&foreign)));
    announce(world, "officer.vnm", &case, json!({ "mission_id": other })).await.problem(422, "validation_failed");
    announce(world, "caseworker.a", &case, json!({ "mission_id": case["id"] })).await.problem(422, "validation_failed");
}

#[rstest]
#[actix_web::test]
async fn what_lies_in_the_storage_says_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let file =
        announce(world, "caseworker.a", &case, json!({ "media_type": "application/pdf" })).await.expect(201).header("location").to_owned();
    world.put_file("caseworker.a", &file, data::PDF.into()).await.expect(200);
    let folder = files_of(&world.database.url);
    let mut seen = 0;
    for part in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
        for path in std::fs::read_dir(part).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.display().to_string();
            assert!([&case["id"], &case["person_id"]].iter().all(|id| !name.contains(&id.as_str().unwrap().replace('-', ""))));
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(4).any(|window| window == b"%PDF" || window == b"cana") && bytes.len() == 65_552, "{}", bytes.len());
            // A changed byte is detected, and nothing of the file is sent.
            let mut touched = bytes.clone();
            touched[100] ^= 1;
            std::fs::write(&path, touched).unwrap();
            seen += 1;
        }
    }
    assert_eq!(seen, 1);
    let token = world.token("caseworker.a").await;
    let request = TestRequest::get().uri(&format!("{file}/content")).insert_header(("authorization", format!("Bearer {token}")));
    assert!(world.try_raw(request).await.is_err(), "a download that cannot be trusted is cut");
    std::fs::remove_dir_all(&folder).unwrap();
    world.get("caseworker.a", &format!("{file}/content")).await.problem(503, "storage_unavailable");
}
