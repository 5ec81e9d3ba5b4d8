//! State as plain bytes, across sleep or reset: saved with a checksum, restored only when every bit of it holds.
//!
//! | offset | bytes | |
//! |---|---|---|
//! | 0 | 4 | the letters `ELBO` |
//! | 4 | 2 | version of the format |
//! | 6 | 1 | what is saved: [`Kind`] |
//! | 7 | 1 | bytes of a number: 4 (`f32` and `micromath::F32`) or 8 (`f64`) |
//! | 8 | 2 | dimension |
//! | 10 | 2 | length of the whole snapshot |
//! | 12 | | the content: bit patterns of its numbers and counts |
//! | end - 4 | 4 | CRC-32/ISO-HDLC of everything before it |
//!
//! Integers and bit patterns are written lowest byte first on every target. For the checksum that is no matter of
//! taste: it reads the bits of a byte from the lowest up, and only in this order do the snapshot's bits form one code
//! word.
//!
//! Why no corruption of one, two or three bits can pass: an error pattern passes the checksum only if it is a multiple
//! of the generator polynomial. The lowest such multiple of three terms is x^91639 + x^41678 + 1, and there is none of
//! two below x^(2^32 - 1), so that to 91607 bits of data two code words differ in four bits at least (Koopman 2002,
//! *32-bit cyclic redundancy codes for Internet applications*; a test here computes it). Longer snapshots do not
//! compile. The header is covered like the rest, and must moreover be the expected one byte for byte.

mod content;
mod trust;

use core::slice::{Iter, IterMut};

use crc::{CRC_32_ISO_HDLC, Crc, NoTable};

use crate::error::Error;
use crate::real::Real;
use crate::real::sealed::Backend;

/// Bitwise: 8 steps a byte and no table in flash.
const CHECKSUM: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);

/// To be raised with every change of the header or of any content.
const VERSION: u16 = 1;
const HEADER_LEN: usize = 12;
const CHECKSUM_LEN: usize = 4;

/// The bytes of data to which any three wrong bits are found: 91607 bits.
const LONGEST_DATA: usize = 91_607 / 8;

/// State that can be saved as plain bytes and restored bit for bit, across sleep or reset.
///
/// A [`Filter`](crate::Filter) and a [`Gaussian`](crate::Gaussian) save the belief (the same bytes), a
/// [`MeanField`](crate::MeanField) its parameters, a [`LocalLevel`](crate::LocalLevel) its settings and its estimate, a
/// [`Gate`](crate::Gate) and a [`Monitor`](crate::Monitor) their settings, counts and window, a
/// [`LearnedNormal`](crate::likelihood::LearnedNormal) what it has learnt.
/// Models that are built from constants, sensors and dynamics for example, are built again; a generator is seeded
/// again, as below. The trait is sealed.
///
/// The bytes are the same on every target, and `micromath::F32` has those of `f32`. Restoring accepts nothing but the
/// exact bytes of one snapshot: any one, two or three wrong bits are found for certain, and of all other damage one in
/// 2^32 is missed; cut, extended and erased ones are refused as well. Numbers pass the checked constructors before
/// anything is returned. A write that the supply cuts short leaves a snapshot that is refused: write to two places in
/// turn.
///
/// Source: Koopman (2002), *32-Bit Cyclic Redundancy Codes for Internet Applications*, for what the checksum finds.
///
/// ```
/// use elbow::{Error, Filter, Gaussian, Snapshot};
/// let mut flash = [0xff; Filter::<f32, 2>::SNAPSHOT_LEN]; // erased
/// assert_eq!(Filter::<f32, 2>::restore(&flash), Err(Error::Corrupt));
/// let filter = Filter::new(Gaussian::diagonal([20.0_f32, 0.1], [4.0, 0.01])?);
/// filter.save(&mut flash)?;
/// assert_eq!(Filter::restore(&flash), Ok(filter));
/// flash[17] ^= 0x40;
/// assert_eq!(Filter::<f32, 2>::restore(&flash), Err(Error::Corrupt));
/// # Ok::<(), elbow::Error>(())
/// ```
///
/// # The generator
///
/// [`OneSample`](crate::OneSample) draws from a generator whose state is not elbow's to save. Keep a counter of the
/// boots beside the snapshot, raise it at each, and seed from it: every boot draws new noise, and a run with the same
/// counters, on the desk for example, has the same bits. A counter that was damaged gives other noise, no wrong belief.
///
/// ```
/// use elbow::{Filter, Gaussian, OneSample, Snapshot};
/// use rand_xoshiro::{Xoshiro128PlusPlus, rand_core::SeedableRng};
/// struct Kept { boots: u64, belief: [u8; Filter::<f32, 1>::SNAPSHOT_LEN] } // in flash or backup memory
/// fn boot(kept: &mut Kept) -> (Filter<f32, 1>, OneSample<Xoshiro128PlusPlus>) {
///     kept.boots = kept.boots.wrapping_add(1);
///     let filter = Filter::restore(&kept.belief).unwrap_or(Filter::new(Gaussian::standard()));
///     (filter, OneSample::new(Xoshiro128PlusPlus::seed_from_u64(kept.boots)))
/// }
/// # let (filter, _) = boot(&mut Kept { boots: 0, belief: [0; Filter::<f32, 1>::SNAPSHOT_LEN] });
/// # assert_eq!(filter.belief().variance(), [1.0]);
/// ```
///
/// # Sizes
///
/// `16 + size_of::<T>() (N + N (N + 1)/2)` bytes for a belief: 24 for one `f32`, 128 for four `f64`. The code for
/// `Filter<f32, 2>` on a Cortex-M4F at opt-level "s": 854 bytes to save and 1310 to restore, the checksum and all else
/// that they link in each. A belief whose data were longer than the checksum covers (11450 bytes, `N` beyond 51 for
/// `f64`) does not compile:
///
/// ```compile_fail
/// use elbow::{Filter, Snapshot};
/// let _ = Filter::<f64, 52>::restore(&[]);
/// ```
#[diagnostic::on_unimplemented(
    message = "a `{Self}` has no snapshot",
    label = "is not saved",
    note = "save the state (`Filter`, `Gaussian`, `MeanField`, `LocalLevel`, `Gate`, `Monitor`, `LearnedNormal`) and build \
            sensors, processes and estimators again"
)]
pub trait Snapshot: Content {
    /// The length of every snapshot of this type, in bytes.
    ///
    /// ```
    /// use elbow::{Filter, Snapshot};
    /// assert_eq!(Filter::<f32, 1>::SNAPSHOT_LEN, 24);
    /// ```
    const SNAPSHOT_LEN: usize = HEADER_LEN + Self::LEN + CHECKSUM_LEN;

    /// Writes a snapshot to the start of the buffer and returns its bytes, [`SNAPSHOT_LEN`](Self::SNAPSHOT_LEN) of
    /// them.
    ///
    /// # Errors
    /// [`Error::BufferTooSmall`]: nothing was written.
    ///
    /// ```
    /// use elbow::{Error, Filter, Gaussian, Snapshot};
    /// let filter = Filter::new(Gaussian::<f32, 1>::standard());
    /// assert_eq!(filter.save(&mut [0; 32]).map(<[u8]>::len), Ok(24));
    /// assert_eq!(filter.save(&mut [0; 23]), Err(Error::BufferTooSmall));
    /// ```
    fn save<'a>(&self, buffer: &'a mut [u8]) -> Result<&'a [u8], Error> {
        const {
            assert!(
                Self::SNAPSHOT_LEN - CHECKSUM_LEN <= LONGEST_DATA,
                "a snapshot of more bytes than its checksum covers: save a smaller N, or f32"
            )
        };
        let snapshot = buffer.get_mut(..Self::SNAPSHOT_LEN).ok_or(Error::BufferTooSmall)?;
        if let Some((data, checksum)) = snapshot.split_last_chunk_mut::<CHECKSUM_LEN>() {
            let mut writer = Writer(data.iter_mut());
            writer.bytes(&header::<Self>());
            self.write(&mut writer);
            *checksum = CHECKSUM.checksum(data).to_le_bytes();
        }
        Ok(snapshot)
    }

    /// What these bytes are a snapshot of, bit for bit as it was saved. They must be exactly the snapshot's.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for bytes that are no intact snapshot, or one of a state that the constructors refuse;
    /// [`Error::Incompatible`] for an intact one of another kind, scalar type, dimension or format version, as a
    /// firmware that was changed finds it, and for one with other bytes behind it.
    ///
    /// ```
    /// use elbow::{Error, Filter, Gaussian, Snapshot};
    /// let mut buffer = [0; 24];
    /// let snapshot = Filter::new(Gaussian::<f32, 1>::standard()).save(&mut buffer)?;
    /// assert_eq!(Filter::<f64, 1>::restore(snapshot), Err(Error::Incompatible));
    /// assert_eq!(Filter::<f32, 1>::restore(&snapshot[..23]), Err(Error::Corrupt));
    /// # Ok::<(), elbow::Error>(())
    /// ```
    fn restore(bytes: &[u8]) -> Result<Self, Error> {
        const {
            assert!(
                Self::SNAPSHOT_LEN - CHECKSUM_LEN <= LONGEST_DATA,
                "a snapshot of more bytes than its checksum covers: save a smaller N, or f32"
            )
        };
        let (found, content) = open(bytes).ok_or(Error::Corrupt)?;
        // The header says the length, so that an equal one has a content of the right length.
        if *found != header::<Self>() || bytes.len() != Self::SNAPSHOT_LEN {
            return Err(Error::Incompatible);
        }
        let mut reader = Reader(content.iter());
        let state = Self::read(&mut reader).map_err(|_| Error::Corrupt)?;
        if reader.0.as_slice().is_empty() { Ok(state) } else { Err(Error::Corrupt) }
    }
}

/// Header and content of the intact snapshot at the start of these bytes, of whatever kind.
fn open(bytes: &[u8]) -> Option<(&[u8; HEADER_LEN], &[u8])> {
    let [b'E', b'L', b'B', b'O', _, _, _, _, _, _, low, high, ..] = *bytes else { return None };
    let snapshot = bytes.get(..usize::from(u16::from_le_bytes([low, high])))?;
    let (data, checksum) = snapshot.split_last_chunk::<CHECKSUM_LEN>()?;
    if CHECKSUM.checksum(data) == u32::from_le_bytes(*checksum) { data.split_first_chunk() } else { None }
}

fn header<S: Snapshot>() -> [u8; HEADER_LEN] {
    let [version, version_high] = VERSION.to_le_bytes();
    // Both are far below 2^16: the length of what compiles is.
    let [dimension, dimension_high] = (S::DIMENSION as u16).to_le_bytes();
    let [length, length_high] = (S::SNAPSHOT_LEN as u16).to_le_bytes();
    let (kind, scalar) = (S::KIND as u8, S::Scalar::BYTES as u8);
    [b'E', b'L', b'B', b'O', version, version_high, kind, scalar, dimension, dimension_high, length, length_high]
}

pub(crate) use sealed::{Content, Kind, Reader, Writer};

mod sealed {
    use super::{Error, Iter, IterMut, Real};

    /// What is saved. The numbers are part of the format: never one twice.
    #[derive(Clone, Copy)]
    pub enum Kind {
        Gaussian = 1,
        MeanField = 2,
        LocalLevel = 3,
        Gate = 4,
        Monitor = 5,
        LearnedNormal = 6,
    }

    /// The content of a snapshot: `LEN` bytes, written and read in the same order.
    pub trait Content: Sized {
        const KIND: Kind;
        type Scalar: Real;
        const DIMENSION: usize;
        const LEN: usize;

        fn write(&self, writer: &mut Writer<'_>);

        /// Through the checked constructors. Any error becomes [`Error::Corrupt`].
        fn read(reader: &mut Reader<'_>) -> Result<Self, Error>;
    }

    /// Fills a content from its start; what is beyond its end is dropped.
    pub struct Writer<'a>(pub IterMut<'a, u8>);

    impl Writer<'_> {
        pub fn bytes(&mut self, bytes: &[u8]) {
            for (&byte, place) in bytes.iter().zip(self.0.by_ref()) {
                *place = byte;
            }
        }

        /// A count or a flag, in 4 bytes.
        pub fn word(&mut self, word: u32) {
            self.bytes(&word.to_le_bytes());
        }

        /// The bit patterns of numbers.
        pub fn numbers<T: Real>(&mut self, numbers: &[T]) {
            for number in numbers {
                let pattern = number.pattern().to_le_bytes();
                self.bytes(pattern.get(..T::BYTES).unwrap_or(&pattern));
            }
        }
    }

    /// Takes a content apart from its start.
    pub struct Reader<'a>(pub Iter<'a, u8>);

    impl Reader<'_> {
        /// The next `count` bytes, at most 8, as the low ones of an integer.
        fn integer(&mut self, count: usize) -> Result<u64, Error> {
            let mut bytes = [0; 8];
            for place in bytes.iter_mut().take(count) {
                *place = *self.0.next().ok_or(Error::Corrupt)?;
            }
            Ok(u64::from_le_bytes(bytes))
        }

        pub fn word(&mut self) -> Result<u32, Error> {
            self.integer(4).map(|word| word as u32)
        }

        pub fn number<T: Real>(&mut self) -> Result<T, Error> {
            self.integer(T::BYTES).map(T::from_pattern)
        }

        pub fn numbers<T: Real, const N: usize>(&mut self) -> Result<[T; N], Error> {
            let mut numbers = [T::ZERO; N];
            for number in &mut numbers {
                *number = self.number()?;
            }
            Ok(numbers)
        }
    }
}
