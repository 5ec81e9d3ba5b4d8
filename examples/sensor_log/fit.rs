//! Noise that the user does not know, chosen by the log evidence: coordinate ascent on a logarithmic grid.

/// One of a model's noise parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The flag that gives it.
    pub flag: &'static str,
    /// Its value: the user's, or a guess to start from.
    pub value: f64,
    /// Whether the user gave it.
    pub given: bool,
}

impl Parameter {
    /// The user's value, or else a guess.
    pub fn new(flag: &'static str, given: Option<f64>, guess: f64) -> Self {
        Self { flag, value: given.unwrap_or(guess), given: given.is_some() }
    }
}

/// Factors that a parameter is changed by, from coarse to fine; the last is the precision of the result.
const FACTORS: [f64; 5] = [8.0, 2.0, 1.4, 1.15, 1.05];

/// Times around all parameters with each factor, and steps in one direction: at most 5 * 4 * 7 evaluations a parameter.
const ROUNDS: usize = 4;
const STEPS: usize = 6;

/// Improves the parameters that were not given until `evidence` is a maximum among their neighbours on the grid.
pub fn maximise(parameters: &mut [Parameter], mut evidence: impl FnMut(&[Parameter]) -> f64) {
    if parameters.iter().all(|parameter| parameter.given) {
        return;
    }
    let mut best = evidence(parameters);
    for factor in FACTORS {
        for _ in 0..ROUNDS {
            let before = best;
            for index in 0..parameters.len() {
                if parameters[index].given {
                    continue;
                }
                for factor in [factor, factor.recip()] {
                    let mut steps = 0;
                    while steps < STEPS {
                        let kept = parameters[index].value;
                        parameters[index].value = kept * factor;
                        let now = evidence(parameters);
                        if !(now > best) {
                            parameters[index].value = kept;
                            break;
                        }
                        (best, steps) = (now, steps + 1);
                    }
                    if steps > 0 {
                        break;
                    }
                }
            }
            if best == before {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ridge with its top at (3, 0.02), far from the guesses.
    fn hill(parameters: &[Parameter]) -> f64 {
        let (a, b) = ((parameters[0].value / 3.0).ln(), (parameters[1].value / 0.02).ln());
        -a * a - b * b - 0.8 * a * b
    }

    #[test]
    fn the_top_is_found() {
        let mut parameters = [Parameter::new("a", None, 100.0), Parameter::new("b", None, 1.0)];
        maximise(&mut parameters, hill);
        assert!((parameters[0].value / 3.0).ln().abs() < 0.05, "{parameters:?}");
        assert!((parameters[1].value / 0.02).ln().abs() < 0.05, "{parameters:?}");
    }

    #[test]
    fn what_is_given_stays_and_failures_are_no_maximum() {
        let mut parameters = [Parameter::new("a", Some(100.0), 1.0), Parameter::new("b", None, 1.0)];
        let failing = |p: &[Parameter]| if p[1].value < 0.01 { f64::NAN } else { hill(p) };
        maximise(&mut parameters, failing);
        assert_eq!(parameters[0].value, 100.0);
        assert!((0.01..0.011).contains(&parameters[1].value), "{parameters:?}");
    }
}
