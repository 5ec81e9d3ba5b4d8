//! Every estimator on single readings, against the optimum of the scalar ELBO.
//!
//! `tests/reference/scalar_updates*.csv` (written by `estimators.py`, `interval_updates.py` and `closed_updates.py`
//! beside them) hold the optimum (u, s) for eleven likelihoods, prior variances from 0.01 to 100 and readings in and far out of range. Errors
//! are in units of the posterior standard deviation: |u - u*| / s* and |s - s*| / s*, the larger of the two; what is
//! allowed stands in `tests/reference/budget.csv`.
//! `cargo test --test estimators -- --nocapture` prints the worst for each likelihood.

#[path = "common/accuracy.rs"]
mod accuracy;
#[path = "estimators/cases.rs"]
mod cases;
#[path = "estimators/conjugate.rs"]
mod conjugate;
#[path = "common/csv.rs"]
mod csv;
#[path = "estimators/curvatures.rs"]
mod curvatures;
#[path = "estimators/evaluated.rs"]
mod evaluated;
#[path = "estimators/from_score.rs"]
mod from_score;
#[path = "estimators/gauss_hermite.rs"]
mod gauss_hermite;
#[path = "estimators/one_sample.rs"]
mod one_sample;
#[path = "estimators/reported.rs"]
mod reported;
#[path = "estimators/scales.rs"]
mod scales;
#[path = "estimators/sweep.rs"]
mod sweep;
