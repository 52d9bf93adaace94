//! The shared parts of the cleaners: taking bytes as they arrive, and the reasons for refusing a file.

/// Pixels that a picture may have: those of the largest sensors of telephones. More would be a picture made to break a viewer.
const MAX_PIXELS: u64 = 200_000_000;

/// The reason why a file is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It does not begin as a file of this format does.
    NotOfThisFormat,
    /// Its parts do not fit together.
    Malformed,
    /// It ends before it is complete.
    Truncated,
    /// The picture is too large to be opened safely.
    TooManyPixels,
}

/// The result of looking at a piece.
pub(in crate::files) type Looked<T> = Result<T, Refusal>;

/// Moves bytes from the front of `input` into `held` until that has as many as are needed; says whether it has.
pub(in crate::files) fn hold(held: &mut Vec<u8>, needed: usize, input: &mut &[u8]) -> bool {
    let (taken, rest) = input.split_at(input.len().min(needed.saturating_sub(held.len())));
    held.extend_from_slice(taken);
    *input = rest;
    held.len() >= needed
}

/// Takes at most so many bytes from the front of `input`.
pub(in crate::files) fn take<'a>(remaining: &mut usize, input: &mut &'a [u8]) -> &'a [u8] {
    let (taken, rest) = input.split_at(input.len().min(*remaining));
    *remaining -= taken.len();
    *input = rest;
    taken
}

/// Refuses a picture that is too large, or has no size.
pub(in crate::files) fn check_size(width: u64, height: u64) -> Looked<()> {
    match width.saturating_mul(height) {
        0 => Err(Refusal::Malformed),
        pixels if pixels > MAX_PIXELS => Err(Refusal::TooManyPixels),
        _ => Ok(()),
    }
}
