//! The orientation of a picture: the only part of an Exif block that is kept, because a passport that lies on its side is hard to
//! read.

/// The bytes that begin every Exif block.
const BEGINS: &[u8] = b"Exif\0\0";
/// The tag, in the first directory.
const ORIENTATION: u16 = 0x0112;

/// Reads numbers in the byte order that the block states.
struct Reader<'a> {
    bytes: &'a [u8],
    is_little: bool,
}

impl Reader<'_> {
    fn u16(&self, at: usize) -> Option<u16> {
        let bytes = *self.bytes.get(at..)?.first_chunk::<2>()?;
        Some(if self.is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let bytes = *self.bytes.get(at..)?.first_chunk::<4>()?;
        Some(if self.is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }
}

/// The orientation in this APP1 segment, if it has one: 2 to 8, as Exif numbers it.
pub fn of(segment: &[u8]) -> Option<u8> {
    let bytes = segment.strip_prefix(BEGINS)?;
    let is_little = match bytes.get(..2)? {
        b"II" => true,
        b"MM" => false,
        _ => return None,
    };
    let reader = Reader { bytes, is_little };
    let directory = usize::try_from(reader.u32(4)?).ok()?;
    for entry in 0..usize::from(reader.u16(directory)?) {
        let at = directory.checked_add(2 + entry * 12)?;
        if reader.u16(at)? == ORIENTATION {
            let turned = u8::try_from(reader.u16(at.checked_add(8)?)?).ok()?;
            return (2..=8).contains(&turned).then_some(turned);
        }
    }
    None
}

/// An APP1 segment with the orientation and nothing else.
pub fn segment(turned: u8) -> Vec<u8> {
    let mut segment = vec![0xff, 0xe1, 0, 34];
    segment.extend_from_slice(BEGINS);
    // Big-endian; the directory is at 8, with one entry: the tag, a SHORT, one of it, its value; and no directory follows.
    segment.extend_from_slice(&[b'M', b'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, turned, 0, 0, 0, 0, 0, 0]);
    segment
}
