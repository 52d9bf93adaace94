//! Laying the tokens of one name over those of another.

use crate::domain::people::names::spellings::{is_common, names_of};
use crate::domain::people::names::token::Token;

/// Tokens less alike than this are two different names.
const ALIKE: f64 = 0.82;
/// What a name that many people bear weighs, where something else differs.
const COMMON_WEIGHT: f64 = 0.35;
/// What a token weighs that only one of the names has: a middle name that was left out.
const EXTRA_WEIGHT: f64 = 0.5;
/// What remains where each of the names has something that the other has not: a brother's given name.
const CONFLICT: f64 = 0.75;
/// Tokens that a name without spaces is tried to be made of.
const MOST_JOINED: usize = 4;

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
    let weight = |token: &Token| if conflict && is_common(&token.text) { letters(token) * COMMON_WEIGHT } else { letters(token) };
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
            let joined: String = order.iter().filter_map(|at| tokens.get(*at)).map(|token| token.text.as_str()).collect();
            found.push((order, Token::new(joined)));
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
    if names_of(&one.text).iter().any(|name| names_of(&other.text).contains(name)) {
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
    let by_spelling = if long.len() > short.len() + 4 { 0.0 } else { alike_in_spelling(&one.plain, &other.plain) };
    let has_sound = by_sound && one.text.len() + other.text.len() > 4;
    if has_sound { by_spelling.max(alike_in_sound(&one.sound, &other.sound)) } else { by_spelling }
}

/// How alike two spellings are: half as alike as the letters say, because two letters of six make another name.
fn alike_in_spelling(one: &str, other: &str) -> f64 {
    let edits = strsim::normalized_damerau_levenshtein(one, other);
    // The other measure gives 1 at most.
    if f64::midpoint(edits, 1.0) < ALIKE {
        return 0.0;
    }
    let spelled = f64::midpoint(edits, strsim::jaro_winkler(one, other));
    if spelled >= ALIKE { 1.0 - 2.0 * (1.0 - spelled) } else { 0.0 }
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
            let likeness = strsim::normalized_damerau_levenshtein(one, other);
            if likeness >= 0.75 { likeness * 0.85 } else { 0.0 }
        }
    }
}

fn letters(token: &Token) -> f64 {
    u32::try_from(token.text.len()).map_or(0.0, f64::from)
}
