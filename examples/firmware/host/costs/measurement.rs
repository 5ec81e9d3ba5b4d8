//! Measures every row of an image: flash by linking each by itself, the rest by running what was linked.

use super::link::Parts;
use super::record::Record;
use crate::chip::Chip;
use crate::failure::Failure;
use crate::image;
use crate::toolchain::{Toolchain, target_dir};
use std::fs;

/// A cargo profile of the images and its optimisation level.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    pub name: &'static str,
    pub level: &'static str,
}

pub const PROFILES: [Profile; 2] = [Profile { name: "release", level: "3" }, Profile { name: "size", level: "s" }];

/// The records of an image whose rows are made by the macro `rows!`, and the compiler.
pub fn measure(image: &str, chip: &Chip, profile: Profile) -> Result<(Vec<Record>, String), Failure> {
    let toolchain = Toolchain::find(chip)?;
    let compiler = toolchain.version()?;
    let folder = target_dir().join("costs");
    fs::create_dir_all(&folder).map_err(Failure::machine(folder.display()))?;
    // Named after the compiler, so that what another one left is not taken for this one's.
    let kept = folder.join(format!("{image}-{}-{}-{}", chip.name, profile.name, hash(&compiler)));
    let (object, inputs) = (kept.with_extension("o"), kept.with_extension("inputs"));
    // The image's crate is left to the linker to optimise, as cargo leaves the others. That of cargo is in a hurry.
    let arguments = [
        "-Clto=off".to_string(),
        "-Clinker-plugin-lto".to_string(),
        "-Clink-args=--lto-O0 --lto-CGO0".to_string(),
        format!("-Clink-arg=--dependency-file={}", inputs.display()),
        format!("--emit=obj={}", object.display()),
    ];
    let path = image::build_with(image, chip, profile.name, None, &arguments)?;
    let parts = Parts::new(&toolchain, object, &inputs, profile.level)?;
    let rows = parts.rows(&path)?;
    let printed = image::run_built(image, chip, profile.name, &parts.image(&rows)?, chip.measured_on)?;
    let mut records = Vec::new();
    for line in printed.lines() {
        let unknown = || Failure::Machine(format!("{image} printed no row: {line}"));
        let [group, row, instructions, ram, stack] = line.split(';').collect::<Vec<_>>()[..] else {
            return Err(unknown());
        };
        let number = |text: &str| text.parse::<u64>().map_err(Failure::machine(line));
        let name = format!("{group};{row}");
        let flash = rows.iter().find(|row| row.name == name).ok_or_else(unknown)?.flash;
        let figures = [number(instructions)?, flash, number(ram)?, number(stack)?];
        let [chip, level, group, row] = [chip.name, profile.level, group, row].map(str::to_string);
        records.push(Record { chip, level, group, row, figures });
    }
    if records.len() < rows.len() {
        let what = format!("{image} on {}: {} of {} rows measured", chip.name, records.len(), rows.len());
        return Err(Failure::Machine(what));
    }
    Ok((records, compiler))
}

/// FNV-1a, 32 bits.
fn hash(text: &str) -> String {
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{hash:08x}")
}
