//! `weir completions`: prints a script that completes commands and options in a shell.
//! clap generates it from the arguments.

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;
use serde_json::json;

use crate::output::Output;

/// Examples for `--help`.
pub const HELP: &str = "\
Examples:
  weir completions bash > ~/.local/share/bash-completion/completions/weir
  weir completions zsh > \"${fpath[1]}/_weir\"
  weir completions fish > ~/.config/fish/completions/weir.fish";

/// Arguments of `weir completions`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The shell to complete in.
    shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// If the script cannot be written.
pub fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut crate::Arguments::command(), "weir", &mut script);
    let script = String::from_utf8_lossy(&script);
    if output.is_json() {
        return output.result(&json!({ "shell": arguments.shell.to_string(), "script": script }));
    }
    output.say(script.trim_end())
}
