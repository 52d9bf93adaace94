//! Whatever changes, the columns find and count what a look at each case finds and counts.

use std::collections::BTreeMap;

use super::*;

/// Numbers that look arbitrary, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

fn case(number: u64) -> CaseId {
    CaseId(uuid::Uuid::from_u128(u128::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)))
}

fn organisation(number: u64) -> OrganisationId {
    OrganisationId(uuid::Uuid::from_u128(u128::from(number) + 1))
}

fn user(number: u64) -> uuid::Uuid {
    uuid::Uuid::from_u128(u128::from(number) + 100)
}

fn listed(number: u64, of: u64, numbers: &mut Dice) -> Listed {
    let mut text = |codes: u64| Some(numbers.below(codes)).filter(|code| *code > 0).map(|code| format!("code {code}"));
    let texts = [text(9), text(5), text(3), text(4), text(3), text(3), text(4), text(6), text(3), text(3), text(3), text(3)];
    let small = |value: u64| i32::try_from(value).unwrap();
    Listed {
        organisation: organisation(of),
        case: case(number),
        ends: (numbers.below(5) == 0).then(|| i64::from(small(numbers.below(20)))),
        registered: i64::from(small(numbers.below(30))),
        changed: i64::from(small(numbers.below(30))),
        risk: small(numbers.below(4)),
        registered_on: small(numbers.below(6)),
        texts,
        ids: [Some(user(numbers.below(3))), Some(numbers.below(4)).filter(|id| *id > 0).map(user), None, None],
    }
}

/// The same, case by case.
#[derive(Default)]
struct Plain(BTreeMap<(OrganisationId, CaseId), Listed>);

impl Plain {
    fn wanted(&self, of: OrganisationId, wanted: &Wanted, now: i64) -> Vec<&Listed> {
        let all = [
            TextColumn::Nationality,
            TextColumn::Stage,
            TextColumn::SideState,
            TextColumn::Status,
            TextColumn::Gender,
            TextColumn::IsChild,
            TextColumn::RiskLevel,
            TextColumn::HostCountry,
            TextColumn::IntakeChannel,
            TextColumn::ExitMode,
            TextColumn::TraffickingStatus,
            TextColumn::ClosureReason,
        ];
        let place = |column: &TextColumn| all.iter().position(|other| other == column).unwrap();
        let is_wanted = |row: &&Listed| {
            row.ends.is_none_or(|ends| ends > now)
                && wanted.texts.iter().all(|(column, text)| row.texts[place(column)] == *text)
                && wanted.ids.iter().all(|(column, id)| row.ids[usize::from(*column == IdColumn::AssignedTo)] == Some(*id))
                && wanted.registered_on.0.is_none_or(|day| day <= row.registered_on)
                && wanted.registered_on.1.is_none_or(|day| row.registered_on <= day)
                && wanted.changed.0.is_none_or(|at| at <= row.changed)
                && wanted.changed.1.is_none_or(|at| row.changed < at)
        };
        self.0.iter().filter(|((organisation, _), _)| *organisation == of).map(|(_, row)| row).filter(is_wanted).collect()
    }
}

fn asked(numbers: &mut Dice) -> Wanted {
    let mut wanted = Wanted::default();
    let code = |value: u64| Some(value).filter(|code| *code > 0).map(|code| format!("code {code}"));
    if numbers.below(2) == 0 {
        wanted.texts.push((TextColumn::Nationality, code(numbers.below(11))));
    }
    if numbers.below(3) == 0 {
        wanted.texts.push((TextColumn::RiskLevel, code(numbers.below(4))));
    }
    if numbers.below(4) == 0 {
        wanted.ids.push((IdColumn::AssignedTo, user(numbers.below(5))));
    }
    if numbers.below(4) == 0 {
        wanted.registered_on = (Some(2), Some(4));
    }
    if numbers.below(4) == 0 {
        wanted.changed = (Some(5), Some(25));
    }
    wanted
}

fn key(by: SortColumn, row: &Listed) -> (i64, CaseId) {
    let key = match by {
        SortColumn::Registered => row.registered,
        SortColumn::Changed => row.changed,
        SortColumn::Risk => i64::from(row.risk),
    };
    (key, row.case)
}

fn compare(columns: &CaseColumns, plain: &Plain, changed: &[CaseId], mark: Mark, numbers: &mut Dice) {
    let (of, now) = (organisation(numbers.below(3)), i64::try_from(numbers.below(20)).unwrap());
    let sight = Sight { mark, organisation: of, changed: changed.to_vec(), now: Timestamp::from_micros(now).unwrap() };
    let wanted = asked(numbers);
    let expected = plain.wanted(of, &wanted, now);
    let by = [SortColumn::Registered, SortColumn::Changed, SortColumn::Risk][usize::try_from(numbers.below(3)).unwrap()];
    let descending = numbers.below(2) == 0;
    let mut sorted: Vec<(i64, CaseId)> = expected.iter().map(|row| key(by, row)).collect();
    sorted.sort_unstable();
    if descending {
        sorted.reverse();
    }
    let after = (numbers.below(2) == 0).then(|| sorted.get(sorted.len() / 3).copied()).flatten();
    let page = sorted.iter().skip_while(|at| after.is_some_and(|after| if descending { **at >= after } else { **at <= after })).take(7);
    if let Some(first) = columns.first(&sight, &wanted, Order { by, descending, after }, 7) {
        for (_, case) in page {
            assert!(first.cases.contains(case) || first.uncertain.contains(case), "{wanted:?} by {by:?} misses a case");
        }
        assert!(first.cases.len() <= 7 + first.uncertain.len());
    }
    let by = [TextColumn::Stage, TextColumn::Nationality, TextColumn::IsChild];
    if let Some(counted) = columns.counted(&sight, &wanted, &by) {
        let mut expect: BTreeMap<Vec<Option<String>>, i64> = BTreeMap::new();
        for row in expected.into_iter().filter(|row| !counted.uncertain.contains(&row.case)) {
            *expect.entry(vec![row.texts[1].clone(), row.texts[0].clone(), row.texts[5].clone()]).or_default() += 1;
        }
        assert_eq!(counted.figures.into_iter().collect::<BTreeMap<_, _>>(), expect, "{wanted:?}");
    }
}

#[test]
fn whatever_changes_is_found_and_counted_as_by_a_look_at_each_case() {
    for seed in 0..40 {
        let (numbers, columns) = (&mut Dice(seed), CaseColumns::default());
        let mut plain = Plain::default();
        columns.take_over(Held::default(), Known::below(1)).unwrap();
        for position in 2..60 {
            let before = columns.mark().unwrap();
            let changed: Vec<u64> = (0..numbers.below(12)).map(|_| numbers.below(90)).collect();
            for number in &changed {
                plain.0.retain(|(_, id), _| *id != case(*number));
                for of in 0..numbers.below(4) {
                    plain.0.insert((organisation(of), case(*number)), listed(*number, of, numbers));
                }
            }
            let changed: Vec<CaseId> = changed.into_iter().map(case).collect();
            // A read whose snapshot has the changes, of which the memory does not know yet.
            compare(&columns, &plain, &changed, before, numbers);
            let now: Vec<Listed> = plain.0.values().filter(|row| changed.contains(&row.case)).map(again).collect();
            columns.apply(&changed, &now, Known::below(position)).unwrap();
            // The same read, while the memory learns of them; and one that begins afterwards.
            compare(&columns, &plain, &changed, before, numbers);
            compare(&columns, &plain, &[], columns.mark().unwrap(), numbers);
        }
    }
}

fn again(row: &Listed) -> Listed {
    Listed { texts: row.texts.clone(), ..*row }
}

#[test]
fn a_read_whose_snapshot_is_older_than_the_memory_is_told_of_what_it_learned() {
    let (numbers, columns) = (&mut Dice(7), CaseColumns::default());
    let mut held = Held::default();
    (0..20).for_each(|number| held.put(&listed(number, 0, numbers)).unwrap());
    columns.take_over(held, Known::below(1)).unwrap();
    let mark = columns.mark().unwrap();
    columns.apply(&[case(3), case(50)], &[listed(50, 0, numbers)], Known::below(2)).unwrap();
    let sight = Sight { mark, organisation: organisation(0), changed: Vec::new(), now: Timestamp::from_micros(0).unwrap() };
    let counted = columns.counted(&sight, &Wanted::default(), &[TextColumn::Stage]).unwrap();
    let mut uncertain = counted.uncertain;
    uncertain.sort_unstable();
    let mut expected = vec![case(3), case(50)];
    expected.sort_unstable();
    assert_eq!(uncertain, expected, "one was taken away, and one came, and the database says what they are");
    columns.take_over(Held::default(), Known::below(3)).unwrap();
    assert!(columns.counted(&sight, &Wanted::default(), &[TextColumn::Stage]).is_none(), "what was filled anew says nothing of before");
    columns.forget().unwrap();
    assert!(columns.mark().is_none());
}
