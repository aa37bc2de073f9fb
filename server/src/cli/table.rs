//! Columns and lists for people in a terminal.

/// A line for each row, in columns under their names.
pub fn columns<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let rows: Vec<_> = std::iter::once(head.map(str::to_owned)).chain(rows).collect();
    let widths: [usize; N] =
        std::array::from_fn(|i| rows.iter().map(|row| row[i].chars().count()).max().unwrap_or_default());
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// A line for each fact; those without a value are left out.
pub fn facts(all: &[(&str, String)]) -> String {
    let width = all.iter().map(|(name, _)| name.len()).max().unwrap_or_default() + 2;
    let told = all.iter().filter(|(_, value)| !value.is_empty());
    told.map(|(name, value)| format!("{name:<width$}{value}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other_whatever_the_names() {
        let row = |id: &str, name: &str| [id.to_owned(), name.to_owned(), "x".to_owned()];
        let table = columns(["ID", "NAME", "STATUS"], [row("key_1", "Söhne"), row("key_22", "a")]);
        let at = |line: &str, word: &str| line.find(word).map(|at| line[..at].chars().count());
        let lines: Vec<_> = table.lines().collect();
        assert!(at(lines[0], "STATUS") == at(lines[1], "x") && at(lines[1], "x") == at(lines[2], "x"), "{table}");
    }

    #[test]
    fn facts_without_a_value_are_left_out() {
        let all = [("id", "key_1".to_owned()), ("note", String::new()), ("status", "active".to_owned())];
        assert_eq!(facts(&all), "id      key_1\nstatus  active\n");
    }
}
