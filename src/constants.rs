//! Tables, once for every scalar type, so that no kernel converts a number at run time.
//!
//! Printed by `tests/reference/constants.py` but for the normal quantile's, which are those of Wichura (1988),
//! algorithm AS 241.

/// Numerator and denominator of a rational approximation, lowest power first.
pub type Rational<T> = (&'static [T], &'static [T]);

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
    /// AS 241, |q| <= 0.425, in 0.180625 - q^2: PPND7 for 32 bits, PPND16 for 64.
    const QUANTILE_CENTRAL: Rational<Self>;
    /// AS 241, r = sqrt(-ln p) <= 5, in r - 1.6.
    const QUANTILE_TAIL: Rational<Self>;
    /// AS 241, r > 5, in r - 5; empty for 32 bits, which do not reach it.
    const QUANTILE_FAR: Rational<Self>;
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
    ($type:ty, $wrap:expr, $central:expr, $tail:expr, $far:expr) => {
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
            const QUANTILE_CENTRAL: Rational<Self> = $central;
            const QUANTILE_TAIL: Rational<Self> = $tail;
            const QUANTILE_FAR: Rational<Self> = $far;
        }
    };
}

tables!(
    f32,
    core::convert::identity,
    (&[3.3871327179, 50.434271938, 159.29113202, 59.10937472], &[1.0, 17.895169469, 78.757757664, 67.1875636]),
    (&[1.4234372777, 2.75681539, 1.3067284816, 0.17023821103], &[1.0, 0.7370016425, 0.12021132975]),
    (&[], &[])
);
tables!(
    f64,
    core::convert::identity,
    (
        &[
            3.3871328727963665,
            133.14166789178438,
            1971.5909503065513,
            13731.69376550946,
            45921.95393154987,
            67265.7709270087,
            33430.57558358813,
            2509.0809287301227
        ],
        &[
            1.0,
            42.31333070160091,
            687.1870074920579,
            5394.196021424751,
            21213.794301586597,
            39307.89580009271,
            28729.085735721943,
            5226.495278852854
        ]
    ),
    (
        &[
            1.4234371107496835,
            4.630337846156546,
            5.769497221460691,
            3.6478483247632045,
            1.2704582524523684,
            0.2417807251774506,
            0.022723844989269184,
            0.0007745450142783414
        ],
        &[
            1.0,
            2.053191626637759,
            1.6763848301838038,
            0.6897673349851,
            0.14810397642748008,
            0.015198666563616457,
            0.0005475938084995345,
            1.0507500716444169e-09
        ]
    ),
    (
        &[
            6.657904643501103,
            5.463784911164114,
            1.7848265399172913,
            0.29656057182850487,
            0.026532189526576124,
            0.0012426609473880784,
            2.7115555687434876e-05,
            2.0103343992922881e-07
        ],
        &[
            1.0,
            0.599832206555888,
            0.1369298809227358,
            0.014875361290850615,
            0.0007868691311456133,
            1.8463183175100548e-05,
            1.421511758316446e-07,
            2.0442631033899397e-15
        ]
    )
);
#[cfg(feature = "micromath")]
tables!(
    micromath::F32,
    micromath::F32,
    (
        &[
            micromath::F32(3.3871327179),
            micromath::F32(50.434271938),
            micromath::F32(159.29113202),
            micromath::F32(59.10937472)
        ],
        &[micromath::F32(1.0), micromath::F32(17.895169469), micromath::F32(78.757757664), micromath::F32(67.1875636)]
    ),
    (
        &[
            micromath::F32(1.4234372777),
            micromath::F32(2.75681539),
            micromath::F32(1.3067284816),
            micromath::F32(0.17023821103)
        ],
        &[micromath::F32(1.0), micromath::F32(0.7370016425), micromath::F32(0.12021132975)]
    ),
    (&[], &[])
);
