// RandomWalk<{float}>` does not move a state of 2 numbers of the type `f32`
// `RandomWalk` and `OrnsteinUhlenbeck` move one number, `LocalLinearTrend`
filter.predict_for(&RandomWalk::new(1e-3)?, 1.0)?;
