//! Names of functions, from a program itself or from an unstripped build of it.

use revm::primitives::{B256, keccak256};
use std::{collections::HashMap, sync::Arc};
use wasmparser::{ExternalKind, KnownCustom, Name, Parser, Payload, TypeRef};

/// The properties of a WASM that a profile needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// Imported functions; indices of defined functions start here.
    pub imports: u32,
    /// Defined functions.
    pub functions: u32,
    /// keccak256 of the code section; builds that differ only in names have the same.
    pub code: B256,
    /// By function index: from the name section, else from the exports.
    names: HashMap<u32, String>,
    has_name_section: bool,
}

/// Why a file cannot provide names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SymbolsError {
    #[error("the file is not a WASM: {0}")]
    Invalid(String),
    #[error(
        "the WASM names no functions; build it without stripping (strip = false, no wasm-opt --strip-debug)"
    )]
    NoNames,
}

impl Outline {
    /// Reads the outline of a WASM.
    ///
    /// # Errors
    /// The WASM does not parse. A name section that does not parse is ignored.
    pub fn of(wasm: &[u8]) -> Result<Self, SymbolsError> {
        let invalid = |error: wasmparser::Error| SymbolsError::Invalid(error.to_string());
        let mut outline = Self::default();
        let mut named = HashMap::new();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload.map_err(invalid)? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import.map_err(invalid)?;
                        outline.imports += u32::from(matches!(import.ty, TypeRef::Func(_)));
                    }
                }
                Payload::FunctionSection(section) => outline.functions = section.count(),
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export.map_err(invalid)?;
                        if export.kind == ExternalKind::Func {
                            outline.names.entry(export.index).or_insert_with(|| export.name.to_owned());
                        }
                    }
                }
                Payload::CodeSectionStart { unchecked_range: range, .. } => {
                    let code = wasm.get(range.start as usize..range.end as usize);
                    outline.code = keccak256(code.unwrap_or_default());
                }
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(section) = section.as_known() {
                        named = function_names(section);
                    }
                }
                _ => {}
            }
        }
        outline.has_name_section = !named.is_empty();
        outline.names.extend(named);
        Ok(outline)
    }

    fn name(&self, index: u32) -> Option<&str> {
        self.names.get(&index).map(String::as_str)
    }
}

fn function_names(section: wasmparser::NameSectionReader) -> HashMap<u32, String> {
    let functions = section.into_iter().filter_map(|part| match part {
        Ok(Name::Function(names)) => Some(names),
        _ => None,
    });
    functions
        .flat_map(|names| names.into_iter().flatten())
        .map(|naming| (naming.index, format!("{:#}", rustc_demangle::demangle(naming.name))))
        .collect()
}

/// Names for programs deployed without names, from builds with the same code section. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Symbols(HashMap<B256, Arc<Outline>>);

impl Symbols {
    /// Adds the names of an unstripped WASM. They apply to every program with the same code section, even if other
    /// sections differ. Use a WASM of the same build that keeps its name section.
    ///
    /// # Errors
    /// The WASM does not parse, or has no names.
    pub fn add(&mut self, wasm: &[u8]) -> Result<(), SymbolsError> {
        let outline = Outline::of(wasm)?;
        if !outline.has_name_section {
            return Err(SymbolsError::NoNames);
        }
        self.0.insert(outline.code, Arc::new(outline));
        Ok(())
    }

    /// Whether this has names for the program with this WASM.
    pub fn fit(&self, wasm: &[u8]) -> bool {
        Outline::of(wasm).is_ok_and(|outline| self.0.contains_key(&outline.code))
    }

    /// Name of the function with this index, imports counted.
    pub fn name(&self, program: &Outline, index: u32) -> String {
        let from_symbols = || self.0.get(&program.code).and_then(|outline| outline.name(index));
        let own = program.name(index);
        let name = if program.has_name_section { own.or_else(from_symbols) } else { from_symbols().or(own) };
        name.map_or_else(|| format!("func[{index}]"), str::to_owned)
    }
}
