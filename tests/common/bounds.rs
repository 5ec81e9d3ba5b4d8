//! What `tests/reference/budget.csv` allows to the answers of estimators and filters.

use crate::csv;

/// The first line that fits holds: the same function (or `subject.*`), its scalar, regime and `up_to` the same or `*`,
/// `up_to` (here a prior variance) not below `size`. None where no line goes so far.
pub fn bound(function: &str, scalar: &str, regime: &str, size: f64) -> Option<f64> {
    let rows = csv::read("tests/reference/budget.csv");
    let any = format!("{}.*", function.split('.').next().expect("a subject"));
    let fits = |row: &&csv::Row| {
        let is = |column: &str, wanted: &str| row.text(column) == "*" || row.text(column) == wanted;
        let named = row.text("function") == function || row.text("function") == any;
        named
            && is("scalar", scalar)
            && is("regime", regime)
            && (row.text("up_to") == "*" || row.number("up_to") >= size)
    };
    rows.iter().find(fits).map(|row| row.number("allowed"))
}

/// The bound that has to be there.
pub fn allowed(function: &str, scalar: &str, regime: &str, size: f64) -> f64 {
    bound(function, scalar, regime, size).unwrap_or_else(|| panic!("no budget for {function} {scalar} {regime} {size}"))
}
