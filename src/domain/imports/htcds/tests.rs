use super::*;
use crate::domain::imports::codes::{code, several};

fn heading(label: &str, machine_name: Option<&str>) -> Heading {
    Heading { column: 0, label: label.to_owned(), machine_name: machine_name.map(str::to_owned) }
}

fn resolved(label: &str, machine_name: Option<&str>) -> (Home, Option<Repair>) {
    let (column, repair) = resolve(&heading(label, machine_name)).unwrap();
    (column.home, repair)
}

#[test]
fn d1_the_label_that_people_read_counts_and_not_the_name_above_it() {
    for (label, name, field) in [
        ("Mailing Street", "prs_MailingCity", ImportField::HomeStreet),
        ("Mailing City", "prs_MailingCountry", ImportField::HomeCity),
        ("Mailing Zip/Postal Code", "prs_MailingStreet", ImportField::HomePostalCode),
        ("Mailing Country", "prs_MailingPostalCode", ImportField::HomeCountry),
    ] {
        assert_eq!(resolved(label, Some(name)), (Home::Field(field), Some(Repair::LabelOverName)), "{label}");
    }
    assert_eq!(resolved("Mailing State/Province", Some("prs_MailingState")), (Home::Field(ImportField::HomeState), None));
}

#[test]
fn d2_and_d4_other_spellings_of_a_name_are_known() {
    let label = "Trafficking Status Decision Making Organization";
    assert_eq!(resolved(label, Some("vic_TraffickinStatusDecisionMakingOrg")), (Home::DecidedBy, Some(Repair::OtherSpelling)));
    for (name, field) in [
        ("prs_First_Name", ImportField::GivenName),
        ("group_a1/prs_Second_Name", ImportField::FamilyName),
        ("group-inner-prs_Gender", ImportField::Gender),
        ("vic_Methods_of_Control", ImportField::ControlMethods),
    ] {
        assert_eq!(resolve(&heading(name, None)).map(|(column, _)| column.home), Some(Home::Field(field)), "{name}");
    }
    assert_eq!(resolved("prs_First_Name", None).1, Some(Repair::OtherSpelling));
    assert_eq!(resolved("prs_FirstName", None).1, None);
}

#[test]
fn d3_a_column_without_a_name_is_known_by_its_label() {
    assert_eq!(resolved("Reason for Outgoing Referral", None), (Home::Nowhere, Some(Repair::NoName)));
}

#[test]
fn d5_d6_and_d9_values_are_known_by_name_label_and_both_lists() {
    for (field, text, expected) in [
        (ImportField::ControlMethods, "DebtBondage ", "debt_bondage"),
        (ImportField::ControlMethods, "debt BONDAGE", "debt_bondage"),
        (ImportField::ControlMethods, "Threats of law enforcement", "threats_law_enforcement"),
        (ImportField::ControlMethods, "MethodsOfControlThreatOfLawEnforcement", "threats_law_enforcement"),
        (ImportField::ControlMethods, "Threats", "physical_threats"),
        (ImportField::ControlMethods, "RestrictsMovement", "restricts_movement"),
        (ImportField::ControlMethods, "UsesChildren", "uses_children"),
        (ImportField::ControlMethods, "Psychoactive substances", "psychoactive_substance"),
        (ImportField::ControlMethods, "Threatens children/family", "threatens_children_family"),
        (ImportField::ExploitationTypes, "Forced military (by non-state actors)", "forced_military_by_non_state_actors"),
        (ImportField::RecruitmentMethods, "Through a television advert", "through_a_television_advert"),
        (ImportField::TraffickingStatus, "Possible victim of trafficking", "possible"),
        (ImportField::TraffickingStatus, "NotAVictimOfTrafficking", "not_identified"),
    ] {
        assert_eq!(code(field, text), Some(expected), "{text}");
    }
}

#[test]
fn d7_and_d8_several_values_come_with_semicolons_and_with_blanks() {
    let known = |text: &str| code(ImportField::ExploitationTypes, text).is_some();
    for text in ["Forced labour;Servitude", "ForcedLabour Servitude", "Forced labour; Servitude ; "] {
        let codes: Vec<_> = several(text, known).iter().filter_map(|one| code(ImportField::ExploitationTypes, one)).collect();
        assert_eq!(codes, ["forced_labour", "servitude"], "{text}");
    }
}

#[test]
fn d11_our_own_columns_come_back() {
    let home = resolved("x_ForcedCriminality", None).0;
    assert_eq!(home, Home::Adds(ImportField::ExploitationTypes, "forced_criminality"));
    for (text, said) in [("TRUE", Some(true)), ("Yes", Some(true)), ("1", Some(true)), ("No", Some(false)), ("maybe", None)] {
        assert_eq!(says_yes(text), said, "{text}");
    }
}

#[test]
fn d12_unknown_is_a_gender_there_and_other_is_none() {
    assert_eq!(code(ImportField::Gender, "NonSpecifiedUnknown"), Some("non_specified_unknown"));
    assert_eq!(code(ImportField::Gender, "Not Specified/Unknown"), Some("non_specified_unknown"));
    assert_eq!(code(ImportField::Gender, "Other"), None);
}

#[test]
fn a_list_with_a_name_and_a_gender_is_no_template() {
    assert!(!is_template(&[heading("First Name", None), heading("Gender", None), heading("Email", None)]));
    assert!(is_template(&[heading("prs_FirstName", None), heading("prs_Gender", None), heading("con_Consent", None)]));
}

#[test]
fn names_for_programs_are_told_from_labels() {
    let row = |texts: &[&str]| Row { number: 1, cells: texts.iter().map(|text| Cell::of_text(text)).collect() };
    assert!(are_machine_names(&row(&["", "cas_CaseOwner", "prs_Salutation", "prs_FirstName"])));
    assert!(!are_machine_names(&row(&["First Name", "Second Name", "Gender"])));
    assert!(are_labels(&row(&["First Name", "Second Name", "Gender"])));
    assert!(!are_labels(&row(&["prs_FirstName", "prs_SecondName", "prs_Gender"])));
    assert!(!are_labels(&row(&["Siti", "Rahmawati", "F"])));
}
