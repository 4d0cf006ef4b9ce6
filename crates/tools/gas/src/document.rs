//! Writes tables into the project's documents, between two markers.

use std::{fs, path::Path};

use anyhow::{Context, Result};

/// Replaces the text between the markers `<!-- gas: NAME -->` and `<!-- end -->` with `table`, as a code block.
///
/// # Errors
/// If the document cannot be read or written, or has no such markers.
pub fn insert(path: &Path, name: &str, table: &str) -> Result<()> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let new = replace(&text, name, table)
        .with_context(|| format!("{} has no markers for the table {name:?}", path.display()))?;
    fs::write(path, new).with_context(|| format!("cannot write {}", path.display()))
}

fn replace(text: &str, name: &str, table: &str) -> Option<String> {
    let begin = format!("<!-- gas: {name} -->\n");
    let (before, rest) = text.split_once(&begin)?;
    let (_, after) = rest.split_once("<!-- end -->")?;
    Some(format!("{before}{begin}```text\n{}\n```\n<!-- end -->{after}", table.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_replaces_only_the_text_between_its_markers() {
        let text = "a\n<!-- gas: one -->\nold\n<!-- end -->\nb\n<!-- gas: two -->\nleft\n<!-- end -->\n";
        let new = replace(text, "one", "  new\n").expect("the text has the markers");
        assert_eq!(new, text.replace("old", "```text\n  new\n```"));
        assert_eq!(replace(&new, "one", "  new\n").as_ref(), Some(&new));
        assert_eq!(replace(text, "three", ""), None);
    }
}
