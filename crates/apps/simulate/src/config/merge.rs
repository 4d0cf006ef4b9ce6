//! Merges settings: defaults, scenario, file, flags, sweep. Later ones override earlier ones.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde::Serialize;
use toml::{Table, Value};
use weir_units::UsageError;

use super::Config;

/// Converts settings to a TOML table, without those that are not set.
///
/// # Errors
/// None for the types of this crate.
pub fn table(settings: &impl Serialize) -> Result<Table> {
    Table::try_from(settings).context("the settings cannot be written as TOML")
}

/// Reads the settings of a TOML file.
///
/// # Errors
/// If the file cannot be read, or is not TOML.
pub fn file(path: &Path) -> Result<Table> {
    let text = fs::read_to_string(path).map_err(|error| {
        UsageError(format!("cannot read {} ({error}): name a TOML file with --config", path.display()))
    })?;
    text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(0, |span| text[..span.start].matches('\n').count() + 1);
        UsageError(format!("{} is not TOML, line {line}: {}", path.display(), error.message())).into()
    })
}

/// Sets one setting from the text of its value, as in a flag.
pub fn set(settings: &mut Table, name: &str, text: &str) {
    let number = text.parse().map(Value::Integer);
    let value = number.or_else(|_| text.parse().map(Value::Boolean));
    settings.insert(name.to_owned(), value.unwrap_or_else(|_| Value::String(text.to_owned())));
}

/// Merges these tables over the defaults, later ones over earlier ones, and checks the result.
///
/// # Errors
/// If a setting is unknown, its value has the wrong type, or [`Config::check`] fails. The message names the setting.
pub fn merged(layers: &[&Table]) -> Result<Config> {
    let defaults = table(&Config::default())?;
    let mut all = defaults.clone();
    for (name, value) in layers.iter().copied().flatten() {
        // Parsed one at a time, so that the error can name the setting.
        let mut alone = defaults.clone();
        alone.insert(name.clone(), value.clone());
        Config::from_table(alone).map_err(|error| UsageError(format!("the setting {name}: {error}")))?;
        all.insert(name.clone(), value.clone());
    }
    let config = Config::from_table(all).map_err(|error| UsageError(format!("the settings: {error}")))?;
    config.check().map_err(UsageError::of)?;
    Ok(config)
}

impl Config {
    fn from_table(table: Table) -> Result<Self, String> {
        table.try_into().map_err(|error: toml::de::Error| error.message().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Config> {
        merged(&[&text.parse().unwrap()])
    }

    #[test]
    fn a_written_config_is_read_back_unchanged() {
        let config =
            of("epoch-length = '36h'\nsmoothing = 0.25\nyield = 'bursty'\nfirst-price = 12").unwrap();
        let text = toml::to_string(&config).unwrap();
        assert_eq!(of(&text).unwrap(), config);
        assert_eq!(of("").unwrap(), Config::default());
    }

    #[test]
    fn later_layers_override_earlier_ones() {
        let layers: [Table; 2] = ["vaults = 7\nepochs = 5", "vaults = 8"].map(|text| text.parse().unwrap());
        let config = merged(&[&layers[0], &layers[1]]).unwrap();
        assert_eq!((config.vaults, config.epochs), (8, 5));
    }

    #[test]
    fn an_error_names_the_setting_in_one_line() {
        for (text, part) in [
            ("vault = 3", "the setting vault: unknown field"),
            ("smoothing = 1.5", "the setting smoothing: \"1.5\" is no part of a whole"),
            ("epoch-length = 'long'", "the setting epoch-length: \"long\" is no duration"),
            ("stakers = -1", "the setting stakers: "),
            ("yield = 'none'", "the setting yield: unknown variant"),
            ("epochs = 0", "epochs"),
        ] {
            let error = of(text).unwrap_err().to_string();
            assert!(error.contains(part) && !error.contains('\n'), "{text}: {error}");
        }
    }
}
