// `Gust` is not a likelihood in the scalar type `f32`
// a `Score` is wrapped: `FromScore::new(score, step)?`
struct Gust;
impl Score<f32> for Gust {
    type Reading = f32;
    fn check(&self, _: f32) -> Result<(), Error> {
        Ok(())
    }
    fn log_prob(&self, gust: f32, eta: f32) -> f32 {
        gust - eta
    }
    fn score(&self, gust: f32, eta: f32) -> f32 {
        gust - eta
    }
}
let mut sensor = Sensor::linear([1.0, 0.0], Gust);
let _ = filter.update(&mut sensor, 1.0_f32, &mut estimator)?;
