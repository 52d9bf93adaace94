//! The guides: their start is short. Their commands are run with those of all documents, in `documents`.

use homeward::api::docs::guides;

use crate::documentation::documents::blocks::blocks;

#[test]
fn the_quick_start_is_quick() {
    let (name, quick) = guides().next().expect("a guide");
    let until_the_answer = quick.split("```text").next().expect("a beginning");
    let commands = blocks(name, quick).into_iter().filter(|block| block.is_run() && until_the_answer.contains(&block.text));
    let lines: usize = commands.map(|block| block.text.replace("\\\n", "").lines().count()).sum();
    assert!((1..=6).contains(&lines), "{lines} commands until the first authorised answer");
}
