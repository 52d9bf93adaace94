//! The application for an emergency travel document, which goes to the authorities of the person's own country.

use maud::{Markup, html};

use crate::api::reporting::papers::form::{Form, Value, name, nationality, words};
use crate::api::reporting::papers::letter::born;
use crate::db::reporting::papers::Application;
use crate::domain::access::compartments::Compartment;
use crate::domain::cases::person::{Identity, IdentityDocument};
use crate::domain::codes::{DocumentIssuer, DocumentKind};
use crate::domain::repatriation::records::{NextOfKin, TravelDocument};

/// The page.
pub fn body(form: Form, application: &Application) -> Markup {
    let identity = application.identity.as_ref();
    let is_open = application.opened.contains(Compartment::Identity);
    let of = |value: Option<&String>| Value::of(is_open, value);
    let (born_label, born) = born(identity);
    let is_contact_open = application.opened.contains(Compartment::Contact);
    let address = application.contact.as_ref().and_then(|contact| contact.home_address.as_ref());
    let sex = form.sex(application.case.gender);
    html! {
        div.photo { (form.say(|words| words.photo)) }
        h1 { (form.say(|words| words.application)) }
        dl {
            (form.field(|words| words.case, &Value::Known(application.case.code.clone())))
            @if let Some(identity) = identity.filter(|identity| identity.family_name.is_none() && identity.given_name.is_none()) {
                (form.field(|words| words.name, &Value::Known(name(identity))))
            }
            (form.field(|words| words.family_name, &of(identity.and_then(|identity| identity.family_name.as_ref()))))
            (form.field(|words| words.given_names, &Value::of(is_open, identity.map(given_names))))
            (form.field(|words| words.own_script, &of(identity.and_then(|identity| identity.original_script_name.as_ref()))))
            (form.field(|words| words.other_names, &Value::of(is_open, identity.map(other_names))))
            (form.field(born_label, &born))
            (form.field(|words| words.birth_place, &of(identity.and_then(|identity| identity.birth_place.as_ref()))))
            (form.field(|words| words.sex, &sex))
            (form.field(|words| words.nationality, &Value::of(true, application.case.nationality().map(nationality))))
            (form.field(|words| words.height, &Value::Unknown))
            (form.field(|words| words.eyes, &Value::Unknown))
            (form.field(|words| words.hair, &Value::Unknown))
            (form.field(|words| words.marks, &Value::Unknown))
            (form.field(|words| words.home_address, &Value::of(is_contact_open, address)))
            (form.field(|words| words.kin, &Value::of(application.kin.is_some(), application.kin.as_deref().map(kin))))
            (form.field(|words| words.documents, &Value::of(is_open, identity.map(|identity| documents(identity, application)))))
            (form.field(|words| words.lost_where, &Value::Unknown))
        }
        p { (form.say(|words| words.declaration)) }
        (form.to_sign(&[|words| words.thumbprint, |words| words.place, |words| words.day, |words| words.officer]))
        (form.draft())
    }
}

fn given_names(identity: &Identity) -> String {
    [&identity.given_name, &identity.middle_name].into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn other_names(identity: &Identity) -> String {
    identity.aliases.iter().map(|alias| alias.name.as_str()).collect::<Vec<_>>().join("; ")
}

fn kin(all: &[NextOfKin]) -> String {
    all.iter().map(|one| format!("{} ({})", one.name, one.relation)).collect::<Vec<_>>().join("; ")
}

/// The papers that the person has or had. A card or a document of a refugee is not among them: it would tell the state that the person
/// fled from.
fn documents(identity: &Identity, application: &Application) -> String {
    let own = identity.documents.iter().filter(|document| document.kind != DocumentKind::RefugeeCard).map(own_document);
    let issued = application.travel_documents.iter().flatten();
    let issued = issued.filter(|document| document.kind.issuer() != DocumentIssuer::Authority).map(issued_document);
    own.chain(issued).collect::<Vec<_>>().join("\n")
}

fn own_document(document: &IdentityDocument) -> String {
    let number = document.number.as_ref().map(|number| format!(" {number}")).unwrap_or_default();
    let state = document.issuing_state.map(|state| format!(" ({state})")).unwrap_or_default();
    let since = document.custody_since.map(|since| format!(", {since}")).unwrap_or_default();
    format!("{}{number}{state}: {}{since}", words(document.kind.as_str()), words(document.custody.as_str()))
}

fn issued_document(document: &TravelDocument) -> String {
    let number = document.number.as_ref().map(|number| format!(" {number}")).unwrap_or_default();
    format!("{}{number}: {}", words(document.kind.as_str()), words(document.status.as_str()))
}
