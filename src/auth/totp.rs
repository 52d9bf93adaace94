//! Time-based one-time codes (RFC 6238): SHA-1, six digits, thirty seconds, which every authenticator app supports.

use qrcode::QrCode;
use qrcode::render::svg;
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::crypto::random;
use crate::domain::dates::Timestamp;
use crate::error::{Error, Result};

/// Bytes of a seed: 160 bits (RFC 4226 §4).
const SEED_BYTES: usize = 20;
/// The text that an authenticator app shows beside the user's name.
const ISSUER: &str = "Homeward";
/// Pixels of a side of the QR code, at least.
const QR_PIXELS: u32 = 240;

/// A new random seed.
pub fn new_seed() -> Result<Zeroizing<Vec<u8>>> {
    Ok(Zeroizing::new(random::<SEED_BYTES>()?.to_vec()))
}

/// The data with which a user enrols a seed in an authenticator app.
pub struct Enrolment {
    /// The otpauth address that such apps read.
    pub uri: String,
    /// The seed in base32, to be typed in.
    pub secret: String,
    /// The address as a QR code.
    pub qr_svg: String,
}

/// The enrolment of a seed for an account.
pub fn enrolment(seed: &[u8], username: &str) -> Result<Enrolment> {
    // The colon separates issuer and account in the address.
    let builder = builder(seed).with_account_name(username.replace(':', "_")).with_issuer(Some(ISSUER));
    let totp = builder.build().map_err(unusable)?;
    let uri = totp.to_url().map_err(unusable)?;
    let code = QrCode::new(uri.as_bytes()).map_err(|_| Error::internal("an address is too long for a QR code"))?;
    let qr_svg = code.render::<svg::Color<'_>>().min_dimensions(QR_PIXELS, QR_PIXELS).build();
    Ok(Enrolment { uri, secret: totp.secret().to_base32(), qr_svg })
}

/// The step at which this code is right: the current one, the one before or the one after. None if it is wrong.
pub fn matching_step(seed: &[u8], code: &str, now: Timestamp) -> Result<Option<i64>> {
    let Ok(seconds) = u64::try_from(now.utc().timestamp()) else { return Ok(None) };
    let step = totp(seed)?.check(code, seconds);
    step.map(i64::try_from).transpose().map_err(Error::internal)
}

fn totp(seed: &[u8]) -> Result<Totp> {
    builder(seed).build().map_err(unusable)
}

fn builder(seed: &[u8]) -> Builder {
    Builder::new().with_secret(Secret::new(seed.into()))
}

fn unusable(_: totp_rs::TotpError) -> Error {
    // The error of the crate may repeat the address, and with it the seed.
    Error::internal("a seed of a second factor cannot be used")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the seed of the SHA-1 vectors.
    const SEED: &[u8] = b"12345678901234567890";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000).unwrap()
    }

    #[test]
    fn the_vectors_of_the_standard_match() {
        // The last six of the eight digits in the standard.
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037"), (20_000_000_000, "353130")]
        {
            assert_eq!(matching_step(SEED, code, at(seconds)).unwrap(), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn codes_match_at_the_first_second_and_beyond_every_limit_of_32_bits() {
        let seed = new_seed().unwrap();
        for seconds in [0, 1, 29, 2_147_483_647, 2_147_483_648, 4_294_967_295, 4_294_967_296, 4_300_000_000] {
            let code = totp(&seed).unwrap().generate(seconds.try_into().unwrap()).to_string();
            assert_eq!(matching_step(&seed, &code, at(seconds)).unwrap(), Some(seconds / 30), "{seconds}");
        }
        assert_eq!(matching_step(&seed, "000000", at(-1)).unwrap(), None, "before 1970 nothing matches, and nothing breaks");
    }

    #[test]
    fn a_code_is_right_one_step_early_and_one_step_late_and_no_further() {
        let code = totp(SEED).unwrap().generate(1_111_111_109).to_string();
        let matches = |seconds: i64| matching_step(SEED, &code, at(seconds)).unwrap().is_some();
        assert!(matches(1_111_111_109 - 30) && matches(1_111_111_109) && matches(1_111_111_109 + 30));
        assert!(!matches(1_111_111_109 - 60) && !matches(1_111_111_109 + 60));
        for nonsense in ["", "1", "28708", "2870822", "abcdef", "２８７０８２", "287 082x"] {
            assert_eq!(matching_step(SEED, nonsense, at(59)).unwrap(), None, "{nonsense}");
        }
    }

    #[test]
    fn an_enrolment_can_be_scanned_and_typed() {
        let enrolment = enrolment(SEED, "siti:rahmawati نور").unwrap();
        assert!(enrolment.uri.starts_with("otpauth://totp/Homeward:siti_rahmawati"), "{}", enrolment.uri);
        assert!(enrolment.uri.contains(&format!("secret={}", enrolment.secret)) && enrolment.uri.contains("issuer=Homeward"));
        assert_eq!(enrolment.secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(enrolment.qr_svg.contains("<svg") && !enrolment.qr_svg.contains("GEZDG"));
        assert_eq!(new_seed().unwrap().len() * 8, 160);
    }
}
