//! What comes in and is no list: each says what is wrong, and nobody else waits for it.

use rstest::rstest;
use serde_json::json;
use std::io::Write;

use super::{LIST, List, work};
use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};

#[rstest]
#[actix_web::test]
async fn a_file_that_is_no_list_says_why_and_holds_no_other_up(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let many_rows = format!("Name;Gender\n{}", "A;F\n".repeat(50_100));
    let wide = format!("Name;Gender{}\nA;F\n", ";x".repeat(1_000_000));
    let good = List::announced(world, "caseworker.a").await;
    for (bytes, code) in [
        (b"%PDF-1.7 a scan".to_vec(), "other_kind"),
        (b"PK\x03\x04half of a spreadsheet".to_vec(), "damaged"),
        (b"\xD0\xCF\x11\xE0 of before 2007".to_vec(), "old_spreadsheet"),
        (Vec::new(), "empty_file"),
        (b"Name;Gender\n".to_vec(), "no_rows"),
        (b"Siti Rahmawati;17/3/1999\nBudi;3/4/1998\n".to_vec(), "no_headings"),
        (b"Name;Gender\n\"A;F\nB;M\n".to_vec(), "open_quote"),
        (b"{\"name\": \"A\"}\nno object\n".to_vec(), "not_json"),
        (many_rows.into_bytes(), "too_many_rows"),
        (wide.into_bytes(), "line_too_long"),
        (b"Name\0;Gender\nA;F\n".to_vec(), "not_text"),
    ] {
        let list = List::announced(world, "caseworker.a").await;
        list.send(&bytes).await.expect(202);
        work(world).await;
        let seen = list.see().await;
        assert_eq!((&seen["state"], &seen["stopped_because"]), (&json!("refused"), &json!(code)), "{code}");
        // Another file is sent to the same address.
        list.send(LIST.as_bytes()).await.expect(202);
        work(world).await;
        assert_eq!(list.see().await["state"], "read", "{code}");
    }
    good.send(LIST.as_bytes()).await.expect(202);
    work(world).await;
    assert_eq!(good.see().await["state"], "read");
}

#[rstest]
#[actix_web::test]
async fn a_file_that_is_too_large_or_out_of_turn_is_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::announced(world, "caseworker.a").await;
    list.send(&vec![b'a'; 20 * 1024 * 1024 + 1]).await.problem(413, "file_too_large");
    list.send_as("image/png", LIST.as_bytes()).await.problem(415, "unsupported_media_type");
    list.send(LIST.as_bytes()).await.expect(202);
    list.send(LIST.as_bytes()).await.problem(409, "import_not_at_step");
    let other = List::announced(world, "caseworker.a").await;
    other.send_as("Text/CSV; charset=utf-8", LIST.as_bytes()).await.expect(202);
}

#[rstest]
#[actix_web::test]
async fn an_archive_that_unpacks_to_everything_is_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::read(world, "caseworker.a", &bomb()).await;
    let seen = list.see().await;
    assert_eq!((&seen["state"], &seen["stopped_because"]), (&json!("refused"), &json!("inflated_too_far")), "{seen}");
}

/// An archive whose one part says that it is a gigabyte, and holds more zeros than a list may unpack to.
fn bomb() -> Vec<u8> {
    let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    let zeros = vec![0_u8; 1024 * 1024];
    for _ in 0..129 {
        packed.write_all(&zeros).unwrap();
    }
    let packed = packed.finish().unwrap();
    let name = b"xl/workbook.xml";
    let sizes = [u32::try_from(packed.len()).unwrap().to_le_bytes(), (1_u32 << 30).to_le_bytes()].concat();
    let common = [&[20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &sizes, &[15, 0, 0, 0]].concat();
    let mut file = [b"PK\x03\x04".as_slice(), &common, name].concat();
    file.extend_from_slice(&packed);
    let at = u32::try_from(file.len()).unwrap().to_le_bytes();
    let directory = [b"PK\x01\x02\x14\x00".as_slice(), &common, &[0; 10], &[0; 4], name].concat();
    let length = u32::try_from(directory.len()).unwrap().to_le_bytes();
    file.extend_from_slice(&directory);
    file.extend_from_slice(&[b"PK\x05\x06\0\0\0\0\x01\0\x01\0".as_slice(), &length, &at, &[0, 0]].concat());
    file
}

#[rstest]
#[actix_web::test]
async fn a_mapping_of_another_file_is_refused_and_so_is_an_encoding_that_lies(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::read(world, "caseworker.a", LIST.as_bytes()).await;
    let other = json!({ "columns": [{ "column": "B", "heading": "Name", "field": "full_name" }],
                        "defaults": { "host_country": "KHM", "intake_channel": "walk_in_ngo" } });
    let refused = list.map(other).await.problem(422, "validation_failed");
    assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!("/columns/0/heading"), &json!("other_file")));

    let made = world.post("caseworker.a", "/v1/imports", json!({ "charset": "utf-8" })).await.expect(201);
    let list = List { world, actor: "caseworker.a", url: made.header("location").to_owned() };
    list.send(b"Name;Gender\nNguy\xEAn;F\n").await.expect(202);
    work(world).await;
    assert_eq!(list.see().await["stopped_because"], "undecodable");
}

#[rstest]
#[actix_web::test]
async fn a_row_of_three_hundred_errors_says_as_many_as_somebody_reads(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let headings: Vec<String> = (0..200).map(|number| format!("Alias {number}")).collect();
    let text = format!("Name;Gender;{}\nA;F;{}\n", headings.join(";"), vec!["\u{202e}"; 200].join(";"));
    let list = List::read(world, "caseworker.a", text.as_bytes()).await;
    let mut mapping = list.proposed().await;
    for column in mapping["columns"].as_array_mut().unwrap().iter_mut().skip(2) {
        column["field"] = json!("alias");
    }
    list.map(mapping).await.expect(200);
    list.step("/validate", None).await.expect(202);
    work(world).await;
    let rows = list.rows("").await;
    assert!((2..=21).contains(&rows[0]["notes"].as_array().unwrap().len()), "{rows:?}");
    assert_eq!(rows[0]["state"], "refused");
}
