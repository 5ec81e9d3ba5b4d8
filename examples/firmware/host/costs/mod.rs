//! What a call costs on the chips: measured, compared with `costs.csv`, and accepted into it and the documents that
//! quote it.

mod documents;
mod link;
mod measurement;
mod record;

use crate::chip::Chip;
use crate::failure::Failure;
pub use measurement::PROFILES;
use record::Difference;
pub use record::{Costs, Record};

/// What is accepted.
const FILE: &str = "costs.csv";

/// Measures everything on these chips and compares, or accepts.
pub fn run(chips: &[Chip], accept: bool) -> Result<(), Failure> {
    let measured = measure("costs", chips)?;
    if accept {
        measured.write(FILE)?;
        return documents::write(&measured);
    }
    let accepted = Costs::read(FILE)?;
    documents::check(&accepted)?;
    compare(measured, accepted, chips)
}

/// Every row of an image on these chips, at every opt-level.
pub fn measure(image: &str, chips: &[Chip]) -> Result<Costs, Failure> {
    let mut records = Vec::new();
    let mut compiler = String::new();
    for chip in chips {
        for profile in PROFILES {
            let (measured, by) = measurement::measure(image, chip, profile)?;
            println!("{} ({}), opt-level {}: {} rows", chip.name, chip.description, profile.level, measured.len());
            records.extend(measured);
            compiler = by;
        }
    }
    Ok(Costs { compiler, records })
}

/// Says what is better, and fails where something is worse.
pub fn compare(measured: Costs, accepted: Costs, chips: &[Chip]) -> Result<(), Failure> {
    let (mut worse, mut better) = (Vec::new(), 0);
    for difference in measured.against(&accepted, chips) {
        match difference {
            Difference::Better(text) => {
                better += 1;
                println!("better: {text}");
            }
            Difference::Worse(text) => worse.push(text),
        }
    }
    if worse.is_empty() {
        println!("no row is worse by more than 3 %, {better} figures are better; {}", measured.compiler);
        return Ok(());
    }
    Err(Failure::Costlier { rows: worse, accepted_with: accepted.compiler, measured_with: measured.compiler })
}

#[cfg(test)]
mod tests {
    use super::{Costs, FILE, documents};

    #[test]
    fn documents_quote_the_accepted_figures() -> Result<(), String> {
        let accepted = Costs::read(FILE).map_err(|failure| failure.to_string())?;
        documents::check(&accepted).map_err(|failure| failure.to_string())
    }
}
