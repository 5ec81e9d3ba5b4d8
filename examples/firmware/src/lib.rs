//! What the images share: where they start, on every target, and what the host runs too.
#![no_std]

#[path = "../../autoencoder/mod.rs"]
pub mod autoencoder;
#[cfg(feature = "embassy")]
pub mod embassy_clock;
pub mod exercise;
#[cfg(feature = "measure")]
pub mod measure;
#[path = "../../network/mod.rs"]
pub mod network;
pub mod trace;
pub mod trained;
pub mod volatile;

#[cfg(target_arch = "arm")]
pub use cortex_m_rt::entry;
#[cfg(target_arch = "riscv32")]
pub use riscv_rt::entry;
