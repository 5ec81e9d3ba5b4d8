//! What `tests/reference/budget.csv` allows to each function, and what was measured: the rows of `ACCURACY.md`.
//!
//! Of the budget's lines, the first that fits an error holds: the same function (or `subject.*`), its scalar and regime
//! the same or `*`, `up_to` (a number of states or classes, or a prior variance) `*` or not below the size. Every test
//! that measures compares its rows with those of `ACCURACY.md`, character by character; with `ELBOW_ACCEPT` set it
//! writes them.

use crate::csv;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, OnceLock, PoisonError};

/// One line of the budget.
pub struct Line {
    pub function: String,
    pub scalar: String,
    pub regime: String,
    pub up_to: String,
    relative_to: String,
    pub allowed: f64,
    floor: f64,
}

impl Line {
    fn new(row: csv::Row) -> Self {
        let text = |column: &str| row.text(column).to_owned();
        let [function, scalar, regime] = ["function", "scalar", "regime"].map(text);
        let [up_to, relative_to] = ["up_to", "relative_to"].map(text);
        let [allowed, floor] = ["allowed", "floor"].map(|column| row.number(column));
        Self { function, scalar, regime, up_to, relative_to, allowed, floor }
    }

    fn fits(&self, function: &str, scalar: &str, regime: &str, size: f64) -> bool {
        let is = |own: &str, wanted: &str| own == "*" || own == wanted;
        let subject = function.split('.').next().expect("a subject");
        let named = self.function == function || self.function == format!("{subject}.*");
        let reaches = || self.up_to == "*" || self.up_to.parse::<f64>().expect("a number") >= size;
        named && is(&self.scalar, scalar) && is(&self.regime, regime) && reaches()
    }
}

/// The lines of the budget, in order.
pub fn budget() -> &'static [Line] {
    static BUDGET: OnceLock<Vec<Line>> = OnceLock::new();
    BUDGET.get_or_init(|| csv::read("tests/reference/budget.csv").into_iter().map(Line::new).collect())
}

/// Which line holds for a function, if any goes so far.
pub fn holding(function: &str, scalar: &str, regime: &str, size: f64) -> Option<usize> {
    budget().iter().position(|line| line.fits(function, scalar, regime, size))
}

/// How far a value is off, what it should be, and the magnitude of its largest term or 0. What is in units of something
/// else already is off from 1.
pub struct Error {
    pub by: f64,
    pub of: f64,
    pub term: f64,
}

impl Error {
    fn relative(&self, line: &Line) -> f64 {
        let term = if line.relative_to == "scale" { self.term } else { 0.0 };
        if self.by == 0.0 { 0.0 } else { self.by / self.of.abs().max(line.floor).max(term) }
    }
}

impl From<f64> for Error {
    fn from(by: f64) -> Self {
        Self { by, of: 1.0, term: 0.0 }
    }
}

/// The worst error under one line.
struct Worst {
    line: &'static Line,
    error: f64,
    at: String,
}

/// The worst errors of some functions, by function, scalar, regime and the size that their line goes to.
#[derive(Default)]
pub struct Measured(BTreeMap<[String; 4], Worst>);

const TITLES: [&str; 8] = ["function", "scalar", "regime", "up to", "measured", "allowed", "relative to", "worst at"];

fn cells(cells: [&str; 8]) -> String {
    format!("| {} |", cells.join(" | "))
}

impl Measured {
    /// Takes an error at some inputs into account, where a line goes so far; one that is not a number is infinite.
    pub fn see(
        &mut self,
        [function, scalar, regime]: [&str; 3],
        size: f64,
        error: impl Into<Error>,
        at: impl FnOnce() -> String,
    ) -> bool {
        let Some(line) = holding(function, scalar, regime, size).map(|i| &budget()[i]) else {
            return false;
        };
        let error = error.into().relative(line);
        let error = if error.is_nan() { f64::INFINITY } else { error };
        let key = [function, scalar, regime, &line.up_to].map(str::to_owned);
        let worst = self.0.entry(key).or_insert_with(|| Worst { line, error: -1.0, at: String::new() });
        if error > worst.error {
            *worst = Worst { line, error, at: at() };
        }
        true
    }

    fn rows(&self) -> BTreeSet<String> {
        let row = |([function, scalar, regime, up_to], Worst { line, error, at }): (&[String; 4], &Worst)| {
            let error = if *error == 0.0 { "0".to_owned() } else { format!("{error:.2e}") };
            let plain = |text: &String| if text == "*" { String::new() } else { text.clone() };
            let [regime, up_to] = [regime, up_to].map(plain);
            let allowed = line.allowed.to_string();
            let allowed =
                if line.allowed == 0.0 || line.allowed >= 1e-3 { allowed } else { format!("{:e}", line.allowed) };
            cells([function, scalar, &regime, &up_to, &error, &allowed, &line.relative_to.replace('_', " "), at])
        };
        self.0.iter().map(row).collect()
    }

    /// Each error must be within its budget.
    pub fn judge(&self) {
        let beyond = |(key, worst): (&[String; 4], &Worst)| {
            (worst.error > worst.line.allowed)
                .then(|| format!("{key:?}: {:e} of {:e} at {}", worst.error, worst.line.allowed, worst.at))
        };
        let missed: Vec<String> = self.0.iter().filter_map(beyond).collect();
        assert!(!self.0.is_empty() && missed.is_empty(), "beyond the budget: {missed:#?}");
    }

    /// Prints the worst errors and judges them; the rows of these functions and scalars in `ACCURACY.md` must be these.
    pub fn finish(self) {
        let rows = self.rows();
        rows.iter().for_each(|row| println!("{row}"));
        self.judge();
        let of = |row: &str| row.split(" | ").take(2).map(str::to_owned).collect::<Vec<_>>();
        let measured: BTreeSet<_> = rows.iter().map(|row| of(row)).collect();
        settle(rows, |row| measured.contains(&of(row)));
    }
}

const TABLE: &str = concat!(env!("ELBOW_ROOT"), "/ACCURACY.md");

/// Whether what is measured is written, not compared.
pub fn accepting() -> bool {
    std::env::var_os("ELBOW_ACCEPT").is_some()
}

/// The text above the first section, and the rows of all.
pub fn table() -> (String, BTreeSet<String>) {
    let text = std::fs::read_to_string(TABLE).expect(TABLE);
    let above = format!("{}\n", text.split("\n## ").next().expect("a start").trim_end());
    let heads = [cells(TITLES), cells(["---"; 8])];
    let rows = text.lines().filter(|line| line.starts_with("| ") && !heads.iter().any(|head| head == line));
    (above, rows.map(str::to_owned).collect())
}

/// A section for each subject: what stands before the dot of a function.
fn sections<'a>(rows: impl Iterator<Item = &'a String>) -> String {
    let (mut text, mut last) = (String::new(), "");
    for row in rows {
        let subject = row.trim_start_matches("| ").split(['.', ' ']).next().expect("a subject");
        if subject != last {
            text += &format!("\n## {subject}\n\n{}\n{}\n", cells(TITLES), cells(["---"; 8]));
            last = subject;
        }
        text += &format!("{row}\n");
    }
    text
}

/// The rows that are `mine` must be these; or are written, where that is asked for.
fn settle(rows: BTreeSet<String>, mine: impl Fn(&str) -> bool) {
    static WRITING: Mutex<()> = Mutex::new(());
    let _guard = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let (above, all) = table();
    let (listed, others): (BTreeSet<_>, BTreeSet<_>) = all.into_iter().partition(|row| mine(row));
    if listed == rows {
        return;
    }
    if accepting() {
        std::fs::write(TABLE, format!("{above}{}", sections(others.union(&rows)))).expect(TABLE);
        return;
    }
    let (gone, new): (Vec<_>, Vec<_>) = (listed.difference(&rows).collect(), rows.difference(&listed).collect());
    panic!("ACCURACY.md says {gone:#?}, measured is {new:#?}: its head says how to write it again");
}
