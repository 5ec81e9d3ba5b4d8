//! Every public function that computes numbers has a row in `ACCURACY.md` for `f32` and one for `f64`.
//!
//! The functions are those of `tests/public_api.txt`, by type (or module) and name. `public.csv` beside this file says
//! which rows judge each, or why none does: the first line that fits holds, `*` standing for any end of a name, and
//! `{}` for the type's name in the rows. A test file in place of a row has the bounds in itself.

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
    let tables: Vec<&str> = names.split(' ').filter(|name| !name.starts_with("tests/")).collect();
    for scalar in ["f32", "f64"] {
        if !tables.is_empty() && !tables.iter().any(|name| has(name, scalar)) {
            missing.push(format!("{names}: no row for {scalar}"));
        }
    }
    missing
        .extend(tables.iter().filter(|name| !has(name, "f32") && !has(name, "f64")).map(|name| format!("no {name}")));
    let files = names.split(' ').filter(|name| name.starts_with("tests/"));
    let root = std::path::Path::new(env!("ELBOW_ROOT"));
    missing.extend(files.filter(|file| !root.join(file).is_file()).map(|file| format!("no {file}")));
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

/// No line of the budget without a value, no row of a function that the budget has not.
#[test]
fn every_budget_line_judges_a_row() {
    if accuracy::accepting() {
        return;
    }
    let (_, rows) = accuracy::table();
    let judged: Vec<Vec<&str>> = rows.iter().map(|row| row.trim_matches(['|', ' ']).split(" | ").collect()).collect();
    let mut wrong = Vec::new();
    let budget = csv::read("tests/reference/budget.csv");
    let mut known = vec![false; judged.len()];
    for line in &budget {
        let [function, scalar, regime, up_to] =
            ["function", "scalar", "regime", "up_to"].map(|column| line.text(column));
        let is = |own: &str, shown: &str| own == "*" || own == shown;
        let scalars = if scalar == "*" { vec!["f32", "f64"] } else { vec![scalar] };
        let mut any = false;
        for (row, known) in judged.iter().zip(&mut known) {
            let named = function.strip_suffix('*').map_or(row[0] == function, |subject| row[0].starts_with(subject));
            let allowed = row[5].parse() == Ok(line.number("allowed"));
            if named && scalars.contains(&row[1]) && is(regime, row[2]) && is(up_to, row[3]) && allowed {
                (*known, any) = (true, true);
            }
        }
        if !any {
            wrong.push(format!("no row is judged by {function} {scalar} {regime} {up_to}"));
        }
    }
    wrong.extend(rows.iter().zip(known).filter(|(_, known)| !known).map(|(row, _)| format!("by no line: {row}")));
    assert!(wrong.is_empty(), "{wrong:#?}");
}
