//! elbow beside its peers: what a step of each costs, how elbow's grows, and what becomes of each on bad input,
//! compared with what was accepted, and accepted into `COMPARE.md`.

mod document;
mod picture;

use crate::chip::CHIPS;
use crate::costs::{self, Costs};
use crate::failure::Failure;
use crate::image;

const COSTS: &str = "peers/costs.csv";
const FAULTS: &str = "peer_faults";

/// Measures and runs everything and compares, or accepts.
pub fn run(accept: bool) -> Result<(), Failure> {
    let chip = CHIPS[0];
    let faults = image::run(FAULTS, &chip, chip.profiles[0])?;
    image::compare(FAULTS, chip.name, &faults, accept)?;
    println!("{} ({}): {} trials of filters", chip.name, chip.description, faults.lines().count());
    let mut measured = costs::measure("peer_costs", &[chip])?;
    measured.records.extend(costs::measure("peer_growth", &[chip])?.records);
    if accept {
        measured.write(COSTS)?;
        return document::write(&measured, &faults);
    }
    let accepted = Costs::read(COSTS)?;
    document::check(&accepted, &faults)?;
    costs::compare(measured, accepted, &[chip])
}

#[cfg(test)]
mod tests {
    use super::{COSTS, Costs, FAULTS, document};

    #[test]
    fn compare_quotes_the_accepted_figures() -> Result<(), String> {
        let accepted = Costs::read(COSTS).map_err(|failure| failure.to_string())?;
        let faults = crate::image::expected(FAULTS).map_err(|failure| failure.to_string())?;
        document::check(&accepted, &faults).map_err(|failure| failure.to_string())
    }
}
