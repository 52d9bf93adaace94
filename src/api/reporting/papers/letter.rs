//! The letter to the authorities of the host country: about one person, or about a list.

use chrono::NaiveDate;
use maud::{Markup, html};

use crate::api::reporting::papers::form::{Form, Value, Word, name, nationality, words};
use crate::db::reporting::papers::{Letter, Subject};
use crate::domain::access::compartments::Compartment;
use crate::domain::cases::person::Identity;
use crate::domain::codes::{AuthorityLetterPurpose, DocumentKind, TraffickingStatus};
use crate::domain::country::Country;
use crate::domain::language::Language;
use crate::domain::money::Amount;
use crate::domain::repatriation::fines::Fine;
use crate::domain::repatriation::records::{Detention, TravelDocument};
use crate::domain::repatriation::waiver_request::WaiverRequest;
use crate::domain::reporting::paper_words;

/// A label, and what stands beside it.
pub type Fact = (Word, Value);

/// The languages of a letter: the asked one, else that of the host country, beside English.
pub fn form(letter: &Letter, asked: Option<&Language>) -> Form {
    let of_host = || host_country(letter).and_then(paper_words::of_host_country);
    Form::beside(asked.map_or_else(of_host, paper_words::beside_english))
}

/// The country where all of them are; none where they are in several.
fn host_country(letter: &Letter) -> Option<Country> {
    let mut hosts = letter.subjects.iter().map(|subject| subject.case.host_country);
    let first = hosts.next()?;
    hosts.all(|host| host == first).then_some(first)
}

/// A letter about one person.
pub fn about_one(form: Form, letter: &Letter, purpose: Option<AuthorityLetterPurpose>, today: NaiveDate) -> Markup {
    html! {
        (head(form, letter, None, today))
        (asks(form, purpose))
        @for subject in &letter.subjects {
            dl { @for (label, value) in facts(form, subject, purpose) { (form.field(label, &value)) } }
            @let grounds = grounds(subject);
            @if !grounds.is_empty() {
                h2 { (form.say(|words| words.grounds)) }
                ul { @for ground in grounds { li { (form.say(ground.word())) } } }
            }
        }
        (foot(form))
    }
}

/// A letter about a list of people.
pub fn about_many(
    form: Form,
    letter: &Letter,
    purpose: Option<AuthorityLetterPurpose>,
    request: Option<&WaiverRequest>,
    today: NaiveDate,
) -> Markup {
    let rows: Vec<Vec<Fact>> = letter.subjects.iter().map(|subject| brief(subject, purpose)).collect();
    html! {
        div.wide {
            (head(form, letter, request, today))
            (asks(form, purpose))
            table {
                thead { tr {
                    th scope="col" { (form.say(|words| words.number)) }
                    @for (label, _) in rows.first().into_iter().flatten() { th scope="col" { (form.say(*label)) } }
                } }
                tbody {
                    @for (place, row) in rows.iter().enumerate() {
                        tr {
                            td { (place + 1) }
                            @for (_, value) in row { td dir="auto" { (form.cell(value)) } }
                        }
                    }
                }
            }
            p { "____ " (form.by_hand()) }
            (grounds_of_many(form, &letter.subjects))
            (foot(form))
        }
    }
}

/// Each ground once, with the numbers of those for whom it holds.
fn grounds_of_many(form: Form, subjects: &[Subject]) -> Markup {
    let numbers = |ground: &Ground| {
        let held = subjects.iter().enumerate().filter(|(_, subject)| ground.holds(subject));
        held.map(|(place, _)| (place + 1).to_string()).collect::<Vec<_>>().join(", ")
    };
    let known: Vec<(Ground, String)> = Ground::ALL.into_iter().map(|ground| (ground, numbers(&ground))).collect();
    html! {
        @if known.iter().any(|(_, numbers)| !numbers.is_empty()) {
            h2 { (form.say(|words| words.grounds)) }
            dl {
                @for (ground, numbers) in known.iter().filter(|(_, numbers)| !numbers.is_empty()) {
                    dt { (form.say(|words| words.number)) " " (numbers) } dd { (form.say(ground.word())) }
                }
            }
        }
    }
}

fn head(form: Form, letter: &Letter, request: Option<&WaiverRequest>, today: NaiveDate) -> Markup {
    let host = host_country(letter);
    html! {
        h1 { (form.say(|words| words.letter)) }
        dl {
            (form.field(|words| words.from, &Value::Known(letter.from.organisation.clone())))
            dt { (form.say(|words| words.to)) }
            dd dir="auto" {
                @if let Some(request) = request { bdi { (request.addressee) } } @else { (form.say(|words| words.authorities)) }
                @if let Some(host) = host { span.beside { (host.name()) } }
            }
            (form.field(|words| words.reference, &Value::of(true, request.map(|request| &request.reference))))
            (form.field(|words| words.place, &Value::of(true, letter.from.city.as_ref())))
            (form.field(|words| words.day, &Value::Known(today.to_string())))
            @if let Some(request) = request {
                (form.field(|words| words.share, &Value::Known(format!("{} %", request.requested_percent))))
                (form.field(|words| words.grounds, &Value::Known(words(request.reason.as_str()))))
            }
        }
    }
}

/// What is asked; where that is open, everything that can be asked, each with a box.
fn asks(form: Form, purpose: Option<AuthorityLetterPurpose>) -> Markup {
    html! {
        @match purpose {
            Some(purpose) => p { (form.say(asked(purpose))) },
            None => { @for purpose in AuthorityLetterPurpose::ALL { p { "☐ " (form.say(asked(*purpose))) } } },
        }
    }
}

fn asked(purpose: AuthorityLetterPurpose) -> Word {
    match purpose {
        AuthorityLetterPurpose::Release => |words| words.ask_release,
        AuthorityLetterPurpose::ExitPermit => |words| words.ask_exit_permit,
        AuthorityLetterPurpose::FineWaiver => |words| words.ask_fine_waiver,
    }
}

/// What a letter about one person says of them.
fn facts(form: Form, subject: &Subject, purpose: Option<AuthorityLetterPurpose>) -> Vec<Fact> {
    let Subject { case, identity, travel_document, .. } = subject;
    let identity = identity.as_ref();
    let of = |value: Option<String>| Value::of(identity.is_some(), value);
    let person: [Fact; 7] = [
        (|words| words.case, Value::Known(case.code.clone())),
        (|words| words.name, of(identity.map(name))),
        born(identity),
        (|words| words.sex, form.sex(case.gender)),
        (|words| words.nationality, Value::of(true, case.nationality().map(nationality))),
        (|words| words.passport, of(identity.and_then(passport))),
        (|words| words.travel_document, of(travel_document.as_ref().map(document))),
    ];
    person.into_iter().chain(standing(subject, purpose)).collect()
}

/// What a list has room for: one document of each.
fn brief(subject: &Subject, purpose: Option<AuthorityLetterPurpose>) -> Vec<Fact> {
    let Subject { case, identity, travel_document, .. } = subject;
    let identity = identity.as_ref();
    let of = |value: Option<String>| Value::of(identity.is_some(), value);
    let travels_on = || travel_document.as_ref().map(document);
    let person: [Fact; 5] = [
        (|words| words.case, Value::Known(case.code.clone())),
        (|words| words.name, of(identity.map(name))),
        (|words| words.birth_date, born(identity).1),
        (|words| words.nationality, Value::of(true, case.nationality().map(nationality))),
        (|words| words.travel_document, of(identity.and_then(passport).or_else(travels_on))),
    ];
    person.into_iter().chain(standing(subject, purpose)).collect()
}

/// How long the person is in the country, and what the purpose needs beside.
fn standing(subject: &Subject, purpose: Option<AuthorityLetterPurpose>) -> Vec<Fact> {
    let clearance = &subject.clearance;
    let of = |value: Option<String>| Value::of(subject.identity.is_some(), value);
    let entered: Fact = (|words| words.entered, of(clearance.entered_on.map(|day| day.to_string())));
    match purpose {
        Some(AuthorityLetterPurpose::Release) => {
            let is_open = subject.opened.contains(Compartment::Location);
            let held: Fact = (|words| words.held, Value::of(is_open, subject.detention.as_ref().map(detention)));
            [entered, held].into()
        }
        Some(AuthorityLetterPurpose::FineWaiver) => {
            let fine = subject.fine.as_ref();
            let asked: [Fact; 4] = [
                (|words| words.stay_until, of(fine.and_then(|fine| fine.stay_expired_on).map(|day| day.to_string()))),
                (|words| words.overstay, of(fine.map(|fine| fine.overstay_days.to_string()))),
                (|words| words.fine, of(fine.and_then(|fine| money(fine, fine.assessed)))),
                (|words| words.owed, of(fine.and_then(|fine| money(fine, fine.outstanding)))),
            ];
            std::iter::once(entered).chain(asked).collect()
        }
        Some(AuthorityLetterPurpose::ExitPermit) | None => {
            let until: Fact = (|words| words.stay_until, of(clearance.stay_expired_on.map(|day| day.to_string())));
            [entered, until].into()
        }
    }
}

/// The date of birth; where only an age is known, that.
pub fn born(identity: Option<&Identity>) -> Fact {
    let known = identity.map(|identity| (identity.birth_date, &identity.age_estimate));
    match known {
        Some((None, Some(age))) => (|words| words.age, Value::Known(format!("{}–{} ({})", age.from_years, age.to_years, age.estimated_on))),
        _ => (|words| words.birth_date, Value::of(known.is_some(), known.and_then(|(birth, _)| birth))),
    }
}

fn passport(identity: &Identity) -> Option<String> {
    let passport = identity.documents.iter().rev().find(|document| document.kind == DocumentKind::Passport)?;
    let number = passport.number.as_ref()?;
    Some(passport.issuing_state.map_or_else(|| number.clone(), |state| format!("{number} ({state})")))
}

fn document(document: &TravelDocument) -> String {
    let kind = words(document.kind.as_str());
    let number = document.number.as_deref().unwrap_or_default();
    document.expires_on.map_or_else(|| format!("{kind} {number}"), |until| format!("{kind} {number} (until {until})"))
}

fn detention(detention: &Detention) -> String {
    let authority = detention.authority.as_ref().map(|authority| format!(" ({authority})")).unwrap_or_default();
    format!("{}{authority}, {}", detention.facility, detention.since)
}

fn money(fine: &Fine, amount: Option<Amount>) -> Option<String> {
    let currency = fine.currency.map(|currency| format!(" {currency}")).unwrap_or_default();
    amount.map(|amount| format!("{amount}{currency}"))
}

/// Why the authorities may grant what is asked, as far as the case says it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ground {
    IsVictim,
    MayBeVictim,
    IsChild,
    IsVerified,
}

impl Ground {
    const ALL: [Self; 4] = [Self::IsVictim, Self::MayBeVictim, Self::IsChild, Self::IsVerified];

    fn word(self) -> Word {
        match self {
            Self::IsVictim => |words| words.is_victim,
            Self::MayBeVictim => |words| words.may_be_victim,
            Self::IsChild => |words| words.is_child,
            Self::IsVerified => |words| words.is_verified,
        }
    }

    fn holds(self, subject: &Subject) -> bool {
        let found = subject.trafficking_status;
        match self {
            Self::IsVictim => found == Some(TraffickingStatus::FormallyIdentified),
            Self::MayBeVictim => matches!(found, Some(TraffickingStatus::Presumed | TraffickingStatus::Possible)),
            Self::IsChild => subject.case.is_child == Some(true),
            Self::IsVerified => subject.case.nationality_verified.is_some(),
        }
    }
}

fn grounds(subject: &Subject) -> Vec<Ground> {
    Ground::ALL.into_iter().filter(|ground| ground.holds(subject)).collect()
}

fn foot(form: Form) -> Markup {
    html! {
        p { (form.say(|words| words.thanks)) }
        (form.to_sign(&[|words| words.signature, |words| words.seal]))
        (form.draft())
    }
}
