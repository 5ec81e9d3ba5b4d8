//! The Kalman filter of two numbers with a dense covariance in `f64`, by Joseph's form: P <- A P A' + k r k', A = I - k
//! h. It shares no formula with the factored one.

pub type Matrix = [[f64; 2]; 2];

pub struct Twin {
    pub mean: [f64; 2],
    pub covariance: Matrix,
}

impl Twin {
    /// A P A' + B, the same on both sides of the diagonal.
    fn carry(&mut self, a: &Matrix, b: &Matrix) {
        let p = &self.covariance;
        let half: Matrix = std::array::from_fn(|i| std::array::from_fn(|j| a[i][0] * p[0][j] + a[i][1] * p[1][j]));
        let entry = |i: usize, j: usize| half[i][0] * a[j][0] + half[i][1] * a[j][1] + b[i][j];
        let cross = 0.5 * (entry(0, 1) + entry(1, 0));
        self.covariance = [[entry(0, 0), cross], [cross, entry(1, 1)]];
    }

    pub fn predict(&mut self, transition: &Matrix, noise: &Matrix) {
        self.mean = transition.map(|row| row[0] * self.mean[0] + row[1] * self.mean[1]);
        self.carry(transition, noise);
    }

    pub fn update(&mut self, row: [f64; 2], noise: f64, reading: f64) {
        let p = &self.covariance;
        let cross = [p[0][0] * row[0] + p[0][1] * row[1], p[1][0] * row[0] + p[1][1] * row[1]];
        let variance = row[0] * cross[0] + row[1] * cross[1] + noise;
        let gain = cross.map(|c| c / variance);
        let innovation = reading - row[0] * self.mean[0] - row[1] * self.mean[1];
        self.mean = std::array::from_fn(|i| self.mean[i] + gain[i] * innovation);
        let identity = |i: usize, j: usize| f64::from(u8::from(i == j));
        let rest = std::array::from_fn(|i| std::array::from_fn(|j| identity(i, j) - gain[i] * row[j]));
        let added = std::array::from_fn(|i| std::array::from_fn(|j| gain[i] * noise * gain[j]));
        self.carry(&rest, &added);
    }
}
