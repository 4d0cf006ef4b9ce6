//! Cargo projects for the tools: an empty one, and one with a constructor.
//! Their WASM is the one that `scripts/build` built.

use std::{
    env,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
};

use anyhow::Result;
use tempfile::TempDir;
use weir_bindings::Program;

use crate::stage::{tool, wasm};

/// The folder of a project, deleted on drop.
pub struct Project {
    folder: TempDir,
}

impl Project {
    /// A workspace without contracts, in which the tools work on a WASM file.
    pub fn empty() -> Result<Self> {
        let project = Self { folder: tempfile::tempdir()? };
        project.write("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = []\n")?;
        project.write("Stylus.toml", "[workspace.networks]\n")?;
        Ok(project)
    }

    /// A contract with a constructor. Its program prints the constructor like the ABI export of the SDK, which the
    /// tools run.
    ///
    /// Its WASM is the one of `scripts/build`, which uses the right flags and compiler: in this folder, `cargo build`
    /// for WASM copies it. Other commands run cargo itself.
    pub fn of(program: Program, constructor: &str) -> Result<Self> {
        let name = program.name();
        let project = Self::empty()?;
        let manifest = format!(
            "[workspace]\n\n[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [features]\nexport-abi = []\n"
        );
        project.write("Cargo.toml", &manifest)?;
        project.write("Stylus.toml", "[workspace.networks]\n\n[contract]\n")?;
        project.write("rust-toolchain.toml", "[toolchain]\nchannel = \"1.95.0\"\n")?;
        project.write("src/lib.rs", "")?;
        let main = format!(
            "fn main() {{\n    if std::env::args().nth(1).as_deref() == Some(\"constructor\") {{\n        \
             println!(\"{constructor}\");\n    }}\n}}\n"
        );
        project.write("src/main.rs", &main)?;
        project.write("bin/cargo", &cargo(program)?)?;
        fs::set_permissions(project.path().join("bin/cargo"), Permissions::from_mode(0o755))?;
        Ok(project)
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts this project's `cargo` first in the command's PATH.
    pub fn prepare(&self, command: &mut Command) -> Result<()> {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = [self.path().join("bin")].into_iter().chain(env::split_paths(&path));
        command.env("PATH", env::join_paths(folders)?).env_remove("CARGO").env_remove("CARGO_TARGET_DIR");
        Ok(())
    }

    fn write(&self, file: &str, text: &str) -> Result<()> {
        let path = self.path().join(file);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fs::write(path, text)?)
    }
}

fn cargo(program: Program) -> Result<String> {
    let (tool, wasm, name) = (tool("cargo-stylus")?, wasm(program)?, program.name());
    Ok(format!(
        r#"#!/bin/sh
unset CARGO
case "$*" in
stylus\ *) exec "{tool}" "$@" ;;
build\ *--target\ wasm32-unknown-unknown*)
    mkdir -p target/wasm32-unknown-unknown/release/deps
    exec cp "{wasm}" target/wasm32-unknown-unknown/release/deps/{name}.wasm ;;
esac
exec "{cargo}" "$@"
"#,
        tool = tool.display(),
        wasm = wasm.display(),
        cargo = env!("CARGO"),
    ))
}
