//! Every public function that computes numbers has a row in `ACCURACY.md` for `f32` and one for `f64`.
//!
//! The functions are those of `tests/public_api.txt`, by type (or module) and name. `public.csv` beside this file says
//! which rows judge each, or why none does: the first line that fits holds, `*` standing for any end of a name, and
//! `{}` for the type's name in the rows.

use crate::accuracy;
use crate::csv;
use std::collections::BTreeSet;

/// `Gaussian::kl` of `pub fn elbow::Gaussian<T, N>::kl(&self, &Self) -> T`.
fn name(item: &str) -> Option<String> {
    let item = item.strip_prefix("pub ")?;
    let path = item.strip_prefix("const ").unwrap_or(item).strip_prefix("fn ")?;
    let (mut plain, mut depth) = (String::new(), 0);
    for character in path.chars() {
        match character {
            '<' => depth += 1,
            '>' => depth -= 1,
            '(' if depth == 0 => break,
            _ if depth == 0 => plain.push(character),
            _ => {}
        }
    }
    let mut segments = plain.rsplit("::");
    let (function, of) = (segments.next()?, segments.next()?);
    Some(format!("{}::{function}", of.trim_start_matches("&mut ")))
}

fn public_functions() -> BTreeSet<String> {
    include_str!("../public_api.txt").lines().filter_map(name).collect()
}

fn fits(pattern: &str, function: &str) -> bool {
    let (pattern, function) = (pattern.split_once("::"), function.split_once("::"));
    let is =
        |pattern: &str, name: &str| pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start));
    pattern.zip(function).is_some_and(|((of, name), (whose, called))| is(of, whose) && is(name, called))
}

/// `StudentT` is `student_t` in the tables.
fn snake_case(of: &str) -> String {
    let mut name = String::new();
    for character in of.chars() {
        if character.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(character.to_lowercase());
    }
    name
}

/// What of these is missing: a scalar without a row under any of the names, or a name without any row.
fn missing(names: &str, rows: &BTreeSet<String>) -> Vec<String> {
    let mut missing = Vec::new();
    let has = |name: &str, scalar: &str| {
        rows.iter().any(|row| {
            let mut cells = row.trim_start_matches("| ").split(" | ");
            let function = cells.next().expect("a function");
            let named = name.strip_suffix('*').map_or(function == name, |subject| function.starts_with(subject));
            named && cells.next() == Some(scalar)
        })
    };
    let tables: Vec<&str> = names.split(' ').collect();
    for scalar in ["f32", "f64"] {
        if !tables.iter().any(|name| has(name, scalar)) {
            missing.push(format!("{names}: no row for {scalar}"));
        }
    }
    missing
        .extend(tables.iter().filter(|name| !has(name, "f32") && !has(name, "f64")).map(|name| format!("no {name}")));
    missing
}

#[test]
fn every_public_function_is_judged_or_computes_nothing() {
    if accuracy::accepting() {
        return;
    }
    let lines = csv::read("tests/reference/public.csv");
    let (_, rows) = accuracy::table();
    let (mut used, mut wrong) = (BTreeSet::new(), Vec::new());
    for function in public_functions() {
        let Some(i) = lines.iter().position(|line| fits(line.text("functions"), &function)) else {
            wrong.push(format!("{function} is not in public.csv: give it rows in a table, or say why not"));
            continue;
        };
        used.insert(i);
        let (of, _) = function.split_once("::").expect("two segments");
        let [judged_by, why_not] = ["judged_by", "why_not"].map(|column| lines[i].text(column));
        match (judged_by, why_not) {
            ("", "") => wrong.push(format!("{function}: neither rows nor a reason")),
            ("", _) => {}
            (names, _) => {
                let gaps = missing(&names.replace("{}", &snake_case(of)), &rows);
                wrong.extend(gaps.iter().map(|gap| format!("{function}: {gap}")));
            }
        }
    }
    for (_, line) in lines.iter().enumerate().filter(|(i, _)| !used.contains(i)) {
        wrong
            .push(format!("public.csv: {} is no public function, or an earlier line takes it", line.text("functions")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The bound of every row is that of the line that holds for it, and no line is without such a row: one that an earlier
/// line hides is an error, whatever it allows.
#[test]
fn every_budget_line_judges_a_row() {
    if accuracy::accepting() {
        return;
    }
    let (_, rows) = accuracy::table();
    let budget = accuracy::budget();
    let (mut judges, mut wrong) = (vec![false; budget.len()], Vec::new());
    for row in &rows {
        let cells: Vec<&str> = row.trim_matches(['|', ' ']).split(" | ").collect();
        // Of the sizes that a row stands for its line goes to the largest.
        let size = cells[3].parse().unwrap_or(f64::INFINITY);
        let regime = if cells[2].is_empty() { "*" } else { cells[2] };
        match accuracy::holding(cells[0], cells[1], regime, size) {
            Some(i) if cells[5].parse() == Ok(budget[i].allowed) => judges[i] = true,
            _ => wrong.push(format!("by no line: {row}")),
        }
    }
    for (accuracy::Line { function, scalar, regime, up_to, .. }, _) in
        budget.iter().zip(judges).filter(|(_, judges)| !judges)
    {
        wrong.push(format!("no row is judged by {function} {scalar} {regime} {up_to}"));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
