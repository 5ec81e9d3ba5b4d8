//! Which result of a trace is not what was expected.

/// The thing, the position, and both results, where two traces first differ.
pub fn first(expected: &str, found: &str) -> Option<String> {
    let mut thing = "";
    for (a, b) in expected.lines().zip(found.lines()) {
        if a == b {
            thing = a.strip_suffix(':').unwrap_or(thing);
        } else if a.starts_with(' ') && b.starts_with(' ') {
            return in_row(thing, a, b);
        } else {
            let (Some(a), Some(b)) = (a.strip_suffix(" results"), b.strip_suffix(" results")) else { return None };
            let same_number = a.split_once(' ')?.1 == b.split_once(' ')?.1;
            let what = if same_number { "one of the others is not" } else { "there are not as many" };
            return Some(format!("{thing}: all results that are printed are right, {what}; to see more: src/trace.rs"));
        }
    }
    None
}

/// The same for two rows.
fn in_row(thing: &str, expected: &str, found: &str) -> Option<String> {
    let mut words = expected.split_whitespace().zip(found.split_whitespace());
    let start: usize = words.next()?.1.parse().ok()?;
    let (offset, (a, b)) = words.enumerate().find(|(_, (a, b))| a != b)?;
    Some(format!("{thing}: result {} is {}, expected {}", start + offset, with_value(b), with_value(a)))
}

/// The digits of a result, and the number whose bits they are.
fn with_value(digits: &str) -> String {
    let value = match digits.len() {
        8 => u32::from_str_radix(digits, 16).ok().map(|bits| format!("{:e}", f32::from_bits(bits))),
        16 => u64::from_str_radix(digits, 16).ok().map(|bits| format!("{:e}", f64::from_bits(bits))),
        _ => None,
    };
    value.map_or(digits.to_string(), |value| format!("{digits} ({value})"))
}

#[cfg(test)]
mod tests {
    use super::first;

    /// What `host/main.rs` computes of two things.
    const TRACE: &str = "\
Adam:
    0      0x0 3f800000 bf800000
    8 40000000      NaN
0123456789abcdef Adam, 200 results
Filter:
    0 3ff0000000000000              0x1
fedcba9876543210 Filter, 2 results
";

    #[test]
    fn names_the_result_that_differs() {
        for (from, to, said) in [
            ("bf800000", "bf800001", "Adam: result 2 is bf800001 (-1.0000001e0), expected bf800000 (-1e0)"),
            ("     NaN", "7f800000", "Adam: result 9 is 7f800000 (inf), expected NaN"),
            ("     0x0 3", "     0x5 3", "Adam: result 0 is 0x5, expected 0x0"),
            (
                "3ff0000000000000",
                "3ff8000000000000",
                "Filter: result 0 is 3ff8000000000000 (1.5e0), expected 3ff0000000000000 (1e0)",
            ),
        ] {
            assert_eq!(first(TRACE, &TRACE.replace(from, to)).as_deref(), Some(said));
        }
    }

    #[test]
    fn says_that_it_is_not_among_the_printed_ones() {
        let changed = TRACE.replace("0123456789abcdef", "0123456789abcdee");
        let said = first(TRACE, &changed).expect("they differ");
        assert!(said.starts_with("Adam: all results that are printed are right, one of the others is not"), "{said}");
        let said = first(TRACE, &TRACE.replace("200 results", "201 results")).expect("they differ");
        assert!(said.starts_with("Adam: all results that are printed are right, there are not as many"), "{said}");
        assert_eq!(first(TRACE, TRACE), None);
    }
}
