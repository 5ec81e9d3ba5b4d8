// not all trait items implemented, missing: `check`
struct Waiting;
impl Likelihood<f32> for Waiting {
    type Reading = f32;
    fn log_prob(&self, reading: f32, eta: f32) -> f32 {
        eta - reading
    }
    fn derivatives(&self, reading: f32, _: f32) -> Derivatives<f32> {
        Derivatives { first: 1.0 - reading, second: -reading }
    }
}
