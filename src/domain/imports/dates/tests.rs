use super::*;

fn as_text(written: &str, form: DateForm) -> Result<Option<String>, Unread> {
    read(&Cell::of_text(written), form).map(|date| date.map(|read| read.date.to_string()))
}

fn date(written: &str) -> Option<String> {
    as_text(written, DateForm::default()).unwrap()
}

#[test]
fn dates_are_read_in_the_forms_in_which_people_write_them() {
    for (written, read) in [
        ("17/3/1999", "1999-03-17"),
        ("3/17/1999", "1999-03-17"),
        ("17-03-1999", "1999-03-17"),
        ("17.3.1999", "1999-03-17"),
        ("4/4/1999", "1999-04-04"),
        ("1999-03-17", "1999-03-17"),
        ("1999/3/17", "1999-03-17"),
        ("1999-03-17T00:00:00Z", "1999-03-17"),
        ("17/3/1999 00:00", "1999-03-17"),
        ("3/17/1999 12:00:00 AM", "1999-03-17"),
        ("19990317", "1999-03-17"),
        ("1999", "1999"),
        ("3/1999", "1999-03"),
        ("1999-03", "1999-03"),
        ("17 March 1999", "1999-03-17"),
        ("March 17, 1999", "1999-03-17"),
        ("17th of March 1999", "1999-03-17"),
        ("17 Agustus 1999", "1999-08-17"),
        ("Agustus 1999", "1999-08"),
        ("17 OKT 1999", "1999-10-17"),
        ("ngày 17 tháng 3 năm 1999", "1999-03-17"),
        ("17 tháng 12 1999", "1999-12-17"),
        ("17 มีนาคม 2542", "1999-03-17"),
        ("17 มี.ค. พ.ศ. 2542", "1999-03-17"),
        ("๑๗/๓/๒๕๔๒", "1999-03-17"),
        ("2542", "1999"),
        ("ថ្ងៃទី១៧ ខែមីនា ឆ្នាំ១៩៩៩", "1999-03-17"),
        ("၁၇/၃/၁၉၉၉", "1999-03-17"),
        ("၁၇ မတ် ၁၉၉၉", "1999-03-17"),
        ("1999年3月17日", "1999-03-17"),
        ("1999年3月", "1999-03"),
        ("民國88年3月17日", "1999-03-17"),
        ("088/03/17", "1999-03-17"),
        ("00/00/1999", "1999"),
        ("1999-03-00", "1999-03"),
    ] {
        assert_eq!(date(written).as_deref(), Some(read), "{written}");
    }
    for nothing in ["", "  ", "-", "N/A", "unknown", "ไม่ทราบ", "不詳"] {
        assert_eq!(date(nothing), None, "{nothing}");
    }
}

#[test]
fn what_can_be_read_in_two_ways_is_asked_about() {
    for (written, question) in [
        ("3/4/1999", Unread::WhichIsTheDay),
        ("03-04-2542", Unread::WhichIsTheDay),
        ("17/3/99", Unread::WhichCentury),
        ("1999-03-16T17:00:00Z", Unread::HasHour),
        ("17/3/1999 11:30 PM", Unread::HasHour),
        ("17/3/1999 12:00 PM", Unread::HasHour),
        ("17 Maret 99", Unread::WhichCentury),
        ("99", Unread::WhichCentury),
        ("36236", Unread::WhichDay),
    ] {
        assert_eq!(as_text(written, DateForm::default()), Err(question), "{written}");
        assert!(question.is_question());
    }
    let answered = |order, short_years, serials| DateForm { order, short_years, serials, year_of_list: Some(2026), ..DateForm::default() };
    let day_first = Some(DateOrder::DayFirst);
    for (written, form, read) in [
        ("3/4/1999", answered(Some(DateOrder::DayFirst), None, None), "1999-04-03"),
        ("3/4/1999", answered(Some(DateOrder::MonthFirst), None, None), "1999-03-04"),
        ("17/3/1999", answered(day_first, None, None), "1999-03-17"),
        ("17/3/99", answered(day_first, Some(ShortYears::Common), None), "1999-03-17"),
        ("17/3/25", answered(day_first, Some(ShortYears::Common), None), "2025-03-17"),
        ("17/3/42", answered(day_first, Some(ShortYears::Buddhist), None), "1999-03-17"),
        ("17/3/88", answered(day_first, Some(ShortYears::Republic), None), "1999-03-17"),
        ("17 Maret 99", answered(None, Some(ShortYears::Common), None), "1999-03-17"),
        ("36236", answered(None, None, Some(Serials::Since1900)), "1999-03-17"),
        ("34774", answered(None, None, Some(Serials::Since1904)), "1999-03-17"),
    ] {
        assert_eq!(as_text(written, form).unwrap().as_deref(), Some(read), "{written}");
    }
    for (written, form, question) in [
        ("3/17/1999", answered(day_first, None, None), Unread::OtherOrder),
        ("17/3/1999", answered(Some(DateOrder::MonthFirst), None, None), Unread::OtherOrder),
        ("17/03/12", answered(None, Some(ShortYears::Common), None), Unread::WhichIsTheDay),
        ("4/4/12", answered(None, Some(ShortYears::Common), None), Unread::WhichIsTheDay),
    ] {
        assert_eq!(as_text(written, form), Err(question), "{written}");
        assert!(question.is_question());
    }
    for (written, order) in [("17/3/1999", day_first), ("17/03/12", None), ("17/3/99", None)] {
        assert_eq!(shown_order(&Cell::of_text(written)), order, "{written}");
    }
}

#[test]
fn days_that_a_spreadsheet_made_among_dates_that_it_left_as_texts_are_asked_about() {
    let (made, sure) = (Cell::Day("1999-04-03".parse().unwrap()), Cell::Day("1999-03-17".parse().unwrap()));
    let left = Cell::of_text("17/3/1999");
    assert!(mixes([&made, &left].into_iter()));
    for column in [[&made, &sure], [&sure, &left], [&made, &Cell::of_text("17 Maret 1999")], [&made, &Cell::of_text("1999-03-17")]] {
        assert!(!mixes(column.into_iter()), "{column:?}");
    }
    let read = |cell: &Cell, day_cells| {
        let form = DateForm { day_cells, ..DateForm::default() };
        read_in_column(cell, form, true).map(|read| read.map(|read| read.date.to_string()))
    };
    let date = |text: &str| Ok(Some(text.to_owned()));
    assert_eq!(read(&made, None), Err(Unread::WhichWasSwapped));
    assert_eq!(read(&made, Some(DayCells::AsShown)), date("1999-04-03"));
    assert_eq!(read(&made, Some(DayCells::Swapped)), date("1999-03-04"));
    assert_eq!(read(&sure, Some(DayCells::Swapped)), date("1999-03-17"));
    assert_eq!(read(&sure, None), date("1999-03-17"));
}

#[test]
fn what_is_no_date_is_told_so() {
    for (written, wrong) in [
        ("31/2/1999", Unread::NoSuchDay),
        ("17/17/1999", Unread::NoSuchDay),
        ("29/2/2542", Unread::NoSuchDay),
        ("1370", Unread::OtherCalendar),
        ("17/3/1370", Unread::OtherCalendar),
        ("about 20", Unread::NotADate),
        ("1999-123-4", Unread::NotADate),
        ("17031999", Unread::NotADate),
        ("民國2147483647年", Unread::NotADate),
        ("999999999999999999999999", Unread::NotADate),
        ("C1234567", Unread::NotADate),
    ] {
        assert_eq!(as_text(written, DateForm::default()), Err(wrong), "{written}");
        assert!(!wrong.is_question(), "{written}");
    }
    assert_eq!(as_text("NA", DateForm::default()), Err(Unread::NotADate), "it is a country and a name, and no word for nothing");
    assert_eq!(read(&Cell::Broken, DateForm::default()), Err(Unread::NotADate));
}

#[test]
fn a_day_of_a_spreadsheet_is_one_and_its_buddhist_year_is_converted() {
    let day = |text: &str| Cell::Day(text.parse().unwrap());
    let of_common_era = read(&day("1999-03-17"), DateForm::default()).unwrap().unwrap();
    assert_eq!((of_common_era.date.to_string().as_str(), of_common_era.is_converted), ("1999-03-17", false));
    let of_buddhist_era = read(&day("2542-03-17"), DateForm::default()).unwrap().unwrap();
    assert_eq!((of_buddhist_era.date.to_string().as_str(), of_buddhist_era.is_converted), ("1999-03-17", true));
    for early in ["1900-01-26", "1907-12-31"] {
        assert_eq!(read(&day(early), DateForm::default()), Err(Unread::EarlyDay), "an age that is shown as a day");
    }
    assert_eq!(read(&Cell::Number("2542".to_owned()), DateForm::default()).unwrap().unwrap().date.to_string(), "1999");
}
