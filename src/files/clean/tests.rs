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
    assert_eq!(cleaned(AttachmentFormat::Pdf, b"MZ %PDF-1.7 %%EOF", 7), Err(Refusal::NotOfThisFormat));
    assert_eq!(cleaned(AttachmentFormat::Pdf, b"%PD", 7), Err(Refusal::NotOfThisFormat));
    assert_eq!(cleaned(AttachmentFormat::Pdf, &[pdf.to_vec(), vec![0; 2000]].concat(), 7), Err(Refusal::Truncated));
}
