//! `COMPARE.md`, the tables between its markers, and the picture in it.

use super::picture;
use crate::costs::{Costs, PROFILES, Record};
use crate::failure::Failure;
use crate::toolchain::folder;
use std::fs;
use std::path::PathBuf;

/// What stands between the markers of each of the document's parts.
const PARTS: [&str; 3] = ["agreement", "costs", "faults"];

/// The crates whose versions are quoted.
const CRATES: [&str; 5] = ["elbow", "kfilter", "adskalman", "minikalman", "embedded-dsp"];

/// The figures of a record, each with its column and whether it depends on the opt-level.
const FIGURES: [(&str, usize, bool); 4] = [
    ("Instructions of a step", 0, true),
    ("Flash of a step, bytes", 1, true),
    ("Stack, bytes", 3, true),
    ("RAM, bytes", 2, false),
];

/// How much the headings of faults say.
const FAULTS: [(&str, &str); 2] = [("bad", "2 states, 1 reading"), ("vague", "a vague prior")];

/// Writes both.
pub fn write(costs: &Costs, faults: &str) -> Result<(), Failure> {
    for (path, text) in documents(costs, faults)? {
        fs::write(&path, text).map_err(Failure::machine(path.display()))?;
    }
    Ok(())
}

/// Fails where one is not what these figures make it.
pub fn check(costs: &Costs, faults: &str) -> Result<(), Failure> {
    for (path, text) in documents(costs, faults)? {
        if read(&path)? != text {
            let path = path.display();
            let why = format!("{path} shows other figures than were accepted: cargo firmware peers --accept");
            return Err(Failure::Unproven(why));
        }
    }
    Ok(())
}

/// Where each of them is, and what it should be.
fn documents(costs: &Costs, faults: &str) -> Result<[(PathBuf, String); 2], Failure> {
    let path = folder().join("../../COMPARE.md");
    let text = whole(&read(&path)?, costs, faults)?;
    Ok([(path, text), (folder().join("growth.svg"), picture::draw(costs)?)])
}

fn read(path: &PathBuf) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(Failure::machine(path.display()))
}

/// The document with what these figures say between its markers.
fn whole(text: &str, costs: &Costs, faults: &str) -> Result<String, Failure> {
    let mut text = text.to_string();
    for part in PARTS {
        let made = match part {
            "agreement" => {
                versions(costs)?
                    + &trials(faults, "good", "the mean is")
                    + &trials(faults, "correlated", "with correlated noise")
            }
            "costs" => every_cost(costs),
            _ => FAULTS.map(|(group, heading)| trials(faults, group, heading)).concat(),
        };
        let [begin, end] =
            [format!("<!-- {part}: made by `cargo firmware peers --accept` -->\n"), format!("<!-- end of {part} -->")];
        let split = text.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
        let (before, after) = split.ok_or_else(|| Failure::Machine(format!("COMPARE.md: no markers of {part}")))?;
        text = format!("{before}{begin}{made}{end}{after}");
    }
    Ok(text)
}

/// The versions of the compiler and the crates.
fn versions(costs: &Costs) -> Result<String, Failure> {
    let path = folder().join("peers/Cargo.lock");
    let lock = fs::read_to_string(&path).map_err(Failure::machine(path.display()))?;
    let version = |name: &str| {
        let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
        Some(format!("{name} {}", rest.split('"').next()?))
    };
    let crates: Option<Vec<String>> = CRATES.into_iter().map(version).collect();
    let crates = crates.ok_or_else(|| Failure::Machine(format!("{}: a crate is missing", path.display())))?;
    Ok(format!("{}; {}.\n\n", crates.join(", "), costs.compiler))
}

/// A table of each figure: a line for each shape, a column for each filter, the least in bold.
fn every_cost(costs: &Costs) -> String {
    let mut text = String::new();
    for (name, at, by_level) in FIGURES {
        for profile in PROFILES.iter().take(if by_level { PROFILES.len() } else { 1 }) {
            let is_shown = |record: &&Record| record.level == profile.level && record.group.contains(" x ");
            let records: Vec<&Record> = costs.records.iter().filter(is_shown).collect();
            let heading = match (by_level, profile.level) {
                (false, _) => name.to_string(),
                (true, "s") => format!("{name}, opt-level \"s\""),
                (true, level) => format!("{name}, opt-level {level}"),
            };
            text += &format!("### {heading}\n\n{}\n", cost(&records, at));
        }
    }
    text
}

fn cost(records: &[&Record], at: usize) -> String {
    let (shapes, filters) =
        (distinct(records.iter().map(|record| &*record.group)), distinct(records.iter().map(|record| &*record.row)));
    let mut lines = vec![filters.clone()];
    for shape in &shapes {
        let of_shape = |filter: &String| records.iter().find(|record| record.group == *shape && record.row == *filter);
        let figures: Vec<Option<u64>> = filters.iter().map(|filter| Some(of_shape(filter)?.figures[at])).collect();
        let least = figures.iter().flatten().min();
        let cell = |figure: &Option<u64>| match figure {
            figure if figure.as_ref() == least => format!("**{}**", figure.unwrap_or_default()),
            figure => figure.map(|figure| figure.to_string()).unwrap_or_default(),
        };
        lines.push(figures.iter().map(cell).collect());
    }
    table("states x readings", &shapes, &lines, "---:|")
}

/// A line for each filter, a column for each case, what became of it in the cells.
fn trials(faults: &str, group: &str, first: &str) -> String {
    let fields = faults.lines().map(|line| line.splitn(4, ';').collect::<Vec<_>>());
    let trials: Vec<Vec<&str>> = fields.filter(|fields| fields.len() == 4 && fields[0] == group).collect();
    let (columns, filters) =
        (distinct(trials.iter().map(|trial| trial[1])), distinct(trials.iter().map(|trial| trial[2])));
    let mut lines = vec![columns.clone()];
    for filter in &filters {
        let cell = |column: &String| trials.iter().find(|trial| trial[1] == column && trial[2] == filter);
        lines.push(
            columns.iter().map(|column| cell(column).map(|trial| trial[3].to_string()).unwrap_or_default()).collect(),
        );
    }
    table(first, &filters, &lines, "---|") + "\n"
}

/// In order of appearance.
fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in names {
        if !found.iter().any(|known| known == name) {
            found.push(name.to_string());
        }
    }
    found
}

/// A table: the heads of the columns, then the cells of each line, which begins with its name.
fn table(first: &str, names: &[String], lines: &[Vec<String>], rule: &str) -> String {
    let line = |name: &str, cells: &[String]| format!("| {name} | {} |\n", cells.join(" | "));
    let mut text = line(first, &lines[0]) + "|---|" + &rule.repeat(lines[0].len()) + "\n";
    for (name, cells) in names.iter().zip(&lines[1..]) {
        text += &line(name, cells);
    }
    text
}
