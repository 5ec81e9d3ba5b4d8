//! The figures of a row, the file that keeps them, and how new ones compare.

use crate::chip::Chip;
use crate::failure::Failure;
use crate::toolchain::folder;

/// A figure may grow by this before it counts as worse.
const TOLERANCE: f64 = 0.03;
const COLUMNS: [&str; 8] = ["chip", "opt-level", "group", "row", "instructions", "flash", "ram", "stack"];
const FIGURES: [&str; 4] = ["instructions", "flash", "ram", "stack"];

/// A row on a chip at an optimisation level.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub chip: String,
    pub level: String,
    pub group: String,
    pub row: String,
    /// In the order of the columns: instructions, then bytes.
    pub figures: [u64; 4],
}

/// Every record, and the compiler that they were measured with.
#[derive(Clone, Debug, PartialEq)]
pub struct Costs {
    pub compiler: String,
    pub records: Vec<Record>,
}

/// More than the tolerance away from what was accepted.
#[derive(Debug, PartialEq)]
pub enum Difference {
    Better(String),
    Worse(String),
}

impl Record {
    fn is_of(&self, other: &Self) -> bool {
        (&self.chip, &self.level, &self.group, &self.row) == (&other.chip, &other.level, &other.group, &other.row)
    }

    fn name(&self) -> String {
        format!("{}, opt-level {}, {}, {}", self.chip, self.level, self.group, self.row)
    }

    fn parse(fields: &csv::StringRecord) -> Option<Self> {
        let text = |at: usize| fields.get(at).map(str::to_string);
        let mut figures = [0; 4];
        for (at, figure) in figures.iter_mut().enumerate() {
            *figure = fields.get(4 + at)?.parse().ok()?;
        }
        Some(Self { chip: text(0)?, level: text(1)?, group: text(2)?, row: text(3)?, figures })
    }
}

impl Costs {
    /// What was accepted, in this file of the workspace of the images.
    pub fn read(file: &str) -> Result<Self, Failure> {
        let path = folder().join(file);
        let text = std::fs::read_to_string(&path).map_err(Failure::machine(path.display()))?;
        let compiler = text.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default().to_string();
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
        let mut records = Vec::new();
        for fields in reader.records() {
            let fields = fields.map_err(Failure::machine(path.display()))?;
            let record = Record::parse(&fields).ok_or_else(|| {
                let line = fields.position().map_or(0, csv::Position::line);
                Failure::Machine(format!("{}, line {line}: no record of costs", path.display()))
            })?;
            records.push(record);
        }
        Ok(Self { compiler, records })
    }

    /// Accepts these.
    pub fn write(&self, file: &str) -> Result<(), Failure> {
        let path = folder().join(file);
        let mut writer = csv::Writer::from_writer(format!("# {}\n", self.compiler).into_bytes());
        writer.write_record(COLUMNS).map_err(Failure::machine(path.display()))?;
        for record in &self.records {
            let figures = record.figures.map(|figure| figure.to_string());
            let names = [&record.chip, &record.level, &record.group, &record.row];
            writer.write_record(names.into_iter().chain(&figures)).map_err(Failure::machine(path.display()))?;
        }
        let bytes = writer.into_inner().map_err(Failure::machine(path.display()))?;
        std::fs::write(&path, bytes).map_err(Failure::machine(path.display()))
    }

    /// The figures of a row.
    pub fn find(&self, chip: &str, level: &str, group: &str, row: &str) -> Option<&Record> {
        self.records.iter().find(|record| {
            (record.chip.as_str(), record.level.as_str(), record.group.as_str(), record.row.as_str())
                == (chip, level, group, row)
        })
    }

    /// Where these differ from accepted ones of the same chips by more than the tolerance. A row that only one of them
    /// has counts as worse.
    pub fn against(&self, accepted: &Self, chips: &[Chip]) -> Vec<Difference> {
        let mut differences = Vec::new();
        for new in &self.records {
            let Some(old) = accepted.records.iter().find(|old| old.is_of(new)) else {
                differences.push(Difference::Worse(format!("{}: never accepted", new.name())));
                continue;
            };
            for (what, (old, now)) in FIGURES.into_iter().zip(old.figures.into_iter().zip(new.figures)) {
                let (from, to) = (old as f64, now as f64);
                let text = || format!("{}: {what} {old}, now {now} ({:+.1} %)", new.name(), (to - from) / from * 100.0);
                if to > from * (1.0 + TOLERANCE) {
                    differences.push(Difference::Worse(text()));
                } else if to < from * (1.0 - TOLERANCE) {
                    differences.push(Difference::Better(text()));
                }
            }
        }
        let is_measured = |old: &Record| chips.iter().any(|chip| chip.name == old.chip);
        for old in accepted.records.iter().filter(|old| is_measured(old)) {
            if !self.records.iter().any(|new| new.is_of(old)) {
                differences.push(Difference::Worse(format!("{}: no longer measured", old.name())));
            }
        }
        differences
    }
}

#[cfg(test)]
mod tests {
    use super::{Costs, Difference, Record};
    use crate::chip::CHIPS;

    fn costs(row: &str, figures: [u64; 4]) -> Costs {
        let (chip, level, group) = ("m4f".to_string(), "3".to_string(), "kernels".to_string());
        let records = vec![Record { chip, level, group, row: row.to_string(), figures }];
        Costs { compiler: "rustc".to_string(), records }
    }

    #[test]
    fn three_per_cent_either_way_is_the_same() {
        let (accepted, measured) = (costs("a", [100, 1000, 8, 0]), costs("a", [103, 970, 8, 0]));
        assert_eq!(measured.against(&accepted, &CHIPS), []);
    }

    #[test]
    fn more_is_named() {
        let accepted = costs("a", [100, 1000, 8, 0]);
        let differences = costs("a", [104, 969, 8, 4]).against(&accepted, &CHIPS);
        let [Difference::Worse(a), Difference::Better(b), Difference::Worse(c)] = &differences[..] else {
            panic!("{differences:?}");
        };
        assert_eq!(a, "m4f, opt-level 3, kernels, a: instructions 100, now 104 (+4.0 %)");
        assert_eq!(b, "m4f, opt-level 3, kernels, a: flash 1000, now 969 (-3.1 %)");
        assert!(c.starts_with("m4f, opt-level 3, kernels, a: stack 0, now 4"), "{c}");
    }

    #[test]
    fn rows_that_come_and_go_are_named() {
        let differences = costs("b", [1; 4]).against(&costs("a", [1; 4]), &CHIPS);
        let texts =
            ["m4f, opt-level 3, kernels, b: never accepted", "m4f, opt-level 3, kernels, a: no longer measured"];
        assert_eq!(differences, texts.map(|text| Difference::Worse(text.to_string())));
        assert_eq!(costs("b", [1; 4]).against(&costs("a", [1; 4]), &[CHIPS[1]]).len(), 1);
    }
}
