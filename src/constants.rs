//! Tables, once for every scalar type, so that no kernel converts a number at run time.
//!
//! Printed by `tests/reference/constants.py`.

/// The tables.
pub trait Constants: Sized + 'static {
    /// Nodes x >= 0 and weights of Gauss-Hermite quadrature for the standard normal density, 3 nodes.
    const HERMITE_3: [(Self, Self); 2];
    /// The same, 5 nodes.
    const HERMITE_5: [(Self, Self); 3];
    /// The same, 9 nodes.
    const HERMITE_9: [(Self, Self); 5];
    /// Nodes x >= 0 and weights of Gauss-Legendre quadrature on (-1, 1), 5 nodes.
    const LEGENDRE_5: [(Self, Self); 3];
    /// ln n! - (n + 1/2) ln n + n - ln(2 pi) / 2 for n = 1..15: Loader (2000).
    const STIRLING: [Self; 15];
    /// The length L of [`FADDEEVA`](Self::FADDEEVA).
    const FADDEEVA_LENGTH: Self;
    /// Weideman (1994), equation 38-I, N = 16: coefficients of p(Z), highest power first.
    const FADDEEVA: [Self; 16];
}

/// Visits both nodes +-x of a symmetric rule with their weight, and zero once.
#[inline]
pub fn for_each_node<T: Copy + PartialOrd + core::ops::Neg<Output = T>>(rule: &[(T, T)], mut visit: impl FnMut(T, T)) {
    for &(node, weight) in rule {
        visit(node, weight);
        // Zero is its own mirror image.
        if -node < node {
            visit(-node, weight);
        }
    }
}

macro_rules! tables {
    ($type:ty, $wrap:expr) => {
        impl Constants for $type {
            const HERMITE_3: [(Self, Self); 2] =
                [($wrap(0.0), $wrap(0.6666666666666666)), ($wrap(1.7320508075688772), $wrap(0.16666666666666666))];
            const HERMITE_5: [(Self, Self); 3] = [
                ($wrap(0.0), $wrap(0.5333333333333333)),
                ($wrap(1.355626179974266), $wrap(0.22207592200561266)),
                ($wrap(2.8569700138728056), $wrap(0.01125741132772069)),
            ];
            const HERMITE_9: [(Self, Self); 5] = [
                ($wrap(0.0), $wrap(0.40634920634920635)),
                ($wrap(1.0232556637891326), $wrap(0.24409750289493945)),
                ($wrap(2.07684797867783), $wrap(0.04991640676521787)),
                ($wrap(3.20542900285647), $wrap(0.002789141321231769)),
                ($wrap(4.512745863399783), $wrap(2.2345844007746583e-05)),
            ];
            const LEGENDRE_5: [(Self, Self); 3] = [
                ($wrap(0.0), $wrap(0.5688888888888889)),
                ($wrap(0.5384693101056831), $wrap(0.47862867049936647)),
                ($wrap(0.906179845938664), $wrap(0.23692688505618908)),
            ];
            const STIRLING: [Self; 15] = [
                $wrap(0.08106146679532726),
                $wrap(0.0413406959554093),
                $wrap(0.02767792568499834),
                $wrap(0.020790672103765093),
                $wrap(0.016644691189821193),
                $wrap(0.013876128823070748),
                $wrap(0.01189670994589177),
                $wrap(0.010411265261972096),
                $wrap(0.009255462182712733),
                $wrap(0.00833056343336287),
                $wrap(0.007573675487951841),
                $wrap(0.00694284010720953),
                $wrap(0.006408994188004207),
                $wrap(0.0059513701127588475),
                $wrap(0.005554733551962801),
            ];
            const FADDEEVA_LENGTH: Self = $wrap(3.363585661014858);
            const FADDEEVA: [Self; 16] = [
                $wrap(9.939322536342897e-07),
                $wrap(3.9812875751282576e-06),
                $wrap(-5.584233411019305e-06),
                $wrap(-2.7346404624376358e-05),
                $wrap(2.170986793234679e-05),
                $wrap(0.0002107105639655035),
                $wrap(8.70315842847194e-05),
                $wrap(-0.0015276597401219678),
                $wrap(-0.0038810151890227213),
                $wrap(0.0036825673170918396),
                $wrap(0.05182240243161155),
                $wrap(0.19124172674669487),
                $wrap(0.46929090090360376),
                $wrap(0.8864478302050547),
                $wrap(1.3622408222719589),
                $wrap(1.7483958860819617),
            ];
        }
    };
}

tables!(f32, core::convert::identity);
tables!(f64, core::convert::identity);
#[cfg(feature = "micromath")]
tables!(micromath::F32, micromath::F32);
