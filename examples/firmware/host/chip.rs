//! The chips that QEMU stands for; the runners in `.cargo/config.toml` say by which machine.

/// A chip and what is compiled for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chip {
    pub name: &'static str,
    pub description: &'static str,
    pub target: &'static str,
    /// The cargo profiles for an optimised image and for one with debug assertions.
    pub profiles: [&'static str; 2],
    /// Images that are not made for it.
    pub without: &'static [&'static str],
    /// The machine on which its costs are measured: one that runs its code, with memory for every row and a SysTick of
    /// 25 MHz.
    pub measured_on: Option<&'static str>,
}

/// The first one is the default.
pub const CHIPS: [Chip; 4] = [
    Chip {
        name: "m4f",
        description: "Cortex-M4F",
        target: "thumbv7em-none-eabihf",
        profiles: ["release", "dev"],
        without: &[],
        measured_on: Some("mps2-an386"),
    },
    Chip {
        name: "m0",
        description: "Cortex-M0, 16 KB of RAM",
        target: "thumbv6m-none-eabi",
        profiles: ["smallest", "smallest-debug"],
        without: &[],
        measured_on: Some("mps2-an385"),
    },
    Chip {
        name: "m33",
        description: "Cortex-M33",
        target: "thumbv8m.main-none-eabihf",
        profiles: ["release", "dev"],
        without: &[],
        measured_on: None,
    },
    Chip {
        name: "riscv",
        description: "RISC-V, RV32IMAC",
        target: "riscv32imac-unknown-none-elf",
        profiles: ["release", "dev"],
        without: &["async_node"],
        measured_on: None,
    },
];

impl Chip {
    /// The chip of this name.
    pub fn named(name: &str) -> Result<Self, String> {
        let names = CHIPS.map(|chip| chip.name).join(", ");
        CHIPS.into_iter().find(|chip| chip.name == name).ok_or(format!("no such chip; there are {names}"))
    }
}
