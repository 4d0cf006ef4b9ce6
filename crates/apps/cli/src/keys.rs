//! The key that signs: from an encrypted keystore, a file, the environment or an argument.
//! A key as an argument is visible to other users, so it gives a warning.

use std::{
    env, fs,
    io::{IsTerminal, stdin},
    path::{Path, PathBuf},
};

use alloy::{primitives::B256, signers::local::PrivateKeySigner};
use anyhow::{Context, Result};
use clap::Args;

use crate::exit::Failure;

/// The variable that holds a private key, 32 bytes in hex.
pub const KEY_VARIABLE: &str = weir_client::PRIVATE_KEY_VARIABLE;
/// The variable that holds a keystore's password.
pub const PASSWORD_VARIABLE: &str = "WEIR_KEYSTORE_PASSWORD";

/// Heading of these arguments in `--help`.
const HEADING: &str = "Key of the account that signs and pays (default: WEIR_PRIVATE_KEY)";

/// Where the key comes from. Without these arguments it is read from WEIR_PRIVATE_KEY.
#[derive(Clone, Debug, Default, Args)]
pub struct KeyArguments {
    /// Encrypted keystore, as geth, `cast wallet` and most wallets write it. Asks for the password unless
    /// --password-file or WEIR_KEYSTORE_PASSWORD gives it.
    #[arg(long, value_name = "FILE", env = "WEIR_KEYSTORE", group = "key", help_heading = HEADING)]
    keystore: Option<PathBuf>,

    /// File with the keystore's password in its first line.
    #[arg(long, value_name = "FILE", requires = "keystore", help_heading = HEADING)]
    password_file: Option<PathBuf>,

    /// File with the private key in hex. Make it readable for you alone (chmod 600).
    #[arg(long, value_name = "FILE", group = "key", help_heading = HEADING)]
    key_file: Option<PathBuf>,

    /// The private key in hex. Every user of this machine can see it in the list of processes: use it for keys of
    /// test nodes only.
    #[arg(long, value_name = "HEX", group = "key", help_heading = HEADING)]
    private_key: Option<String>,
}

impl KeyArguments {
    /// The signer, or `None` if no key is given. Calls `warn` if other users can read the key.
    ///
    /// # Errors
    /// If the key is invalid, or cannot be read or decrypted.
    pub fn signer(&self, warn: impl Fn(&str)) -> Result<Option<PrivateKeySigner>> {
        let key = if let Some(file) = &self.keystore {
            self.open_keystore(file, &warn)?
        } else if let Some(file) = &self.key_file {
            from_key_file(file, &warn)?
        } else if let Some(text) = &self.private_key {
            warn(&format!(
                "warning: the key given with --private-key is visible in the list of processes and in the shell's \
                 history: use --keystore, --key-file or {KEY_VARIABLE} for any key that controls value"
            ));
            parse(text, "--private-key")?
        } else if let Some(text) = env::var_os(KEY_VARIABLE).filter(|text| !text.is_empty()) {
            parse(&text.to_string_lossy(), KEY_VARIABLE)?
        } else {
            return Ok(None);
        };
        let signer = PrivateKeySigner::from_bytes(&key);
        let signer =
            signer.map_err(|_| Failure::usage("the key is 0 or too large for a private key: check it"))?;
        Ok(Some(signer))
    }

    fn open_keystore(&self, file: &Path, warn: &impl Fn(&str)) -> Result<B256> {
        let text = read(file, "keystore")?;
        let password = self.password(file, warn)?;
        weir_client::keystore::decrypt(&text, password.as_bytes()).map_err(|error| {
            Failure::usage(format!("the keystore {} cannot be opened: {error:#}", file.display())).into()
        })
    }

    fn password(&self, keystore: &Path, warn: &impl Fn(&str)) -> Result<String> {
        if let Some(file) = &self.password_file {
            warn_if_others_read(file, warn);
            let text = read(file, "password file")?;
            return Ok(text.lines().next().unwrap_or_default().to_owned());
        }
        if let Ok(password) = env::var(PASSWORD_VARIABLE) {
            return Ok(password);
        }
        if !stdin().is_terminal() {
            return Err(Failure::usage(format!(
                "the keystore {} needs a password, and there is no terminal to ask for it: use --password-file or set \
                 {PASSWORD_VARIABLE}",
                keystore.display()
            ))
            .into());
        }
        rpassword::prompt_password(format!("Password of {}: ", keystore.display()))
            .context("cannot read the password from the terminal")
    }
}

/// The error of a command that needs a key and has none.
pub fn missing() -> Failure {
    Failure::usage(format!(
        "there is no key to sign with: use --keystore FILE or --key-file FILE, or set {KEY_VARIABLE}"
    ))
}

fn from_key_file(file: &Path, warn: &impl Fn(&str)) -> Result<B256> {
    warn_if_others_read(file, warn);
    let text = read(file, "key file")?;
    if weir_client::keystore::looks_like_one(&text) {
        return Err(Failure::usage(format!(
            "{} is a keystore, not a plain key: use --keystore",
            file.display()
        ))
        .into());
    }
    parse(&text, &file.display().to_string())
}

/// Parses a key. The error does not repeat `text`, which may be a secret.
fn parse(text: &str, origin: &str) -> Result<B256> {
    let key = text.trim().parse();
    key.map_err(|_| Failure::usage(format!("{origin} holds no valid key: a key is 32 bytes in hex")).into())
}

fn read(file: &Path, what: &str) -> Result<String> {
    let read = fs::read_to_string(file);
    read.map_err(|error| {
        Failure::usage(format!("cannot read the {what} {} ({error})", file.display())).into()
    })
}

#[cfg(unix)]
fn warn_if_others_read(file: &Path, warn: &impl Fn(&str)) {
    use std::os::unix::fs::PermissionsExt;

    /// Read permission of the group and of all other users.
    const OTHERS: u32 = 0o044;
    let mode = fs::metadata(file).map(|metadata| metadata.permissions().mode()).unwrap_or_default();
    if mode & OTHERS != 0 {
        let path = file.display();
        warn(&format!("warning: other users of this machine can read {path}: run chmod 600 {path}"));
    }
}

#[cfg(not(unix))]
fn warn_if_others_read(_: &Path, _: &impl Fn(&str)) {}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use alloy::primitives::address;

    use super::*;

    const KEY: &str = "0xb6b15c8cb491557369f3c7d2c287b053eb229daa9c22138887752191c9520659";

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        file
    }

    fn key_file(path: &Path) -> KeyArguments {
        KeyArguments { key_file: Some(path.to_owned()), ..Default::default() }
    }

    #[test]
    fn a_key_file_may_have_a_prefix_and_a_line_end() {
        for text in [KEY.to_owned(), format!("{}\n", &KEY[2..])] {
            let file = file(&text);
            let signer = key_file(file.path()).signer(|warning| panic!("{warning}")).unwrap().unwrap();
            assert_eq!(signer.address(), address!("3f1Eae7D46d88F08fc2F8ed27FCb2AB183EB2d0E"));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_that_others_can_read_gives_a_warning() {
        use std::os::unix::fs::PermissionsExt;
        let file = file(KEY);
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o640)).unwrap();
        let warnings = RefCell::new(Vec::new());
        let warn = |warning: &str| warnings.borrow_mut().push(warning.to_owned());
        key_file(file.path()).signer(warn).unwrap().unwrap();
        assert!(matches!(&warnings.borrow()[..], [one] if one.contains("chmod 600")), "{warnings:?}");
    }

    #[test]
    fn an_invalid_key_is_an_error_that_does_not_repeat_it() {
        for text in ["", "0x12", "secret words", &"0".repeat(64), &"f".repeat(64)] {
            let file = file(text);
            let error = key_file(file.path()).signer(|_| ()).unwrap_err().to_string();
            assert!(text.is_empty() || !error.contains(text), "{error}");
        }
        let keystore = file("{\"version\":3}");
        let error = key_file(keystore.path()).signer(|_| ()).unwrap_err().to_string();
        assert!(error.contains("--keystore"), "{error}");
        let error = key_file(Path::new("/nowhere")).signer(|_| ()).unwrap_err().to_string();
        assert!(error.contains("cannot read the key file /nowhere"), "{error}");
    }
}
