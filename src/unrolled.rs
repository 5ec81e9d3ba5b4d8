//! Loops over states, written out for small dimensions.
//!
//! At opt-level "s", which most firmware is built with, the compiler leaves a loop over a const-generic bound rolled
//! even where the bound is one: every entry of a matrix then goes through memory at a computed address, and every array
//! that a function returns is copied. Written out, with the number of a state a literal, entries stay in registers,
//! whatever the user's profile says, and the code is smaller too: an update of four states takes 192 instructions at 3
//! and 191 at "s" where it took 384 and 1973.

/// A loop written out for a dimension of at most eight, a loop else.
///
/// `unrolled!(for i in 0..N { .. })` or `(0..N).rev()`, and inside it `for j in 0..i`, `(0..i).rev()`, `for j in 0..=i`
/// and `for j in i.saturating_add(1)..N`. The body has no `break` or `continue` of this loop. What lies beyond `N` is not
/// compiled.
macro_rules! unrolled {
    (for $($rest:tt)*) => {
        crate::unrolled::unrolled!(@8 for $($rest)*)
    };
    (@$limit:tt for $i:ident in 0..N $body:block) => {
        if const { N <= $limit } {
            crate::unrolled::at!($i = 0, const { N > 0 }, $body);
            crate::unrolled::at!($i = 1, const { N > 1 }, $body);
            crate::unrolled::at!($i = 2, const { N > 2 }, $body);
            crate::unrolled::at!($i = 3, const { N > 3 }, $body);
            crate::unrolled::at!($i = 4, const { N > 4 }, $body);
            crate::unrolled::at!($i = 5, const { N > 5 }, $body);
            crate::unrolled::at!($i = 6, const { N > 6 }, $body);
            crate::unrolled::at!($i = 7, const { N > 7 }, $body);
        } else {
            for $i in 0..N $body
        }
    };
    (@$limit:tt for $i:ident in (0..N).rev() $body:block) => {
        if const { N <= $limit } {
            crate::unrolled::at!($i = 7, const { N > 7 }, $body);
            crate::unrolled::at!($i = 6, const { N > 6 }, $body);
            crate::unrolled::at!($i = 5, const { N > 5 }, $body);
            crate::unrolled::at!($i = 4, const { N > 4 }, $body);
            crate::unrolled::at!($i = 3, const { N > 3 }, $body);
            crate::unrolled::at!($i = 2, const { N > 2 }, $body);
            crate::unrolled::at!($i = 1, const { N > 1 }, $body);
            crate::unrolled::at!($i = 0, const { N > 0 }, $body);
        } else {
            for $i in (0..N).rev() $body
        }
    };
    (@$limit:tt for $j:ident in 0..$i:ident $body:block) => {
        if const { N <= $limit } {
            crate::unrolled::at!($j = 0, const { N > 1 } && 0 < $i, $body);
            crate::unrolled::at!($j = 1, const { N > 2 } && 1 < $i, $body);
            crate::unrolled::at!($j = 2, const { N > 3 } && 2 < $i, $body);
            crate::unrolled::at!($j = 3, const { N > 4 } && 3 < $i, $body);
            crate::unrolled::at!($j = 4, const { N > 5 } && 4 < $i, $body);
            crate::unrolled::at!($j = 5, const { N > 6 } && 5 < $i, $body);
            crate::unrolled::at!($j = 6, const { N > 7 } && 6 < $i, $body);
        } else {
            for $j in 0..$i $body
        }
    };
    (@$limit:tt for $j:ident in (0..$i:ident).rev() $body:block) => {
        if const { N <= $limit } {
            crate::unrolled::at!($j = 6, const { N > 7 } && 6 < $i, $body);
            crate::unrolled::at!($j = 5, const { N > 6 } && 5 < $i, $body);
            crate::unrolled::at!($j = 4, const { N > 5 } && 4 < $i, $body);
            crate::unrolled::at!($j = 3, const { N > 4 } && 3 < $i, $body);
            crate::unrolled::at!($j = 2, const { N > 3 } && 2 < $i, $body);
            crate::unrolled::at!($j = 1, const { N > 2 } && 1 < $i, $body);
            crate::unrolled::at!($j = 0, const { N > 1 } && 0 < $i, $body);
        } else {
            for $j in (0..$i).rev() $body
        }
    };
    (@$limit:tt for $j:ident in 0..=$i:ident $body:block) => {
        if const { N <= $limit } {
            crate::unrolled::at!($j = 0, const { N > 0 }, $body);
            crate::unrolled::at!($j = 1, const { N > 1 } && 1 <= $i, $body);
            crate::unrolled::at!($j = 2, const { N > 2 } && 2 <= $i, $body);
            crate::unrolled::at!($j = 3, const { N > 3 } && 3 <= $i, $body);
            crate::unrolled::at!($j = 4, const { N > 4 } && 4 <= $i, $body);
            crate::unrolled::at!($j = 5, const { N > 5 } && 5 <= $i, $body);
            crate::unrolled::at!($j = 6, const { N > 6 } && 6 <= $i, $body);
            crate::unrolled::at!($j = 7, const { N > 7 } && 7 <= $i, $body);
        } else {
            for $j in 0..=$i $body
        }
    };
    (@$limit:tt for $i:ident in $j:ident.saturating_add(1)..N $body:block) => {
        if const { N <= $limit } {
            crate::unrolled::at!($i = 1, const { N > 1 } && 1 > $j, $body);
            crate::unrolled::at!($i = 2, const { N > 2 } && 2 > $j, $body);
            crate::unrolled::at!($i = 3, const { N > 3 } && 3 > $j, $body);
            crate::unrolled::at!($i = 4, const { N > 4 } && 4 > $j, $body);
            crate::unrolled::at!($i = 5, const { N > 5 } && 5 > $j, $body);
            crate::unrolled::at!($i = 6, const { N > 6 } && 6 > $j, $body);
            crate::unrolled::at!($i = 7, const { N > 7 } && 7 > $j, $body);
        } else {
            for $i in $j.saturating_add(1)..N $body
        }
    };
}
pub(crate) use unrolled;

/// [`unrolled`] for a dimension of at most four: for loops in loops in loops, of which eight cubed is too much code.
macro_rules! unrolled_to_four {
    ($($rest:tt)*) => {
        crate::unrolled::unrolled!(@4 $($rest)*)
    };
}
pub(crate) use unrolled_to_four;

/// [`unrolled_to_four`], and for five where a target has a floating-point unit for `T`: without one every product is a
/// call.
macro_rules! unrolled_to_five {
    ($($rest:tt)*) => {
        crate::unrolled::unrolled!(@{ if T::HARDWARE { 5 } else { 4 } } $($rest)*)
    };
}
pub(crate) use unrolled_to_five;

/// A short body for each of up to sixteen states, a loop beyond.
macro_rules! unrolled_to_sixteen {
    (for $i:ident in 0..N $body:block) => {
        crate::unrolled::unrolled_to_sixteen!(@ $i $body 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
    };
    (@ $i:ident $body:block $($value:literal)*) => {
        if const { N <= 16 } {
            $(crate::unrolled::at!($i = $value, const { N > $value }, $body);)*
        } else {
            for $i in 0..N $body
        }
    };
}
pub(crate) use unrolled_to_sixteen;

/// One turn of an unrolled loop.
macro_rules! at {
    ($i:ident = $value:literal, $condition:expr, $body:block) => {
        if $condition {
            let $i: usize = $value;
            $body
        }
    };
}
pub(crate) use at;
