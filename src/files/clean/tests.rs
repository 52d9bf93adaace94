//! Tests of the parts that are removed, and of the files that are refused. Pictures are put together here, byte by byte.

use crate::files::clean::*;

fn cleaned(format: AttachmentFormat, file: &[u8], piece: usize) -> Looked<Vec<u8>> {
    let (mut cleaner, mut out) = (Cleaner::new(format), Vec::new());
    file.chunks(piece).try_for_each(|bytes| cleaner.push(bytes, &mut out))?;
    cleaner.finish()?;
    Ok(out)
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap();
    [&[0xff, marker], length.to_be_bytes().as_slice(), content].concat()
}

const SIZE: &[u8] = &[8, 0, 100, 0, 200, 1, 1, 0x11, 0];
const PICTURE: &[u8] = &[1, 2, 0xff, 0x00, 3, 0xff, 0xd0, 4, 5];

/// A photo as a telephone makes it: position, thumbnail, comments, an edited copy behind it.
fn photo(turned: u8) -> Vec<u8> {
    let exif = [
        b"Exif\0\0II*\0\x08\0\0\0\x02\0".as_slice(),
        &[0x0f, 0x01, 2, 0, 6, 0, 0, 0, 40, 0, 0, 0],
        &[0x12, 0x01, 3, 0, 1, 0, 0, 0, turned, 0, 0, 0],
        b"\0\0\0\0GPS 11.5564N 104.9282E",
    ]
    .concat();
    [
        vec![0xff, 0xd8],
        segment(0xe0, b"JFIF\0\x01\x02\0\0\x48\0\x48\x01\x01THUMB"),
        segment(0xe1, &exif),
        segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<GPS>"),
        segment(0xe2, b"ICC_PROFILE\0GPS"),
        segment(0xed, b"Photoshop 3.0 GPS"),
        segment(0xee, b"Adobe\0\x64\0\0\0\0\x01"),
        segment(0xfe, b"GPS comment"),
        segment(0xdb, &[7; 65]),
        segment(0xc0, SIZE),
        segment(0xda, &[1, 1, 0, 0, 63, 0]),
        PICTURE.to_vec(),
        vec![0xff, 0xff],
        segment(0xc4, &[9; 20]).split_off(1),
        segment(0xda, &[1, 1, 0, 0, 63, 0]),
        PICTURE.to_vec(),
        vec![0xff, 0xd9],
        b"PK\x03\x04 GPS in an archive".to_vec(),
    ]
    .concat()
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

#[test]
fn a_photo_loses_where_it_was_taken_and_keeps_how_it_is_turned() {
    let expected = |exif: Vec<u8>| {
        [
            vec![0xff, 0xd8],
            segment(0xe0, b"JFIF\0\x01\x02\0\0\x48\0\x48\0\0"),
            exif,
            segment(0xee, b"Adobe\0\x64\0\0\0\0\x01"),
            segment(0xdb, &[7; 65]),
            segment(0xc0, SIZE),
            segment(0xda, &[1, 1, 0, 0, 63, 0]),
            PICTURE.to_vec(),
            segment(0xc4, &[9; 20]),
            segment(0xda, &[1, 1, 0, 0, 63, 0]),
            PICTURE.to_vec(),
            vec![0xff, 0xd9],
        ]
        .concat()
    };
    for piece in [1, 2, 3, 7, 100, 100_000] {
        let clean = cleaned(AttachmentFormat::Jpeg, &photo(6), piece).unwrap();
        assert_eq!(clean, expected(orientation::segment(6)), "in pieces of {piece}");
        assert_eq!(cleaned(AttachmentFormat::Jpeg, &photo(1), piece).unwrap(), expected(Vec::new()));
        assert_eq!(cleaned(AttachmentFormat::Jpeg, &clean, piece).unwrap(), clean, "what is clean stays as it is");
    }
    assert_eq!(orientation::of(&orientation::segment(8)[4..]), Some(8));
}

#[test]
fn a_jpeg_that_is_none_or_half_of_one_is_refused() {
    let whole = photo(6);
    let end = whole.len() - b"PK\x03\x04 GPS in an archive".len();
    for length in 3..end {
        assert!(cleaned(AttachmentFormat::Jpeg, &whole[..length], 64).is_err(), "{length} bytes of {end}");
    }
    assert_eq!(cleaned(AttachmentFormat::Jpeg, b"<html><script>", 64), Err(Refusal::NotOfThisFormat));
    assert_eq!(cleaned(AttachmentFormat::Jpeg, b"", 64), Err(Refusal::Truncated));
    let no_picture = [vec![0xff, 0xd8], vec![0xff, 0xd9]].concat();
    assert_eq!(cleaned(AttachmentFormat::Jpeg, &no_picture, 64), Err(Refusal::Malformed));
    let huge = [vec![0xff, 0xd8], segment(0xc0, &[8, 0xff, 0xff, 0xff, 0xff, 1, 1, 0x11, 0])].concat();
    assert_eq!(cleaned(AttachmentFormat::Jpeg, &huge, 64), Err(Refusal::TooManyPixels));
    let short = [0xff, 0xd8, 0xff, 0xdb, 0, 1, 0];
    assert_eq!(cleaned(AttachmentFormat::Jpeg, &short, 64), Err(Refusal::Malformed));
}

fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap();
    [length.to_be_bytes().as_slice(), name, content, b"crc!"].concat()
}

fn png(extra: &[Vec<u8>]) -> Vec<u8> {
    let size = [0, 0, 0, 100, 0, 0, 0, 200, 8, 6, 0, 0, 0];
    let first = [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &size), chunk(b"sRGB", &[0])].concat();
    [first, extra.concat(), chunk(b"IDAT", &[5; 300]), chunk(b"IEND", &[])].concat()
}

#[test]
fn a_png_loses_everything_but_the_picture() {
    let told =
        [chunk(b"tEXt", b"Author\0GPS"), chunk(b"eXIf", b"II*\0GPS"), chunk(b"iTXt", b"XML:com.adobe.xmp GPS"), chunk(b"tIME", &[0; 7])];
    let told = [told.to_vec(), vec![chunk(b"iCCP", b"GPS"), chunk(b"acTL", &[0; 8]), chunk(b"prVt", b"GPS")]].concat();
    let whole = [png(&told), b"GPS behind the end".to_vec()].concat();
    assert!(contains(&whole, b"GPS"));
    for piece in [1, 3, 8, 13, 100_000] {
        assert_eq!(cleaned(AttachmentFormat::Png, &whole, piece).unwrap(), png(&[]), "in pieces of {piece}");
    }
    for length in 0..png(&[]).len() {
        assert!(cleaned(AttachmentFormat::Png, &png(&[])[..length], 64).is_err(), "{length} bytes");
    }
    assert_eq!(cleaned(AttachmentFormat::Png, &png(&[chunk(b"FAKE", b"")]), 64), Err(Refusal::Malformed));
    assert_eq!(cleaned(AttachmentFormat::Png, &photo(6), 64), Err(Refusal::NotOfThisFormat));
}

#[test]
fn a_pdf_begins_and_ends_as_one() {
    let pdf = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n0\n%%EOF\n";
    for piece in [1, 4, 5, 6, 1000] {
        assert_eq!(cleaned(AttachmentFormat::Pdf, pdf, piece).unwrap(), pdf);
    }
    assert_eq!(cleaned(AttachmentFormat::Pdf, &pdf[..30], 7), Err(Refusal::Truncated));
    assert_eq!(cleaned(AttachmentFormat::Pdf, b"%PD", 7), Err(Refusal::NotOfThisFormat));
    assert_eq!(cleaned(AttachmentFormat::Pdf, b"", 7), Err(Refusal::NotOfThisFormat));
    assert_eq!(cleaned(AttachmentFormat::Pdf, &[pdf.to_vec(), vec![b'x'; 2000]].concat(), 7), Err(Refusal::Truncated));
}

#[test]
fn a_pdf_loses_what_gateways_and_scanners_put_around_it() {
    let pdf = b"%PDF-1.7\n1 0 obj\n<<\0\0>>\nendobj\ntrailer\n<<>>\nstartxref\n0\n%%EOF\n";
    for piece in [1, 3, 7, 1000] {
        for before in [&b"\r\n"[..], b"\xef\xbb\xbf", b"MZ ", b"X-Scanned: yes\r\n\r\n", &[b' '; 1024]] {
            for zeros in [0, 1, 2048] {
                let around = [before, pdf, &vec![0; zeros]].concat();
                assert_eq!(cleaned(AttachmentFormat::Pdf, &around, piece).unwrap(), pdf, "{zeros} zeros, in pieces of {piece}");
            }
        }
        let far = [&[b' '; 1025][..], pdf].concat();
        assert_eq!(cleaned(AttachmentFormat::Pdf, &far, piece), Err(Refusal::NotOfThisFormat));
    }
}

fn boxed(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 8).unwrap();
    [length.to_be_bytes().as_slice(), name, content].concat()
}

fn recording(brands: &[u8], index: &[u8; 4]) -> Vec<u8> {
    let long = [&1_u32.to_be_bytes()[..], b"free", &24_u64.to_be_bytes(), &[9; 8]].concat();
    [boxed(b"ftyp", brands), boxed(b"wide", b""), boxed(index, &[1; 40]), long, boxed(b"mdat", &[5; 3000])].concat()
}

#[test]
fn a_file_of_a_telephone_is_of_its_format_and_whole() {
    let heic = recording(b"heic\0\0\0\0mif1heic", b"meta");
    let m4a = recording(b"M4A \0\0\0\0isommp42", b"moov");
    let mp4 = recording(b"mp42\0\0\0\x01isom", b"moov");
    let mov = recording(b"qt  \x20\x05\x03\0qt  ", b"moov");
    let simple = recording(b"3gp5\0\0\x01\x003gp53gp4", b"moov");
    let all = [
        (AttachmentFormat::Heic, heic),
        (AttachmentFormat::M4a, m4a),
        (AttachmentFormat::Mp4, mp4),
        (AttachmentFormat::QuickTime, mov),
        (AttachmentFormat::ThreeGp, simple),
    ];
    for (format, file) in &all {
        for piece in [1, 5, 8, 100, 100_000] {
            assert_eq!(&cleaned(*format, file, piece).unwrap(), file, "{format} in pieces of {piece}");
        }
        // A file that was cut between two boxes after its index can not be told from a whole one.
        let after_index = file.len() - 3008 - 24;
        for length in (0..file.len()).filter(|length| ![after_index, after_index + 24].contains(length)) {
            assert!(cleaned(*format, &file[..length], 64).is_err(), "{format}: {length} bytes");
        }
        for other in [&b"<html><script>"[..], b"", b"\0\0\0\x14ftypxx  \0\0\0\0xx  ", b"%PDF-1.7 %%EOF", &photo(6)] {
            assert!(cleaned(*format, other, 64).is_err(), "{format}");
        }
        let broken = [boxed(b"ftyp", b"heic\0\0\0\0mp42qt  3gp5"), vec![0, 0, 0, 7], b"moov".to_vec(), vec![0; 20]].concat();
        assert_eq!(cleaned(*format, &broken, 64), Err(Refusal::Malformed), "{format}: a box that is shorter than its head");
        let to_the_end = [file.clone(), vec![0; 4], b"mdat".to_vec(), vec![7; 100]].concat();
        assert_eq!(cleaned(*format, &to_the_end, 64).unwrap(), to_the_end, "{format}: a last box without a size");
    }
    assert_eq!(cleaned(AttachmentFormat::Heic, &all[2].1, 64), Err(Refusal::NotOfThisFormat));
    assert_eq!(cleaned(AttachmentFormat::Mp4, &all[0].1, 64), Err(Refusal::NotOfThisFormat));
    assert_eq!(cleaned(AttachmentFormat::Mp4, &all[3].1, 64), Err(Refusal::NotOfThisFormat));
    assert_eq!(cleaned(AttachmentFormat::QuickTime, &all[2].1, 64), Err(Refusal::NotOfThisFormat));
}

fn part(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap();
    [name, length.to_le_bytes().as_slice(), content, &[0][..content.len() % 2]].concat()
}

fn webp(parts: &[Vec<u8>]) -> Vec<u8> {
    let content = [b"WEBP".to_vec(), parts.concat()].concat();
    part(b"RIFF", &content)
}

/// Canvas of 200 by 100, and a lossy picture of the same size.
fn extended(flags: u8) -> Vec<u8> {
    part(b"VP8X", &[flags, 0, 0, 0, 199, 0, 0, 99, 0, 0])
}

fn lossy() -> Vec<u8> {
    part(b"VP8 ", &[&[0x50, 0x32, 0, 0x9d, 0x01, 0x2a, 200, 0, 100, 0][..], &[5; 301]].concat())
}

#[test]
fn a_webp_loses_everything_but_the_picture() {
    let told = [part(b"ICCP", b"GPS"), part(b"EXIF", b"II*\0GPS 11.5564N"), part(b"XMP ", b"<GPS>"), part(b"prvt", b"GPS")];
    let [profile, exif, xmp, own] = &told;
    let whole = webp(&[extended(0x3c), profile.clone(), lossy(), exif.clone(), xmp.clone(), own.clone()]);
    let clean = cleaned(AttachmentFormat::Webp, &[whole.clone(), b"GPS behind the end".to_vec()].concat(), 100_000).unwrap();
    assert!(!contains(&clean, b"GPS") && contains(&clean, &[5; 301]) && clean.len() == whole.len());
    assert_eq!(clean.get(20), Some(&0x10), "alpha stays, and no profile, no Exif and no XMP is announced");
    for piece in [1, 3, 8, 13, 64] {
        assert_eq!(cleaned(AttachmentFormat::Webp, &whole, piece).unwrap(), clean, "in pieces of {piece}");
    }
    assert_eq!(cleaned(AttachmentFormat::Webp, &clean, 7).unwrap(), clean, "what is clean stays as it is");
    let moving = webp(&[extended(2), part(b"ANIM", &[0; 6]), part(b"ANMF", &[vec![0; 16], lossy(), told[3].clone()].concat())]);
    let still = cleaned(AttachmentFormat::Webp, &moving, 5).unwrap();
    assert!(!contains(&still, b"GPS") && still.len() == moving.len());
    for simple in [webp(&[lossy()]), webp(&[part(b"VP8L", &[0x2f, 199, 0xc0, 24, 0, 7])])] {
        assert_eq!(cleaned(AttachmentFormat::Webp, &simple, 5).unwrap(), simple);
    }
    for length in 0..whole.len() {
        assert!(cleaned(AttachmentFormat::Webp, &whole[..length], 64).is_err(), "{length} bytes");
    }
    let huge = webp(&[part(b"VP8X", &[0, 0, 0, 0, 255, 255, 255, 255, 255, 255]), lossy()]);
    assert_eq!(cleaned(AttachmentFormat::Webp, &huge, 64), Err(Refusal::TooManyPixels));
    assert_eq!(cleaned(AttachmentFormat::Webp, &webp(&[extended(0)]), 64), Err(Refusal::Malformed), "no picture");
    assert_eq!(cleaned(AttachmentFormat::Webp, &photo(6), 64), Err(Refusal::NotOfThisFormat));
    let longer = webp(&[[b"VP8 ".to_vec(), 5000_u32.to_le_bytes().to_vec(), vec![1; 40]].concat()]);
    assert_eq!(cleaned(AttachmentFormat::Webp, &longer, 64), Err(Refusal::Malformed), "a part that is longer than its file");
}

#[test]
fn a_voice_note_is_of_its_format_and_whole() {
    let narrow = [b"#!AMR\n".to_vec(), [vec![0x3c], vec![7; 31]].concat(), vec![0x7c], [vec![0x44], vec![8; 5]].concat()].concat();
    let wide = [b"#!AMR-WB\n".to_vec(), [vec![0x44], vec![9; 60]].concat()].concat();
    for file in [&narrow, &wide] {
        for piece in [1, 6, 7, 100] {
            assert_eq!(&cleaned(AttachmentFormat::Amr, file, piece).unwrap(), file, "in pieces of {piece}");
        }
        assert!(
            cleaned(AttachmentFormat::Amr, &[file.as_slice(), b"GPS 11.5564N"].concat(), 64).is_err(),
            "there is room for nothing else"
        );
        assert!(cleaned(AttachmentFormat::Amr, &file[..file.len() - 1], 64).is_err());
    }
    for other in [&b"#!AMR_MC1.0\n"[..], b"<html><script>", b"#!AM", b"", b"#!AMR\n"] {
        assert!(cleaned(AttachmentFormat::Amr, other, 64).is_err());
    }
    let page = |flags: u8, content: &[u8]| {
        let head = [b"OggS\0".as_slice(), &[flags], &[0; 20], &[1, u8::try_from(content.len()).unwrap()]].concat();
        [head, content.to_vec()].concat()
    };
    let ogg = [page(2, b"OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0"), page(0, b"OpusTags title"), page(4, &[3; 200])].concat();
    for piece in [1, 5, 27, 28, 1000] {
        assert_eq!(cleaned(AttachmentFormat::Ogg, &ogg, piece).unwrap(), ogg, "in pieces of {piece}");
    }
    for length in 0..ogg.len() {
        assert!(cleaned(AttachmentFormat::Ogg, &ogg[..length], 64).is_err(), "{length} bytes");
    }
    let film = [page(2, b"\x80theora-"), page(4, &[3; 200])].concat();
    for other in [&film, &narrow, &photo(6)] {
        assert_eq!(cleaned(AttachmentFormat::Ogg, other, 64), Err(Refusal::NotOfThisFormat));
    }
    let unfit = [page(2, b"OpusHead\x01\x01\0"), b"<html> and twenty more bytes".to_vec()].concat();
    assert_eq!(cleaned(AttachmentFormat::Ogg, &unfit, 64), Err(Refusal::Malformed));
}
