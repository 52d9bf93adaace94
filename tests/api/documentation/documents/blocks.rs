//! The fenced blocks of the documents and guides.

use std::path::{Path, PathBuf};

use homeward::api::docs::guides;

/// A document, or all guides one after another: the guides share one terminal.
pub struct Document {
    pub name: String,
    pub blocks: Vec<Block>,
}

/// A fenced block: its place, the text of its fence, and its contents.
pub struct Block {
    pub place: String,
    pub language: String,
    pub remark: String,
    pub text: String,
}

impl Block {
    pub fn is_shell(&self) -> bool {
        self.language == "sh"
    }

    /// Whether the tests run it.
    pub fn is_run(&self) -> bool {
        self.is_shell() && self.remark.is_empty()
    }

    /// The reason why it is not run.
    pub fn reason(&self) -> Option<&str> {
        self.remark.strip_prefix("no-run: ")
    }
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The documents as files: those at the root that explain how to begin, and all in `docs` but its pictures.
pub fn files() -> Vec<PathBuf> {
    let docs = std::fs::read_dir(root().join("docs")).expect("the folder of the documents");
    let is_text = |path: &PathBuf| path.extension().is_none_or(|end| end != "png");
    let mut files: Vec<PathBuf> = docs.map(|entry| entry.expect("a file").path()).filter(is_text).collect();
    files.sort();
    files.splice(0..0, ["README.md", "CONTRIBUTING.md"].map(|name| root().join(name)));
    files
}

/// The name of a file as a reader knows it.
pub fn name_of(file: &Path) -> String {
    file.strip_prefix(root()).expect("a file of the repository").display().to_string()
}

/// Every document, and the guides last.
pub fn documents() -> Vec<Document> {
    let read = |file: PathBuf| {
        let (name, text) = (name_of(&file), std::fs::read_to_string(&file).expect("a document"));
        Document { blocks: blocks(&name, &text), name }
    };
    let guides = guides().flat_map(|(guide, text)| blocks(&format!("{guide}.md"), text)).collect();
    files().into_iter().map(read).chain([Document { name: "the guides".to_owned(), blocks: guides }]).collect()
}

/// The blocks of a text, in its order.
pub fn blocks(name: &str, text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut inside = false;
    for (at, line) in text.lines().enumerate() {
        match line.strip_prefix("```") {
            Some(_) if inside => inside = false,
            Some(fence) => {
                inside = true;
                let (language, remark) = fence.split_once(' ').unwrap_or((fence, ""));
                let (language, remark) = (language.to_owned(), remark.to_owned());
                blocks.push(Block { place: format!("{name}:{}", at + 1), language, remark, text: String::new() });
            }
            None if inside => {
                let block = blocks.last_mut().expect("a block");
                block.text.push_str(line);
                block.text.push('\n');
            }
            None => assert!(!line.trim_start().starts_with("```"), "{name}:{}: a block that is indented is not found", at + 1),
        }
    }
    assert!(!inside, "{name}: the last block does not end");
    blocks
}
