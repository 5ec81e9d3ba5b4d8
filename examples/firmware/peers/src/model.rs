//! The model that every filter is given: dense F, Q and H, the same for all, and the readings.

/// z' = F z + w, w ~ N(0, Q);  y = H z + e, e ~ N(0, R);  z ~ N(0, P0) at first.
#[derive(Clone, Copy)]
pub struct Model<const N: usize, const M: usize> {
    pub transition: [[f32; N]; N],
    pub process_noise: [[f32; N]; N],
    pub rows: [[f32; N]; M],
    pub noise: [[f32; M]; M],
    /// The diagonal of P0, which is diagonal.
    pub prior: [f32; N],
}

impl<const N: usize, const M: usize> Model<N, M> {
    /// States that decay slowly while they turn into each other, F = 0.98 I + a skew matrix; correlated process noise;
    /// readings that each see every state, and whose noise is independent.
    #[must_use]
    pub fn dense() -> Self {
        let mut model = Self {
            transition: [[0.0; N]; N],
            process_noise: correlated(0.02),
            rows: [[0.0; N]; M],
            noise: [[0.0; M]; M],
            prior: [1.0; N],
        };
        for i in 0..N {
            for j in 0..N {
                let turn = 0.15 / N as f32 * (1.0 - 0.07 * (i + j) as f32);
                model.transition[i][j] = match i.cmp(&j) {
                    core::cmp::Ordering::Less => turn,
                    core::cmp::Ordering::Equal => 0.98,
                    core::cmp::Ordering::Greater => -turn,
                };
            }
        }
        for k in 0..M {
            for j in 0..N {
                model.rows[k][j] = 0.25 - 0.05 * ((k + 2 * j) % 5) as f32;
            }
            model.rows[k][k % N] = 1.0;
            model.noise[k][k] = 0.1;
        }
        model
    }

    /// The same with correlated noise of the readings.
    #[must_use]
    pub fn with_correlated_noise(self) -> Self {
        Self { noise: correlated(0.1), ..self }
    }

    /// The same with the noise of the readings multiplied.
    #[must_use]
    pub fn with_noise_times(self, factor: f32) -> Self {
        Self { noise: self.noise.map(|row| row.map(|entry| entry * factor)), ..self }
    }

    /// Nothing known at first, and sensors that are nearly exact: P0 = 1e8 I, R = 1e-4 I, and Q a ten-thousandth of
    /// what it is.
    #[must_use]
    pub fn vague(self) -> Self {
        let process_noise = self.process_noise.map(|row| row.map(|entry| entry * 1e-4));
        Self { prior: [1e8; N], process_noise, ..self }.with_noise_times(1e-3)
    }
}

/// Variances and correlations of 1/2, 1/4, 1/8 ... between neighbours.
fn correlated<const K: usize>(variance: f32) -> [[f32; K]; K] {
    let mut covariance = [[0.0; K]; K];
    for i in 0..K {
        for j in 0..K {
            covariance[i][j] = variance / (1_u32 << i.abs_diff(j)) as f32;
        }
    }
    covariance
}

/// Reading `step` of every sensor, numbers spread over -1 to 1.
#[must_use]
pub fn reading<const M: usize>(step: u32) -> [f32; M] {
    core::array::from_fn(|k| (step.wrapping_mul(73).wrapping_add(41 * k as u32) % 201) as f32 * 0.01 - 1.0)
}
