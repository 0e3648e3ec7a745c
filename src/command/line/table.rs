//! Rows of cells as lines of text.

/// Rows as Go's `text/tabwriter` lays them out, without its flags: columns as wide as their widest cell and the
/// padding, but at least `least`. The last cell of a row belongs to no column, and a column is what
/// stands below each other without a gap: a row that ends before it begins a new one.
pub fn tabbed(rows: &[Vec<String>], least: usize, padding: usize) -> String {
    let mut widths: Vec<Vec<usize>> =
        rows.iter().map(|row| vec![0; row.len().saturating_sub(1)]).collect();
    let columns = widths.iter().map(Vec::len).max().unwrap_or(0);
    for column in 0..columns {
        let mut at = 0;
        while at < rows.len() {
            let block = widths[at..].iter().take_while(|own| column < own.len()).count();
            let cells = rows[at..at + block].iter().map(|row| row[column].chars().count());
            let width = cells.max().map_or(0, |widest| (widest + padding).max(least));
            for own in &mut widths[at..at + block] {
                own[column] = width;
            }
            at += block.max(1);
        }
    }
    let mut out = String::new();
    for (row, widths) in rows.iter().zip(&widths) {
        for (column, cell) in row.iter().enumerate() {
            out.push_str(cell);
            if let Some(width) = widths.get(column) {
                out.extend(std::iter::repeat_n(' ', width - cell.chars().count()));
            }
        }
        out.push('\n');
    }
    out
}

/// Rows in columns two blanks apart; the columns named in `right` stand on their right side. Nothing
/// is filled up behind the last cell of a row that is not empty.
pub fn columns<R: AsRef<[String]>>(rows: &[R], right: &[usize]) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        for (column, cell) in row.as_ref().iter().enumerate() {
            let width = cell.chars().count();
            match widths.get_mut(column) {
                Some(widest) => *widest = width.max(*widest),
                None => widths.push(width),
            }
        }
    }
    let mut out = String::new();
    for row in rows {
        let row = row.as_ref();
        let used = row.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        for (column, cell) in row[..used].iter().enumerate() {
            if column > 0 {
                out.push_str("  ");
            }
            let fill = " ".repeat(widths[column] - cell.chars().count());
            if right.contains(&column) {
                out.push_str(&fill);
                out.push_str(cell);
            } else {
                out.push_str(cell);
                if column + 1 < used {
                    out.push_str(&fill);
                }
            }
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[&[&str]]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
    }

    #[test]
    fn tabs_make_columns_as_in_go() {
        let check = |given: &[&[&str]], want: &str| {
            assert_eq!(tabbed(&rows(given), 10, 3), want, "{given:?}");
        };
        check(&[], "");
        check(&[&[]], "\n");
        check(&[&["TAG", "IMAGE ID", "SIZE"]], "TAG       IMAGE ID   SIZE\n");
        check(&[&["A", "B"], &["1234567890", "x"]], "A            B\n1234567890   x\n");
        check(&[&["é", ""], &["", "x"]], "é         \n          x\n");
        // A row without the column parts it in two.
        check(
            &[&["a", "b"], &["between"], &["1234567890", "x"]],
            "a         b\nbetween\n1234567890   x\n",
        );
        // The last cell of a short row is no part of the column that it stands in.
        check(
            &[&["a", "b", "c"], &["a", "1234567890"]],
            "a         b         c\na         1234567890\n",
        );
    }

    #[test]
    fn columns_are_as_wide_as_their_cells() {
        let check = |given: &[&[&str]], right: &[usize], want: &str| {
            assert_eq!(columns(&rows(given), right), want, "{given:?}");
        };
        check(&[], &[], "");
        check(&[&["NAME", "STATE"], &["node10", "up"]], &[], "NAME    STATE\nnode10  up\n");
        check(&[&["é", ""]], &[], "é\n");
        check(&[&["a", "", "c"], &["", "bb", ""]], &[], "a      c\n   bb\n");
        check(&[&["a", "7", "x"], &["bb", "10", "y"]], &[1], "a    7  x\nbb  10  y\n");
        check(&[&["a", "7"], &["b", "10"]], &[1], "a   7\nb  10\n");
        check(&[&["", ""]], &[0], "\n");
        check(&[&["short"], &["a", "b"]], &[], "short\na      b\n");
    }
}
