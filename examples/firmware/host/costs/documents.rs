//! The documents that quote figures: made from them, or checked to be what would be made.

use super::measurement::PROFILES;
use super::record::{Costs, Record};
use crate::chip::{CHIPS, Chip};
use crate::failure::Failure;
use crate::toolchain::folder;
use std::fs;
use std::path::PathBuf;

/// The rows that the README shows, with their groups.
const MAIN: [(&str, &str); 22] = [
    ("kernels", "Categorical::kl, 16"),
    ("kernels", "Logits::kl, 16"),
    ("kernels", "Gaussian::kl, 2"),
    ("kernels", "standard_normal"),
    ("elbo", "one_sample_path, Gaussian, 2"),
    ("predictions", "predict, dense F and Q, D = 2"),
    ("predictions", "predict, dense F and Q, D = 4"),
    ("predictions", "predict_for, LocalLinearTrend"),
    ("updates", "Normal, no figure read, D = 1"),
    ("updates", "Normal, no figure read, D = 2"),
    ("updates", "Normal, no figure read, D = 4"),
    ("updates", "Normal, no figure read, D = 8"),
    ("likelihoods", "StudentT, GaussHermite<5>, D = 2"),
    ("likelihoods", "StudentT, OneSample of 8, D = 2"),
    ("likelihoods", "Poisson, GaussHermite<5>, D = 2"),
    ("likelihoods", "Poisson, OneSample of 8, D = 2"),
    ("likelihoods", "Bernoulli, GaussHermite<5>, D = 2"),
    ("other readings", "update_gated, by_innovation, D = 2"),
    ("keeping", "Monitor<64>::record"),
    ("keeping", "Filter::save, D = 2"),
    ("nodes", "Normal and Poisson, GaussHermite<5>, D = 2"),
    ("nodes", "Normal and Poisson, OneSample of 8, D = 2"),
];

/// Where the README's table is.
const MARKERS: [&str; 2] = ["<!-- costs: made by `cargo firmware costs --accept` -->\n", "<!-- end of costs -->\n"];

/// What stands before a short table of the rows that it goes on to name, `group: row`, a line each up to [`NAMED`].
const SHORT: &str = "<!-- costs of, by `cargo firmware costs --accept`\n";
const NAMED: &str = "-->\n";

const HEAD: &str = "\
# What it costs

Made by `cargo firmware costs --accept`. `cargo firmware costs` measures again and fails where a figure is worse by
more than 3 %.

Each cell: **instructions / flash / stack**, in `f32`. Each row is linked by itself, with link-time optimisation (that
of the linker, rust-lld) at opt-level 3 or \"s\": the figures of a firmware that has this row and no other. Where
several callers share a function the optimiser keeps it apart, which costs some instructions and saves flash.

- Instructions of a call, the average of 200 calls with different arguments, by SysTick in QEMU, where 40 instructions
  are a tick; the loop, the call itself and the making of arguments taken off. An instruction is not a cycle: on a
  Cortex-M4 a load takes two, a division 14.
- Flash: bytes of code and tables of everything that the row's function reaches, the maths library and, on the
  Cortex-M0, the compiler's floating-point arithmetic included. Rows that share such parts share their flash: two
  sensors take less than the sum of both.
- Stack: the deepest that 50 of these calls went below the caller, in bytes, with everything saved.
- RAM: `size_of` what stays between calls: beliefs, models, sensor, estimator with its generator, gate, window; of a
  snapshot, its bytes too.

The Cortex-M0's code (thumbv6m) runs on QEMU's mps2-an385, which has memory for all rows in one image; it executes the
same instructions. On silicon `cargo build --release --features cycles --bin costs` in `examples/firmware` gives an
image that prints cycles, by the DWT, in place of instructions (Cortex-M3 and later; `memory/mps2.x` is to be made the
chip's layout). In that one all rows share what they call.
";

/// Writes all of them.
pub fn write(costs: &Costs) -> Result<(), Failure> {
    for (path, text) in documents(costs)? {
        // A source file that is written is compiled again.
        if !read(&path).is_ok_and(|old| old == text) {
            fs::write(&path, text).map_err(Failure::machine(path.display()))?;
        }
    }
    Ok(())
}

/// Fails where one is not what these figures make it.
pub fn check(costs: &Costs) -> Result<(), Failure> {
    for (path, text) in documents(costs)? {
        if read(&path)? != text {
            let path = path.display();
            return Err(Failure::Unproven(format!(
                "{path} quotes other figures than costs.csv: cargo firmware costs --accept"
            )));
        }
    }
    Ok(())
}

fn read(path: &PathBuf) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(Failure::machine(path.display()))
}

/// Where each of them is, and what it should be.
fn documents(costs: &Costs) -> Result<Vec<(PathBuf, String)>, Failure> {
    let readme = folder().join("../../README.md");
    let text = readme_with(&read(&readme)?, costs)?;
    let source = folder().join("../../src/likelihood/mod.rs");
    let docs = docs_with(&read(&source)?, costs)?;
    let mut documents = vec![(folder().join("COSTS.md"), whole(costs)), (readme, text), (source, docs)];
    for name in ["src/guide.md", "QUESTIONS.md"] {
        let path = folder().join("../..").join(name);
        let text = with_short_tables(&read(&path)?, costs)
            .ok_or_else(|| Failure::Unproven(format!("{name}: a table of costs that are not in costs.csv")))?;
        documents.push((path, text));
    }
    Ok(documents)
}

/// A document with each of its short tables made anew; none where a marker or a row is missing.
fn with_short_tables(text: &str, costs: &Costs) -> Option<String> {
    let mut parts = text.split(SHORT);
    let mut made = parts.next()?.to_string();
    for part in parts {
        let (rows, rest) = part.split_once(NAMED)?;
        let (_, after) = rest.split_once(MARKERS[1])?;
        let lines: Option<String> = rows.lines().map(|row| short_line(costs, row)).collect();
        made += &format!("{SHORT}{rows}{NAMED}\n{}{}\n{}{after}", short_columns(), lines?, MARKERS[1]);
    }
    Some(made)
}

/// Instructions on each chip at each level; then the flash where firmware is mostly built.
fn short_columns() -> String {
    let head: String = cells().map(|(chip, level)| format!(" {} |", column(chip, level))).collect();
    let flash = column(CHIPS[0], PROFILES[1].level);
    format!("| |{head} flash, {flash} |\n|---|{}---:|\n", "---:|".repeat(cells().count()))
}

fn short_line(costs: &Costs, name: &str) -> Option<String> {
    let (group, row) = name.split_once(": ")?;
    let mut line = format!("| {row} |");
    for (chip, level) in cells() {
        line += &format!(" {} |", costs.find(chip.name, level, group, row)?.figures[0]);
    }
    let flash = costs.find(CHIPS[0].name, PROFILES[1].level, group, row)?.figures[1];
    Some(format!("{line} {flash} |\n"))
}

/// The name of a column.
fn column(chip: Chip, level: &str) -> String {
    let name = chip.description.split(',').next().unwrap_or_default();
    format!("{name}, {}", if level == "s" { "\"s\"" } else { level })
}

/// The docs of the likelihoods with the instructions in their table.
fn docs_with(text: &str, costs: &Costs) -> Result<String, Failure> {
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut cells: Vec<&str> = line.split(" | ").collect();
        let name = cells.get(2).and_then(|cell| cell.strip_prefix("[`")?.split_once('`')).map(|(name, _)| name);
        let (5, Some(name)) = (cells.len(), name) else {
            lines.push(line.to_string());
            continue;
        };
        let cell = ["GaussHermite<5>", "OneSample of 8"].map(|estimator| instructions(costs, name, estimator));
        let [Some(deterministic), Some(sampled)] = cell else {
            return Err(Failure::Unproven(format!("src/likelihood/mod.rs: no costs of {name}")));
        };
        let cell = format!("{deterministic} / {sampled}");
        cells[3] = &cell;
        lines.push(cells.join(" | "));
    }
    Ok(lines.join("\n") + "\n")
}

/// Of an update of one state on the first chip at the first level.
fn instructions(costs: &Costs, likelihood: &str, estimator: &str) -> Option<String> {
    let of = |likelihood: &str| {
        let row = format!("{likelihood}, {estimator}, D = 1");
        Some(costs.find(CHIPS[0].name, PROFILES[0].level, "likelihoods", &row)?.figures[0].to_string())
    };
    match likelihood {
        "Censored" => Some(format!("{}, at a rail {}", of("Censored inside")?, of("Censored at a rail")?)),
        _ => of(likelihood),
    }
}

/// The README with the table of the main rows between its markers.
fn readme_with(text: &str, costs: &Costs) -> Result<String, Failure> {
    let missing = || Failure::Machine("README.md: no markers of costs".to_string());
    let (before, rest) = text.split_once(MARKERS[0]).ok_or_else(missing)?;
    let (_, after) = rest.split_once(MARKERS[1]).ok_or_else(missing)?;
    let rows = MAIN.map(|(group, row)| line(costs, group, row)).concat();
    Ok(format!("{before}{}{}{rows}\nBy {}.\n{}{after}", MARKERS[0], columns("what"), costs.compiler, MARKERS[1]))
}

/// Every row, a table for each group.
fn whole(costs: &Costs) -> String {
    let mut text = format!("{HEAD}\n{}.\n", costs.compiler);
    let mut group = "";
    for record in &costs.records {
        if record.chip != CHIPS[0].name || record.level != PROFILES[0].level {
            continue;
        }
        if record.group != group {
            group = &record.group;
            text += &format!("\n## {}{}\n\n{}", group[..1].to_uppercase(), &group[1..], columns(group));
        }
        text += &line(costs, group, &record.row);
    }
    text
}

/// The chips and levels, in the order of the columns.
fn cells() -> impl Iterator<Item = (Chip, &'static str)> {
    let chips = CHIPS.into_iter().filter(|chip| chip.measured_on.is_some());
    chips.flat_map(|chip| PROFILES.map(|profile| (chip, profile.level)))
}

/// The head of a table.
fn columns(first: &str) -> String {
    let mut head = format!("| {first} | RAM |");
    let mut rule = "|---|---:|".to_string();
    for (chip, level) in cells() {
        head += &format!(" {} |", column(chip, level));
        rule += "---:|";
    }
    format!("{head}\n{rule}\n")
}

fn line(costs: &Costs, group: &str, row: &str) -> String {
    let found: Vec<Option<&Record>> = cells().map(|(chip, level)| costs.find(chip.name, level, group, row)).collect();
    let ram = found.iter().flatten().map(|record| record.figures[2]).max().unwrap_or_default();
    let mut line = format!("| {row} | {ram} |");
    for record in found {
        line += &match record {
            Some(Record { figures: [instructions, flash, _, stack], .. }) => {
                format!(" {instructions} / {flash} / {stack} |")
            }
            None => " |".to_string(),
        };
    }
    line + "\n"
}
