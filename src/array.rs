//! Fixed-size arrays for serde, which derives nothing for `[T; N]` with a generic `N`: tuples of `N` elements, without
//! a length.

use core::fmt;
use core::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeTuple, Serializer};

/// An array, written as a tuple. `N > 0`.
#[derive(Clone, Copy)]
pub struct Array<T, const N: usize>(pub [T; N]);

/// A square matrix, written as a tuple of its rows.
pub type Matrix<T, const N: usize> = Array<Array<T, N>, N>;

impl<T: Copy, const N: usize> Matrix<T, N> {
    pub fn from_rows(rows: [[T; N]; N]) -> Self {
        Self(rows.map(Array))
    }

    pub fn rows(self) -> [[T; N]; N] {
        self.0.map(|row| row.0)
    }
}

impl<T: Serialize, const N: usize> Serialize for Array<T, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(N)?;
        for value in &self.0 {
            tuple.serialize_element(value)?;
        }
        tuple.end()
    }
}

impl<'de, T: Copy + Deserialize<'de>, const N: usize> Deserialize<'de> for Array<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_tuple(N, Elements(PhantomData))
    }
}

struct Elements<T, const N: usize>(PhantomData<T>);

impl<'de, T: Copy + Deserialize<'de>, const N: usize> Visitor<'de> for Elements<T, N> {
    type Value = Array<T, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{N} elements")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Array<T, N>, A::Error> {
        let mut element = |i| sequence.next_element()?.ok_or_else(|| A::Error::invalid_length(i, &self));
        let mut values = [element(0)?; N];
        for (i, value) in values.iter_mut().enumerate().skip(1) {
            *value = element(i)?;
        }
        Ok(Array(values))
    }
}
