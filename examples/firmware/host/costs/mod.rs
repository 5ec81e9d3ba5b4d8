//! What a call costs on the chips: measured, compared with `costs.csv`, and accepted into it and the documents that
//! quote it.

mod documents;
mod link;
mod measurement;
mod record;

use crate::chip::Chip;
use crate::failure::Failure;
use record::{Costs, Difference};

/// Measures everything on these chips and compares, or accepts.
pub fn run(chips: &[Chip], accept: bool) -> Result<(), Failure> {
    let mut records = Vec::new();
    let mut compiler = String::new();
    for chip in chips {
        for profile in measurement::PROFILES {
            let (measured, by) = measurement::measure("costs", chip, profile)?;
            println!("{} ({}), opt-level {}: {} rows", chip.name, chip.description, profile.level, measured.len());
            records.extend(measured);
            compiler = by;
        }
    }
    let measured = Costs { compiler, records };
    if accept {
        measured.write()?;
        return documents::write(&measured);
    }
    let accepted = Costs::read()?;
    documents::check(&accepted)?;
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
    use super::{Costs, documents};

    #[test]
    fn documents_quote_the_accepted_figures() -> Result<(), String> {
        let accepted = Costs::read().map_err(|failure| failure.to_string())?;
        documents::check(&accepted).map_err(|failure| failure.to_string())
    }
}
