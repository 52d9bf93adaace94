//! Laying the tokens of one name over those of another.

use crate::domain::people::names::token::Token;

/// Tokens less alike than this are two different names.
const ALIKE: f64 = 0.82;
/// What a name that many people bear weighs, where something else differs.
const COMMON_WEIGHT: f64 = 0.35;
/// What a token weighs that only one of the names has: a middle name that was left out.
const EXTRA_WEIGHT: f64 = 0.5;
/// What remains where each of the names has something that the other has not: a brother's given name.
const CONFLICT: f64 = 0.75;
/// What it weighs that two tokens sound alike only in classes of sounds.
const CLASS_WEIGHT: f64 = 0.94;
/// Tokens that a name without spaces is tried to be made of.
const MOST_JOINED: usize = 4;

/// Letters that must be typed before a beginning is looked for.
const FEWEST_TYPED: usize = 2;
/// What a typed word must agree at least, and a typed name at most: the whole name comes first.
const BEGUN_LEAST: f64 = 0.7;
pub(in crate::domain) const BEGUN_MOST: f64 = 0.85;

/// Tokens of one name over tokens of the other.
struct Lay {
    left: Vec<usize>,
    right: Vec<usize>,
    likeness: f64,
    weight: f64,
}

/// How alike two readings are. Both are sorted, and `one` is not the greater: so the answer is the same both ways.
pub(in crate::domain) fn likeness(one: &[Token], other: &[Token], by_sound: bool) -> f64 {
    if one == other {
        return 1.0;
    }
    let laid = best_lays(lays(one, other, by_sound));
    let left: Vec<usize> = laid.iter().flat_map(|lay| lay.left.iter().copied()).collect();
    let right: Vec<usize> = laid.iter().flat_map(|lay| lay.right.iter().copied()).collect();
    let without = |tokens: &[Token], used: &[usize]| -> Vec<Token> {
        tokens.iter().enumerate().filter(|(at, _)| !used.contains(at)).map(|(_, token)| token.clone()).collect()
    };
    let (alone, also_alone) = (without(one, &left), without(other, &right));
    let conflict = !alone.is_empty() && !also_alone.is_empty();
    let weight = |token: &Token| if conflict && token.is_common { letters(token) * COMMON_WEIGHT } else { letters(token) };
    let weigh = |tokens: &[Token], used: &[usize]| used.iter().filter_map(|at| tokens.get(*at)).map(weight).sum::<f64>();
    let (mut matched, mut whole) = (0.0, 0.0);
    for lay in &laid {
        let weight = weigh(one, &lay.left) + weigh(other, &lay.right);
        matched += weight * lay.likeness;
        whole += weight;
    }
    let unmatched: f64 = alone.iter().chain(&also_alone).map(weight).sum();
    let total = whole + unmatched * if conflict { 1.0 } else { EXTRA_WEIGHT };
    let share = if total > 0.0 { matched / total } else { 0.0 };
    if conflict { share * CONFLICT } else { share }
}

/// How far `typed` is what somebody types who looks for `whole`: the beginning of each word, or a word with a letter mistaken.
pub(in crate::domain) fn beginning(typed: &[Token], whole: &[Token], by_sound: bool) -> f64 {
    if typed.iter().map(|token| token.text.len()).sum::<usize>() < FEWEST_TYPED {
        return 0.0;
    }
    let mut ways = vec![begun(typed, whole, by_sound)];
    // A name without spaces that was cut where only its first characters were typed.
    if let [one, other] = typed {
        let joined = [Token::joined([one, other].into_iter()), Token::joined([other, one].into_iter())];
        ways.extend(joined.iter().map(|joined| begun(std::slice::from_ref(joined), whole, by_sound)));
    }
    ways.into_iter().fold(0.0, f64::max)
}

fn begun(typed: &[Token], whole: &[Token], by_sound: bool) -> f64 {
    let likeness = |token: &Token, facing: &Token| alike(token, facing, by_sound).max(begins(token, facing, by_sound));
    let each = typed.iter().enumerate();
    let mut found: Vec<(usize, usize, f64)> =
        each.flat_map(|(at, token)| whole.iter().enumerate().map(move |(on, facing)| (at, on, likeness(token, facing)))).collect();
    found.retain(|(.., likeness)| *likeness >= BEGUN_LEAST);
    found.sort_by(|one, other| other.2.total_cmp(&one.2));
    let mut chosen: Vec<(usize, usize, f64)> = Vec::new();
    for (at, on, likeness) in found {
        if !chosen.iter().any(|(typed, whole, _)| *typed == at || *whole == on) {
            chosen.push((at, on, likeness));
        }
    }
    if chosen.len() < typed.len() {
        return 0.0;
    }
    let typed_letters: f64 = typed.iter().map(letters).sum();
    let sum: f64 = chosen.iter().filter_map(|(at, _, likeness)| typed.get(*at).map(|token| letters(token) * likeness)).sum();
    if typed_letters > 0.0 { BEGUN_MOST * sum / typed_letters } else { 0.0 }
}

/// How well the beginning of a word fits it: 0 if it is none.
fn begins(typed: &Token, whole: &Token, by_sound: bool) -> f64 {
    let is_mistyped = || typed.text.len().abs_diff(whole.text.len()) <= 1 && strsim::osa_distance(&typed.text, &whole.text) == 1;
    if whole.text.starts_with(&typed.text) || whole.plain.starts_with(&typed.plain) {
        0.9
    } else if by_sound && typed.classes.len() >= 2 && whole.classes.starts_with(&typed.classes) {
        0.8
    } else if typed.text.len() >= 2 && is_mistyped() {
        0.75
    } else {
        0.0
    }
}

/// Every way to lay tokens of one over tokens of the other: one on one, one on two, and a name without spaces on all.
fn lays(one: &[Token], other: &[Token], by_sound: bool) -> Vec<Lay> {
    let mut found = Vec::new();
    let mut lay = |left: Vec<usize>, right: Vec<usize>, likeness: f64, weight: f64| {
        if likeness > 0.0 {
            found.push(Lay { left, right, likeness, weight });
        }
    };
    for (at, token) in one.iter().enumerate() {
        for (on, facing) in other.iter().enumerate() {
            lay(vec![at], vec![on], alike(token, facing, by_sound), letters(token) + letters(facing));
        }
        for (ons, joined) in joins(other, &token.text, by_sound) {
            let likeness = alike(token, &joined, by_sound);
            lay(vec![at], ons, likeness, letters(token) + letters(&joined));
        }
    }
    for (on, facing) in other.iter().enumerate() {
        for (ats, joined) in joins(one, &facing.text, by_sound) {
            let likeness = alike(&joined, facing, by_sound);
            lay(ats, vec![on], likeness, letters(facing) + letters(&joined));
        }
    }
    found
}

/// Two tokens written as one, in both orders; and all of up to four, for scripts without spaces. Only what may be as long as
/// the token it is to be laid over.
fn joins(tokens: &[Token], facing: &str, by_sound: bool) -> Vec<(Vec<usize>, Token)> {
    let mut found = Vec::new();
    let mut join = |order: Vec<usize>| {
        let length: usize = order.iter().filter_map(|at| tokens.get(*at)).map(|token| token.text.len()).sum();
        // A script without vowels is shorter.
        let is_near = length.abs_diff(facing.len()) <= 2 || (by_sound && length <= facing.len() * 2 && facing.len() <= length * 2);
        if is_near {
            let joined = Token::joined(order.iter().filter_map(|at| tokens.get(*at)));
            found.push((order, joined));
        }
    };
    for at in 0..tokens.len() {
        for on in (0..tokens.len()).filter(|on| *on != at) {
            join(vec![at, on]);
            if by_sound && (3..=MOST_JOINED).contains(&tokens.len()) {
                let rest: Vec<usize> = (0..tokens.len()).filter(|other| ![at, on].contains(other)).collect();
                join([at, on].into_iter().chain(rest.iter().copied()).collect());
                join([at, on].into_iter().chain(rest.into_iter().rev()).collect());
            }
        }
    }
    found
}

/// The lays that cover most, none of which uses a token twice.
fn best_lays(mut lays: Vec<Lay>) -> Vec<Lay> {
    let worth = |lay: &Lay| lay.likeness * lay.likeness * lay.weight;
    lays.sort_by(|one, other| worth(other).total_cmp(&worth(one)));
    let mut chosen: Vec<Lay> = Vec::new();
    for lay in lays {
        let is_taken = |used: &Lay| used.left.iter().any(|at| lay.left.contains(at)) || used.right.iter().any(|at| lay.right.contains(at));
        if !chosen.iter().any(is_taken) {
            chosen.push(lay);
        }
    }
    chosen
}

/// How alike two tokens are; 0 where they are two names.
fn alike(one: &Token, other: &Token, by_sound: bool) -> f64 {
    if one.text == other.text {
        return 1.0;
    }
    if one.names.iter().any(|name| other.names.contains(name)) {
        return 0.95;
    }
    let (short, long) = if one.text.len() <= other.text.len() { (&one.text, &other.text) } else { (&other.text, &one.text) };
    if short.len() == 1 {
        // An initial says that much, and does not speak against anybody.
        return if long.starts_with(short.as_str()) { 0.75 } else { 0.0 };
    }
    if one.plain == other.plain {
        return 0.95;
    }
    let by_spelling = alike_in_spelling(one, other);
    let has_sound = by_sound && one.text.len() + other.text.len() > 4;
    if !has_sound {
        return by_spelling;
    }
    let by_class = CLASS_WEIGHT * alike_in_sound(&one.classes, &other.classes);
    by_spelling.max(alike_in_sound(&one.sound, &other.sound)).max(by_class)
}

/// How alike two spellings are: half as alike as the letters say, because two letters of six make another name.
fn alike_in_spelling(one: &Token, other: &Token) -> f64 {
    let longest = one.plain.len().max(other.plain.len());
    // The other measure gives 1 at most.
    let is_near = |edits: usize| f64::midpoint(share(edits, longest), 1.0) >= ALIKE;
    if !is_near(one.fewest_edits(other)) {
        return 0.0;
    }
    let edits = strsim::osa_distance(&one.plain, &other.plain);
    if !is_near(edits) {
        return 0.0;
    }
    let spelled = f64::midpoint(share(edits, longest), strsim::jaro_winkler(&one.plain, &other.plain));
    if spelled >= ALIKE { 1.0 - 2.0 * (1.0 - spelled) } else { 0.0 }
}

/// What remains the same where this many of some letters differ, from 0 to 1.
fn share(edits: usize, letters: usize) -> f64 {
    let number = |count: usize| u32::try_from(count).map_or(f64::MAX, f64::from);
    1.0 - number(edits) / number(letters.max(1))
}

/// How alike two tokens are without their vowels.
fn alike_in_sound(one: &str, other: &str) -> f64 {
    let shorter = one.len().min(other.len());
    match (one == other, shorter) {
        (_, 0) => 0.0,
        (true, 1) => 0.5,
        (true, _) => 0.9,
        (false, 1..=2) => 0.0,
        (false, _) => {
            let longest = one.len().max(other.len());
            if share(one.len().abs_diff(other.len()), longest) < 0.75 {
                return 0.0;
            }
            let likeness = share(strsim::osa_distance(one, other), longest);
            if likeness >= 0.75 { likeness * 0.85 } else { 0.0 }
        }
    }
}

fn letters(token: &Token) -> f64 {
    u32::try_from(token.text.len()).map_or(0.0, f64::from)
}
