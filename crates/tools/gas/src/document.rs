//! Tables in the project's documents, between two marks, so that they can be made anew.

use std::{fs, path::Path};

use anyhow::{Context, Result};

/// Puts `table` between the marks `<!-- gas: NAME -->` and `<!-- end -->` of a document, as a block of text.
///
/// # Errors
/// If the document cannot be read or written, or has no such marks.
pub fn insert(path: &Path, name: &str, table: &str) -> Result<()> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let new = replaced(&text, name, table)
        .with_context(|| format!("{} has no place for the table {name:?}", path.display()))?;
    fs::write(path, new).with_context(|| format!("cannot write {}", path.display()))
}

fn replaced(text: &str, name: &str, table: &str) -> Option<String> {
    let begin = format!("<!-- gas: {name} -->\n");
    let (before, rest) = text.split_once(&begin)?;
    let (_, after) = rest.split_once("<!-- end -->")?;
    Some(format!("{before}{begin}```text\n{}\n```\n<!-- end -->{after}", table.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_replaces_only_what_stands_between_its_marks() {
        let text = "a\n<!-- gas: one -->\nold\n<!-- end -->\nb\n<!-- gas: two -->\nleft\n<!-- end -->\n";
        let new = replaced(text, "one", "  new\n").expect("there are marks");
        assert_eq!(new, text.replace("old", "```text\n  new\n```"));
        assert_eq!(replaced(&new, "one", "  new\n").as_ref(), Some(&new));
        assert_eq!(replaced(text, "three", ""), None);
    }
}
