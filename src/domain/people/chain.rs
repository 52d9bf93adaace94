//! Whether a link of somebody's chain of recruiters is the one that a supervisor looks for. Pure: it is given what its caller may read.

use unicode_normalization::UnicodeNormalization;

use crate::domain::cases::phone::{decimal, meanings};
use crate::domain::country::Country;
use crate::domain::people::matching::{POSSIBLE, document_number};
use crate::domain::people::names::{Closeness, Name};
use crate::domain::repatriation::records::Recruiter;

text_enum! {
    /// What of a link fits.
    pub enum ChainField {
        /// The name, or what they are called.
        Name = "name",
        Handle = "handle",
        Phone = "phone",
        Account = "account",
    }
}

/// A link that is looked for, as it is compared.
#[derive(Clone, Default)]
pub struct SoughtLink {
    name: Option<Name>,
    handle: Option<String>,
    phones: Vec<String>,
    account: Option<String>,
}

impl SoughtLink {
    /// What somebody typed, who works in a country.
    pub fn read(name: Option<&str>, handle: Option<&str>, phone: Option<&str>, account: Option<&str>, country: Option<Country>) -> Self {
        let countries: Vec<Country> = country.into_iter().collect();
        Self {
            name: name.and_then(Name::read),
            handle: handle.and_then(handle_key),
            phones: phone.map(|phone| meanings(phone, &countries)).unwrap_or_default(),
            account: account.and_then(account_key),
        }
    }

    /// Whether there is nothing to compare: no letter or digit in what was typed.
    pub fn is_empty(&self) -> bool {
        self.name.is_none() && self.handle.is_none() && self.phones.is_empty() && self.account.is_none()
    }

    /// What of a link fits, whose case is in a country; empty, if it is another one.
    pub fn fits(&self, link: &Recruiter, host_country: Country) -> Vec<ChainField> {
        let countries: Vec<Country> = link.country.into_iter().chain([host_country]).collect();
        let has_name = self.name.as_ref().is_some_and(|sought| {
            let borne: Vec<Name> = [&link.name, &link.alias].into_iter().flatten().filter_map(|name| Name::read(name)).collect();
            Closeness::Typed.of(std::slice::from_ref(sought), &borne).is_some_and(|closeness| closeness >= POSSIBLE)
        });
        let has_handle = self.handle.is_some() && link.handle.as_deref().and_then(handle_key) == self.handle;
        let has_phone = link.phone.as_deref().is_some_and(|phone| {
            let known = meanings(phone, &countries);
            self.phones.iter().any(|phone| known.contains(phone))
        });
        let has_account = self.account.is_some() && link.account.as_deref().and_then(account_key) == self.account;
        let each = [
            (ChainField::Name, has_name),
            (ChainField::Handle, has_handle),
            (ChainField::Phone, has_phone),
            (ChainField::Account, has_account),
        ];
        each.into_iter().filter(|(_, fits)| *fits).map(|(field, _)| field).collect()
    }
}

/// Networks, which are no part of a name there.
const NETWORKS: [&str; 22] = [
    "telegram",
    "tg",
    "whatsapp",
    "wechat",
    "weixin",
    "line",
    "zalo",
    "viber",
    "signal",
    "facebook",
    "fb",
    "messenger",
    "instagram",
    "ig",
    "tiktok",
    "kakaotalk",
    "kakao",
    "imo",
    "discord",
    "linkedin",
    "skype",
    "on",
];

/// A handle as it is compared: without the network, in small letters. `Telegram @GoodJobs` and `https://t.me/goodjobs` are one.
fn handle_key(text: &str) -> Option<String> {
    let folded = text.nfkc().collect::<String>().to_lowercase();
    let is_part = |letter: char| letter.is_alphanumeric() || ['_', '.', '-'].contains(&letter);
    let word = |text: &str| text.split(|letter| !is_part(letter)).find(|part| !part.is_empty()).map(ToOwned::to_owned);
    if let Some((_, handle)) = folded.split_once('@') {
        return word(handle);
    }
    if let Some((_, path)) = folded.trim_end_matches('/').rsplit_once('/') {
        return word(path);
    }
    let words: Vec<&str> = folded.split(|letter| !is_part(letter)).filter(|part| !part.is_empty() && !NETWORKS.contains(part)).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// An account as it is compared: letters and digits of any script, in capitals.
fn account_key(text: &str) -> Option<String> {
    let key = document_number(&text.nfkc().map(|letter| decimal(letter).unwrap_or(letter)).collect::<String>());
    (!key.is_empty()).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::codes::ChainRole;

    fn link(name: Option<&str>, handle: Option<&str>, phone: Option<&str>, account: Option<&str>) -> Recruiter {
        let owned = |text: Option<&str>| text.map(ToOwned::to_owned);
        Recruiter {
            position: 1,
            role: ChainRole::Recruiter,
            name: owned(name),
            alias: None,
            handle: owned(handle),
            phone: owned(phone),
            account: owned(account),
            route: None,
            paid_by: None,
            paid: None,
            place: None,
            country: None,
        }
    }

    #[test]
    fn one_link_is_found_however_two_people_wrote_it_down() {
        let cambodia = Country::parse("KHM").expect("a country");
        let told = [
            (link(Some("Chen Yi-Jun"), None, None, None), ChainField::Name),
            (link(Some("陈怡君"), None, None, None), ChainField::Name),
            (link(None, Some("Telegram @GoodJobs"), None, None), ChainField::Handle),
            (link(None, Some("https://t.me/goodjobs"), None, None), ChainField::Handle),
            (link(None, Some("t.me/GoodJobs/"), None, None), ChainField::Handle),
            (link(None, Some("@goodjobs on Telegram"), None, None), ChainField::Handle),
            (link(None, Some("goodjobs (Telegram)"), None, None), ChainField::Handle),
            (link(None, None, Some("+855 12 345 678"), None), ChainField::Phone),
            (link(None, None, Some("០១២ ៣៤៥ ៦៧៨"), None), ChainField::Phone),
            (link(None, None, None, Some("ABA 000-123-456")), ChainField::Account),
            (link(None, None, None, Some("ABA ០០០១២៣៤៥៦")), ChainField::Account),
        ];
        let sought = SoughtLink::read(Some("Yijun Chen"), Some("@goodjobs"), Some("012345678"), Some("aba 000123456"), Some(cambodia));
        for (link, field) in told {
            assert_eq!(sought.fits(&link, cambodia), [field], "{link:?}");
        }
        let others = [
            link(Some("Mr Wu"), Some("Telegram @betterjobs"), Some("012 345 679"), Some("ABA 000-123-457")),
            link(None, Some("Telegram"), None, None),
        ];
        for link in others {
            assert_eq!(sought.fits(&link, cambodia), [], "{link:?}");
        }
    }

    #[test]
    fn a_network_alone_or_a_sign_alone_finds_nobody() {
        let cambodia = Country::parse("KHM").expect("a country");
        assert!(SoughtLink::read(Some("?"), Some("@"), Some("-"), Some("."), Some(cambodia)).is_empty());
        assert!(SoughtLink::read(None, Some("Telegram"), None, None, None).is_empty());
        for (sought, other) in
            [("Good Jobs", "Facebook Best Jobs"), ("someone (Telegram)", "bad people (Telegram)"), ("@jobs", "Good Jobs")]
        {
            let sought = SoughtLink::read(None, Some(sought), None, None, None);
            assert_eq!(sought.fits(&link(None, Some(other), None, None), cambodia), [], "{other}");
        }
        let words = SoughtLink::read(None, Some("Good Jobs"), None, None, None);
        assert_eq!(words.fits(&link(None, Some("good jobs (Telegram)"), None, None), cambodia), [ChainField::Handle]);
    }
}
