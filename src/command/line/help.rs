//! The lists of a help page.

use std::fmt::Write as _;

use crate::flags::Flag;

/// Adds the flags of these tables by name, each on a line: `  -a, --all string   What it does`.
pub fn flags(page: &mut String, tables: &[&'static [Flag]]) {
    let mut flags: Vec<&Flag> = tables.iter().flat_map(|table| table.iter()).collect();
    flags.sort_by_key(|f| f.long);
    let head = |f: &Flag| {
        let short = f.short.map_or("    ".to_owned(), |s| format!("-{s}, "));
        let value = if f.value.is_empty() { String::new() } else { format!(" {}", f.value) };
        format!("{short}--{}{value}", f.long)
    };
    let width = flags.iter().map(|f| head(f).len()).max().unwrap_or(0);
    for flag in flags {
        let _ = writeln!(page, "  {:width$}   {}", head(flag), flag.help);
    }
}

/// Adds commands and what each is for.
pub fn commands<'a>(page: &mut String, commands: impl Iterator<Item = (&'a str, &'a str)>) {
    for (name, about) in commands {
        let _ = writeln!(page, "  {name:<11} {about}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flags::{flag, switch};

    #[test]
    fn flags_stand_in_columns_by_name() {
        static OWN: &[Flag] = &[
            flag("output", "string", "Where to write").short('o'),
            switch("all", "Show all").short('a'),
        ];
        static COMMON: &[Flag] = &[flag("format", "string", "How to print")];
        let mut page = String::new();
        flags(&mut page, &[OWN, COMMON]);
        assert_eq!(
            page,
            "  -a, --all             Show all\n      --format string   How to print\n  -o, --output string   Where to write\n"
        );
    }

    #[test]
    fn commands_stand_in_columns() {
        let mut page = String::new();
        commands(&mut page, [("ls", "List them"), ("a-long-command", "Do it")].into_iter());
        assert_eq!(page, "  ls          List them\n  a-long-command Do it\n");
    }
}
