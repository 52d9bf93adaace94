//! Files as telephones make them: films, voice notes of chats, and media types as programs write them.

use rstest::rstest;
use serde_json::json;

use super::{announce, recording};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};

#[rstest]
#[actix_web::test]
async fn what_telephones_record_is_kept_and_what_can_be_taken_out_is(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let film = |brand: &[u8; 4]| {
        let brands = [20_u32.to_be_bytes().as_slice(), b"ftyp", brand, &[0; 4], brand].concat();
        [brands, recording().split_off(20)].concat()
    };
    let page = |flags: u8, content: &[u8]| {
        [b"OggS\0".as_slice(), &[flags], &[0; 20], &[1, u8::try_from(content.len()).unwrap()], content].concat()
    };
    let voice = [page(2, b"OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0"), page(4, b"OpusTags")].concat();
    let note = [b"#!AMR\n".as_slice(), &[0x3c], &[7; 31]].concat();
    for (said, media_type, cleaned, content) in [
        ("video/quicktime", "video/quicktime", false, film(b"qt  ")),
        ("audio/3gpp", "video/3gpp", false, film(b"3gp5")),
        ("audio/x-m4a", "audio/mp4", false, film(b"M4A ")),
        ("audio/ogg; codecs=opus", "audio/ogg", false, voice),
        ("audio/AMR", "audio/amr", true, note),
    ] {
        let change = json!({ "kind": "chat_evidence", "media_type": said, "file_name": "PTT-20260119" });
        let file = announce(world, "caseworker.a", &case, change).await.expect(201).header("location").to_owned();
        let kept = world.put_file("caseworker.a", &file, content.clone()).await.expect(200).json();
        assert_eq!((&kept["media_type"], &kept["cleaned"]), (&json!(media_type), &json!(cleaned)), "{said}");
        assert_eq!(world.get("caseworker.a", &format!("{file}/content")).await.expect(200).body, content, "{said}");
    }
    for unknown in ["text/html", "image/svg+xml", "000"] {
        let refused = announce(world, "caseworker.a", &case, json!({ "media_type": unknown })).await.problem(422, "validation_failed");
        assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!("/media_type"), &json!("unknown_value")));
    }
}
