//! Tables to be saved (RFC 4180), written part by part.

use csv::{Terminator, WriterBuilder};
use std::io;

/// The next rows; before the first of them the names of the columns.
pub fn part<const N: usize>(
    columns: &[&str; N],
    first: bool,
    rows: impl IntoIterator<Item = [String; N]>,
) -> io::Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    if first {
        writer.write_record(columns)?;
    }
    for row in rows {
        writer.write_record(row.map(harmless))?;
    }
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

/// What a spreadsheet would take for a formula becomes text (OWASP, CSV injection): labels and user agents
/// are written by strangers.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_becomes_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(harmless(formula.to_owned()), format!("'{formula}"));
        }
        for text in ["", "ci", "a=b", "'=1", " 1-1"] {
            assert_eq!(harmless(text.to_owned()), text);
        }
    }

    #[test]
    fn the_columns_are_named_once() {
        let row = || [["1".to_owned(), "a, \"b\"".to_owned()]];
        let first = part(&["n", "text"], true, row()).unwrap_or_default();
        assert_eq!(String::from_utf8_lossy(&first), "n,text\r\n1,\"a, \"\"b\"\"\"\r\n");
        let next = part(&["n", "text"], false, row()).unwrap_or_default();
        assert_eq!(String::from_utf8_lossy(&next), "1,\"a, \"\"b\"\"\"\r\n");
    }
}
