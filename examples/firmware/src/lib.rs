//! What the images share: where they start, on every target, and what the host runs too.
#![no_std]

pub mod exercise;
#[cfg(feature = "measure")]
pub mod measure;
pub mod trace;
pub mod volatile;

#[cfg(target_arch = "arm")]
pub use cortex_m_rt::entry;
#[cfg(target_arch = "riscv32")]
pub use riscv_rt::entry;
