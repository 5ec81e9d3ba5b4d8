//! What an update adds, in precision, and what a snapshot keeps: everything.

use crate::dense::{Dense, dot, inverse, matrix, parts};
use crate::setting::{Case, a_case};
use crate::support::{Outcome, Scalar, array, cases, close, epsilon, every_size, leading, magnitude, wide};
use elbow::likelihood::Normal;
use elbow::{Filter, GaussHermite, Gaussian, MeanField, Sensor, Snapshot};
use proptest::prelude::*;

/// P'^-1 = P^-1 + a a'/r.
fn adds_its_precision<T: Scalar, const N: usize>(case: &Case) -> Outcome {
    let setting = case.setting::<T, N>();
    let (posterior, _) = setting.take(&mut GaussHermite::<3>::new());
    let (before, after) = (Dense::of(&setting.belief), Dense::of(&posterior));
    let (row, noise): (_, f64) = (wide(&setting.row), setting.noise.wide());
    let (old, new) = (inverse(&before.covariance), inverse(&after.covariance));
    // A covariance is off by roundings of the prior's standard deviations; its inverse by that seen through itself.
    let reach = new.map(|line| dot(&line.map(f64::abs), &before.std_dev()));
    let expected = matrix::<N>(|i, j| old[i][j] + row[i] * row[j] / noise);
    let roundings = setting.roundings() * epsilon::<T>();
    for i in 0..N {
        for j in 0..N {
            // Where the rounding is as large as the posterior itself, to first order says nothing.
            if roundings * reach[i] * reach[j] < 0.1 * (new[i][i] * new[j][j]).sqrt() {
                close(new[i][j], expected[i][j], 2.0 * roundings * reach[i] * reach[j], "precision")?;
            }
        }
    }
    Ok(())
}

/// A restored filter is the same, and goes on with the same bits.
fn comes_back<T: Scalar, const N: usize>(case: &Case) -> Outcome {
    let setting = case.setting::<T, N>();
    let mut filter = Filter::new(setting.belief);
    let mut buffer = [0; 512];
    let bytes = filter.save(&mut buffer).expect("a snapshot");
    let mut restored = Filter::<T, N>::restore(bytes).expect("a filter");
    prop_assert_eq!(&restored, &filter);
    let mut sensor = Sensor::linear(setting.row, Normal::new(setting.noise).expect("a variance"));
    let mut take = |filter: &mut Filter<T, N>| {
        filter.update(&mut sensor, setting.reading, &mut GaussHermite::<3>::new()).expect("an update")
    };
    prop_assert_eq!(take(&mut restored), take(&mut filter));
    prop_assert_eq!(&restored, &filter);
    let field = MeanField::new(leading::<T, N>(&case.row), leading(&case.parts.mean)).expect("a belief");
    let bytes = field.save(&mut buffer).expect("a snapshot");
    prop_assert_eq!(MeanField::<T, N>::restore(bytes), Ok(field));
    Ok(())
}

/// One bit anywhere, and nothing is restored.
fn refuses_a_flip(belief: &Gaussian<f32, 3>, bit: usize) -> Outcome {
    let mut buffer = [0; Gaussian::<f32, 3>::SNAPSHOT_LEN];
    belief.save(&mut buffer).expect("a snapshot");
    let place = bit % (8 * buffer.len());
    buffer[place / 8] ^= 1 << (place % 8);
    prop_assert!(Gaussian::<f32, 3>::restore(&buffer).is_err());
    Ok(())
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_gaussian_reading_adds_its_precision(case in a_case()) {
        every_size!(adds_its_precision, &case);
    }

    #[test]
    fn what_was_saved_goes_on_with_the_same_bits(case in a_case()) {
        every_size!(comes_back, &case);
    }

    #[test]
    fn a_flipped_bit_is_refused(
        belief in parts(-1.0..1.0, magnitude(3.0)),
        bits in array::<_, 8>(any::<usize>()),
    ) {
        for bit in bits {
            refuses_a_flip(&belief.gaussian(), bit)?;
        }
    }
}
