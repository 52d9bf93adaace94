//! The road home as a picture and as tables, from the table that also decides. The picture takes its colours from the style of the page.

use maud::{Markup, html};

use crate::domain::repatriation::stage::{SideState, Stage};
use crate::domain::repatriation::{Guard, RULES, Rule};

const WIDTH: usize = 620;
const BOX_WIDTH: usize = 230;
const BOX_HEIGHT: usize = 36;
/// From one stage to the next.
const STEP: usize = 68;
const LEFT: usize = 20;
const RIGHT: usize = 370;

/// The stages below each other, beside them where a stage can also lead, and what each step requires.
pub fn drawing() -> Markup {
    let height = Stage::ALL.len() * STEP;
    html! {
        figure {
            svg.road viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label="The stages from registered to completed; the table below says the same in words" {
                @for (at, stage) in Stage::ALL.iter().enumerate() {
                    (place(LEFT, at, "stage", stage.as_str()))
                    @for rule in RULES.iter().filter(|rule| rule.from == [*stage].as_slice()) {
                        @match rule.to.side_state() {
                            Some(state) => { (aside(at, rule.name.as_str())) (place(RIGHT, at, "side", state.as_str())) }
                            None => { (onward(at, rule.name.as_str())) }
                        }
                    }
                }
            }
            figcaption { "The boxes on the left are the stages, in order. The boxes on the right are side states that can be reached from one stage only." }
        }
        h2 { "Every step, and what it requires" }
        div.wide tabindex="0" role="region" aria-label="Steps" {
            table {
                thead { tr { th { "Step" } th { "From" } th { "To" } th { "Requires" } } }
                tbody { @for rule in RULES { (row(rule)) } }
            }
        }
        h2 { "Back from a side state" }
        p {
            @for state in SideState::ALL.iter().filter(|state| state.is_resumable()) { code { (state) } " " }
            "end with " code { "resume" } ", which returns the case to the stage it was in. The other side states are ends: "
            @for state in SideState::ALL.iter().filter(|state| !state.is_resumable()) { code { (state) } " " }
            "are left only where they were entered by mistake. "
            @for state in SideState::ALL.iter().filter(|state| state.is_grave()) { code { (state) } " " }
            "are taken back with " code { "resume" } " by two supervisors of the owner, with a reason."
        }
    }
}

fn place(x: usize, at: usize, class: &str, name: &str) -> Markup {
    let y = at * STEP;
    html! {
        rect class=(class) x=(x) y=(y + 1) width=(BOX_WIDTH) height=(BOX_HEIGHT) rx="6" {}
        text x=(x + BOX_WIDTH / 2) y=(y + 24) text-anchor="middle" { (name) }
    }
}

fn onward(at: usize, rule: &str) -> Markup {
    let (x, y) = (LEFT + BOX_WIDTH / 2, at * STEP + BOX_HEIGHT + 1);
    html! {
        path class="arrow" d=(format!("M{x} {y}v{} m-5 -7 l5 7 l5 -7", STEP - BOX_HEIGHT - 2)) {}
        text x=(x + 14) y=(y + 20) { (rule) }
    }
}

fn aside(at: usize, rule: &str) -> Markup {
    let (x, y) = (LEFT + BOX_WIDTH, at * STEP + BOX_HEIGHT / 2 + 1);
    html! {
        path class="arrow" d=(format!("M{x} {y}h{} m-7 -5 l7 5 l-7 5", RIGHT - x - 1)) {}
        text x=(x + 50) y=(y - 6) { (rule) }
    }
}

fn row(rule: &Rule) -> Markup {
    html! {
        tr {
            td { (rule.name) }
            td {
                @match rule.from {
                    [from] => code { (from) },
                    from if from.len() == Stage::ALL.len() => "any stage",
                    _ => "any stage before departed",
                }
            }
            td { code { (rule.to) } }
            td { ul { @for guard in rule.guards { (requirement(*guard)) } } }
        }
    }
}

fn requirement(guard: Guard) -> Markup {
    html! { li { (guard.requirement()) " " code { (guard.unmet().guard) } } }
}
