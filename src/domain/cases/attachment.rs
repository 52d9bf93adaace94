//! Files on a case: what they can be, where each kind belongs, who may add one, and what a file may be called.

use serde::{Deserialize, Deserializer};

use crate::domain::access::compartments::Compartment;
use crate::domain::repatriation::records::record::Recorder;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// Bytes that a file may have: 20 MiB.
pub const MAX_BYTES: u64 = 20 * 1024 * 1024;
/// Characters that the name of a file may have before its ending.
const MAX_NAME: usize = 120;
/// And bytes: with the ending, less than the 255 that file systems take.
const MAX_NAME_BYTES: usize = 200;

/// How much of files is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttachmentLimits {
    /// Files of one organisation on one case.
    pub per_case: u32,
    /// GiB of one organisation.
    pub organisation_gib: u32,
    /// GiB in all.
    pub total_gib: u32,
}

impl Default for AttachmentLimits {
    fn default() -> Self {
        Self { per_case: 100, organisation_gib: 20, total_gib: 100 }
    }
}

text_enum! {
    /// What a file is of (DOMAIN: AttachmentKind).
    pub enum AttachmentKind {
        PassportScan = "passport_scan",
        NationalIdScan = "national_id_scan",
        BirthCertificate = "birth_certificate",
        FamilyBook = "family_book",
        SignedConsent = "signed_consent",
        ScreeningInterviewForm = "screening_interview_form",
        ShortIdFormJudicialPolice = "short_id_form_judicial_police",
        DetailedIdFormJudicialPolice = "detailed_id_form_judicial_police",
        ShortIdFormMosvy = "short_id_form_mosvy",
        DetailedIdFormMosvy = "detailed_id_form_mosvy",
        ShortIdFormDiplomaticMission = "short_id_form_diplomatic_mission",
        LetterFromImmigrationPolice = "letter_from_immigration_police",
        OfficialLetter = "official_letter",
        LaissezPasser = "laissez_passer",
        ReferralDocument = "referral_document",
        PoliceInterview = "police_interview",
        Complaint = "complaint",
        Warrant = "warrant",
        Verdict = "verdict",
        ExitPermit = "exit_permit",
        FineReceipt = "fine_receipt",
        FitToTravel = "fit_to_travel",
        Ticket = "ticket",
        Photo = "photo",
        DeathCertificate = "death_certificate",
        GuardianshipOrder = "guardianship_order",
        /// Report of a best-interests procedure.
        BidReport = "bid_report",
        ParentalTravelConsent = "parental_travel_consent",
        DeportationOrder = "deportation_order",
        WaiverDecision = "waiver_decision",
        NoteVerbale = "note_verbale",
        PowerOfAttorney = "power_of_attorney",
        MedicalReport = "medical_report",
        ChatEvidence = "chat_evidence",
        Other = "other",
    }
}

text_enum! {
    /// The formats that are kept: documents, pictures, and what telephones record. What is taken out of each differs: see
    /// [`AttachmentFormat::is_cleaned`].
    pub enum AttachmentFormat {
        Pdf = "application/pdf",
        Jpeg = "image/jpeg",
        Png = "image/png",
        Heic = "image/heic",
        M4a = "audio/mp4",
        Mp4 = "video/mp4",
        QuickTime = "video/quicktime",
        ThreeGp = "video/3gpp",
        Ogg = "audio/ogg",
        Amr = "audio/amr",
        Webp = "image/webp",
    }
}

text_enum! {
    /// Whether the content has arrived.
    pub enum AttachmentStatus {
        /// It was announced, and no content has arrived.
        AwaitingContent = "awaiting_content",
        /// The content is kept.
        Stored = "stored",
    }
}

impl AttachmentKind {
    /// The compartment it is sealed with where nobody says otherwise.
    pub const fn compartment(self) -> Compartment {
        match self {
            Self::PassportScan | Self::NationalIdScan | Self::BirthCertificate | Self::FamilyBook => Compartment::Identity,
            Self::ShortIdFormDiplomaticMission | Self::LetterFromImmigrationPolice => Compartment::Identity,
            Self::OfficialLetter | Self::LaissezPasser | Self::ExitPermit => Compartment::Identity,
            Self::FineReceipt | Self::Ticket | Self::Photo => Compartment::Identity,
            Self::ParentalTravelConsent | Self::DeportationOrder | Self::WaiverDecision | Self::NoteVerbale => Compartment::Identity,
            // Why somebody died, who looks after a child, and what was said in a compound.
            Self::DeathCertificate | Self::GuardianshipOrder | Self::BidReport => Compartment::Narrative,
            Self::PowerOfAttorney | Self::ChatEvidence => Compartment::Narrative,
            // What somebody wrote down of what happened; and whatever nobody named is taken for that.
            Self::SignedConsent | Self::ScreeningInterviewForm | Self::ReferralDocument | Self::Other => Compartment::Narrative,
            Self::ShortIdFormJudicialPolice | Self::DetailedIdFormJudicialPolice => Compartment::Narrative,
            Self::ShortIdFormMosvy | Self::DetailedIdFormMosvy => Compartment::Narrative,
            Self::PoliceInterview | Self::Complaint | Self::Warrant | Self::Verdict => Compartment::Narrative,
            Self::FitToTravel | Self::MedicalReport => Compartment::Health,
        }
    }

    /// Who may add it. A mission that is a guest adds what it issues or receives itself, and no narrative.
    pub const fn recorder(self) -> Recorder {
        match self.compartment() {
            Compartment::Identity | Compartment::Contact => Recorder::CareOrMission,
            _ => Recorder::Care,
        }
    }

    /// Whether it may be kept in a compartment: in its own, or in one at least as sensitive. A photo may show an injury.
    pub fn fits(self, compartment: Compartment) -> bool {
        compartment.class() >= self.compartment().class()
    }
}

/// Reads the format that a media type names, for `#[serde(deserialize_with = "media_type")]`. A type that is not taken is read too:
/// any text is one by the document, so it is refused with the rules about fields ([`unknown_media_type`]).
pub fn media_type<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<AttachmentFormat>, D::Error> {
    Ok(AttachmentFormat::of_media_type(&String::deserialize(deserializer)?))
}

/// What is said of a media type that is not taken.
pub fn unknown_media_type() -> Violation {
    let known: Vec<_> = AttachmentFormat::ALL.iter().map(|format| format.as_str()).collect();
    Violation::new("/media_type", "unknown_value", format!("must be one of: {}", known.join(", ")))
}

impl AttachmentFormat {
    /// How the name of such a file ends.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Heic => "heic",
            Self::M4a => "m4a",
            Self::Mp4 => "mp4",
            Self::QuickTime => "mov",
            Self::ThreeGp => "3gp",
            Self::Ogg => "ogg",
            Self::Amr => "amr",
            Self::Webp => "webp",
        }
    }

    /// Whether everything that is not the content itself is taken out on arrival: the place, the device, the time.
    pub const fn is_cleaned(self) -> bool {
        match self {
            Self::Jpeg | Self::Png | Self::Webp | Self::Amr => true,
            Self::Pdf | Self::Heic | Self::M4a | Self::Mp4 | Self::QuickTime | Self::ThreeGp | Self::Ogg => false,
        }
    }

    /// Whether only the owner of the case and whoever sent the file see it. A telephone writes into a recording where it was made,
    /// which can be a shelter; a PDF is a document that is made to be handed on.
    pub const fn is_kept_to_owner(self) -> bool {
        match self {
            Self::Heic | Self::M4a | Self::Mp4 | Self::QuickTime | Self::ThreeGp | Self::Ogg => true,
            Self::Pdf | Self::Jpeg | Self::Png | Self::Webp | Self::Amr => false,
        }
    }

    /// Whether a name ends as one of this format does.
    fn ends(self, name: &str) -> bool {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        ending == self.ending() || self.endings().contains(&ending.as_str())
    }

    /// How such a name may end beside its usual ending.
    const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpeg", "jfif"],
            Self::Heic => &["heif"],
            Self::Mp4 => &["m4v"],
            Self::QuickTime => &["qt"],
            Self::ThreeGp => &["3gpp"],
            Self::Ogg => &["oga", "opus"],
            Self::Amr => &["awb"],
            Self::Pdf | Self::Png | Self::M4a | Self::Webp => &[],
        }
    }

    /// The format of a media type, as programs of all kinds write it: other names of the same, parameters, any case.
    pub fn of_media_type(text: &str) -> Option<Self> {
        let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let name = match essence.as_str() {
            "application/x-pdf" => "application/pdf",
            "image/jpg" | "image/pjpeg" => "image/jpeg",
            "image/x-png" => "image/png",
            "image/heif" => "image/heic",
            "audio/x-m4a" | "audio/m4a" | "audio/mp4a-latm" => "audio/mp4",
            "video/x-m4v" | "application/mp4" => "video/mp4",
            "audio/3gpp" => "video/3gpp",
            "audio/opus" | "application/ogg" | "audio/vorbis" => "audio/ogg",
            "audio/amr-wb" | "audio/amr-nb" => "audio/amr",
            known => known,
        };
        Self::parse(name)
    }
}

/// A name under which a file can be saved anywhere without harm: no path, nothing that is not shown, no other ending than that of
/// its format. Cleaned rather than refused, because a name is what somebody's telephone made of it.
pub fn safe_name(name: Option<&str>, kind: AttachmentKind, format: AttachmentFormat) -> String {
    let last = name.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let shown = last.chars().filter(|letter| !is_hidden(*letter));
    let plain: String = shown.map(|letter| if "<>:\"|?*%;$`'&".contains(letter) { '_' } else { letter }).collect();
    let is_edge = |letter: char| letter == '.' || letter.is_whitespace();
    // A name that begins with a hyphen is an option to many a command, and one that begins with a point is not shown.
    let trimmed = plain.trim_end_matches(is_edge).trim_start_matches(|letter: char| letter == '-' || is_edge(letter));
    let (stem, ending) = match trimmed.rsplit_once('.') {
        Some((stem, ending)) if format.ends(trimmed) => (stem, ending),
        _ => (trimmed, format.ending()),
    };
    let stem: String = stem.chars().take(MAX_NAME).collect();
    let stem = stem.get(..stem.floor_char_boundary(MAX_NAME_BYTES)).unwrap_or_default();
    let stem = stem.trim_end_matches(is_edge);
    match stem {
        "" => format!("{kind}.{ending}"),
        stem if is_device(stem) => format!("_{stem}.{ending}"),
        stem => format!("{stem}.{ending}"),
    }
}

/// What a screen does not show, or what makes it show letters in another order.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{61c}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}')
}

/// Names that Windows keeps for devices.
fn is_device(stem: &str) -> bool {
    let first = stem.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let port = first.strip_prefix("COM").or_else(|| first.strip_prefix("LPT")).unwrap_or_default();
    let numbered = port.chars().count() == 1 && port.starts_with(|digit: char| digit.is_ascii_digit() || "¹²³".contains(digit));
    numbered || matches!(first.as_str(), "CON" | "PRN" | "AUX" | "NUL")
}

/// What is wrong with an announcement.
pub fn violations(kind: AttachmentKind, compartment: Option<Compartment>, today: Today) -> Vec<Violation> {
    let mut checks = Checks::on(today);
    let is_too_open = compartment.is_some_and(|compartment| !kind.fits(compartment));
    checks.refuse(is_too_open, "/compartment", "too_open", "must be at least as sensitive as the compartment for this kind");
    checks.found()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_safe_wherever_it_is_saved() {
        for (name, safe) in [
            (Some("Paspor Siti.JPG"), "Paspor Siti.JPG"),
            (Some("護照 陳怡君.jpeg"), "護照 陳怡君.jpeg"),
            (Some("../../etc/passwd"), "passwd.jpg"),
            (Some("C:\\Users\\x\\scan.pdf"), "scan.pdf.jpg"),
            (Some("a\u{202e}gpj.exe"), "agpj.exe.jpg"),
            (Some("one\r\nSet-Cookie: x.jpg"), "oneSet-Cookie_ x.jpg"),
            (Some("..."), "photo.jpg"),
            (Some("con.jpg"), "_con.jpg"),
            (Some("COM1"), "_COM1.jpg"),
            (Some(" .jpg"), "jpg.jpg"),
            (Some("-rf.jpg"), "rf.jpg"),
            (Some("-.- profile.jpg"), "profile.jpg"),
            (Some("com¹.jpg"), "_com¹.jpg"),
            (Some("\u{3164}.jpg"), "jpg.jpg"),
            (Some("Siti\u{e0041}.jpg"), "Siti.jpg"),
            (None, "photo.jpg"),
        ] {
            assert_eq!(safe_name(name, AttachmentKind::Photo, AttachmentFormat::Jpeg), safe, "{name:?}");
        }
        let long = safe_name(Some(&"ក".repeat(500)), AttachmentKind::Photo, AttachmentFormat::Png);
        assert_eq!(safe_name(Some(&"a".repeat(500)), AttachmentKind::Photo, AttachmentFormat::Png).len(), 124);
        assert!(long.len() <= 204 && long.starts_with("កក") && long.ends_with(".png"), "{long}");
    }

    #[test]
    fn a_media_type_is_read_as_telephones_write_it() {
        for (written, format) in [
            ("audio/x-m4a", AttachmentFormat::M4a),
            ("audio/mp4", AttachmentFormat::M4a),
            ("audio/ogg; codecs=opus", AttachmentFormat::Ogg),
            ("audio/AMR", AttachmentFormat::Amr),
            ("audio/3gpp", AttachmentFormat::ThreeGp),
            ("image/jpg", AttachmentFormat::Jpeg),
            ("video/quicktime", AttachmentFormat::QuickTime),
        ] {
            assert_eq!(AttachmentFormat::of_media_type(written), Some(format), "{written}");
        }
        for unknown in ["text/html", "image/svg+xml", "", "audio", "image/gif"] {
            assert_eq!(AttachmentFormat::of_media_type(unknown), None, "{unknown}");
        }
        assert_eq!(safe_name(Some("PTT-20260119.opus"), AttachmentKind::ChatEvidence, AttachmentFormat::Ogg), "PTT-20260119.opus");
    }

    #[test]
    fn nothing_is_kept_more_openly_than_its_kind_allows() {
        let today = Today::noon("2026-01-20".parse().unwrap());
        for kind in AttachmentKind::ALL {
            assert!(kind.fits(kind.compartment()));
            assert!(kind.fits(Compartment::Protection) && kind.fits(Compartment::Location));
        }
        assert!(violations(AttachmentKind::Photo, Some(Compartment::Health), today).is_empty());
        assert_eq!(violations(AttachmentKind::Verdict, Some(Compartment::Identity), today).len(), 1);
        assert_eq!(violations(AttachmentKind::Other, Some(Compartment::Contact), today).len(), 1);
    }
}
