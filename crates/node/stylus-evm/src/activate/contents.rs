//! Parses a WASM and checks everything but the code of its functions.

use super::error::{ActivationError, invalid, limit};
use crate::hostio;
use std::ops::Range;
use wasmparser::{
    Data, DataKind, Element, ElementItems, ElementKind, ExternalKind, FuncType, FunctionBody, Global, Import,
    Imports, KnownCustom, MemoryType, Name, NameSectionReader, Operator, Parser, Payload, TableType, TypeRef,
    ValType, Validator, WasmFeatures,
};

/// The exported function that the host calls.
pub const ENTRY_POINT: &str = "user_entrypoint";
/// The exported memory that host functions read and write.
pub const MEMORY: &str = "memory";
/// Names with this prefix are reserved for ArbOS.
const RESERVED: &str = "stylus";

/// An imported host function.
pub struct HostImport<'a> {
    pub name: &'a str,
    /// Index of its type.
    pub ty: u32,
}

/// The parsed sections of a WASM.
#[derive(Default)]
pub struct Contents<'a> {
    wasm: &'a [u8],
    sections: Vec<(u8, Range<u64>)>,
    pub types: Vec<FuncType>,
    pub imports: Vec<HostImport<'a>>,
    /// Type index of each defined function.
    pub functions: Vec<u32>,
    tables: Vec<TableType>,
    memories: Vec<MemoryType>,
    pub globals: Vec<Global<'a>>,
    exports: Vec<wasmparser::Export<'a>>,
    elements: Vec<Element<'a>>,
    data: Vec<Data<'a>>,
    pub bodies: Vec<FunctionBody<'a>>,
    pub memory: Memory,
    /// Index of the function that the host calls ([`ENTRY_POINT`]).
    pub entry_point: u32,
    /// Bytes that data segments put into memory.
    pub data_bytes: u64,
    /// Bytes of data segments as encoded.
    pub data_segment_bytes: u64,
    /// Bytes of element segments as encoded.
    pub element_segment_bytes: u64,
}

/// Limits of the program's memory in pages.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    pub initial: u64,
    pub maximum: Option<u64>,
}

impl<'a> Contents<'a> {
    /// Parses and checks everything but the code of the functions and the entry point.
    pub fn parse(wasm: &'a [u8]) -> Result<Self, ActivationError> {
        Validator::new_with_features(features()).validate_all(wasm).map_err(invalid)?;
        let mut contents = Self { wasm, ..Self::default() };
        for payload in Parser::new(0).parse_all(wasm) {
            contents.read_payload(payload.map_err(invalid)?)?;
        }
        contents.check_counts()?;
        contents.check_names()?;
        contents.check_imports()?;
        contents.check_memory()?;
        contents.check_globals()?;
        contents.check_data()?;
        contents.check_elements()?;
        Ok(contents)
    }

    /// The encoded bytes of a section.
    pub fn section(&self, id: u8) -> Option<&'a [u8]> {
        let (_, range) = self.sections.iter().find(|(found, _)| *found == id)?;
        self.wasm.get(range.start as usize..range.end as usize)
    }

    fn read_payload(&mut self, payload: Payload<'a>) -> Result<(), ActivationError> {
        if let Some(section) = payload.as_section() {
            self.sections.push(section);
        }
        match payload {
            Payload::TypeSection(section) => {
                for ty in section.into_iter_err_on_gc_types() {
                    self.types.push(ty.map_err(invalid)?);
                }
            }
            Payload::ImportSection(section) => {
                for import in section {
                    self.read_import(import.map_err(invalid)?)?;
                }
            }
            Payload::FunctionSection(section) => self.functions = collect(section)?,
            Payload::TableSection(section) => {
                self.tables = collect(section)?.into_iter().map(|table| table.ty).collect()
            }
            Payload::MemorySection(section) => self.memories = collect(section)?,
            Payload::GlobalSection(section) => self.globals = collect(section)?,
            Payload::ExportSection(section) => self.exports = collect(section)?,
            Payload::StartSection { .. } => return Err(ActivationError::Start),
            Payload::ElementSection(section) => self.elements = collect(section)?,
            Payload::DataSection(section) => self.data = collect(section)?,
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::Version { .. } | Payload::CodeSectionStart { .. } | Payload::End(_) => {}
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(names) = section.as_known() {
                    check_name_section(names)?;
                }
            }
            Payload::DataCountSection { .. } => return Err(ActivationError::Section("data count".into())),
            other => return Err(ActivationError::Section(format!("{other:?}"))),
        }
        Ok(())
    }

    fn read_import(&mut self, import: Imports<'a>) -> Result<(), ActivationError> {
        let Imports::Single(_, Import { module, name, ty }) = import else {
            return Err(ActivationError::Section("compact imports".into()));
        };
        let unknown = || ActivationError::UnknownImport { module: module.into(), name: name.into() };
        let TypeRef::Func(ty) = ty else { return Err(unknown()) };
        if module != hostio::MODULE {
            return Err(unknown());
        }
        self.imports.push(HostImport { name, ty });
        Ok(())
    }

    /// Nitro's limits against oversized modules; most are out of reach within 256 KiB.
    fn check_counts(&self) -> Result<(), ActivationError> {
        limit("memories", self.memories.len() as u64, 1)?;
        limit("data segments", self.data.len() as u64, 128)?;
        limit("element segments", self.elements.len() as u64, 128)?;
        limit("functions", self.bodies.len() as u64, 4_096)?;
        limit("globals, 4 of them for metering", self.globals.len() as u64 + 4, 32_768)?;
        limit("imports", self.imports.len() as u64, 513)?;
        let entries = self.tables.iter().fold(0u64, |sum, table| sum.saturating_add(table.initial));
        limit("table entries", entries, 4_096)
    }

    fn check_names(&self) -> Result<(), ActivationError> {
        let reserved = |name: &str| ActivationError::ReservedName(name.to_owned());
        for export in &self.exports {
            let last = export.name.rsplit("__").next().unwrap_or_default();
            if last.starts_with(RESERVED) || self.imports.iter().any(|import| import.name == last) {
                return Err(reserved(export.name));
            }
        }
        match self.imports.iter().find(|import| import.name.starts_with(RESERVED)) {
            Some(import) => Err(reserved(import.name)),
            None => Ok(()),
        }
    }

    fn check_imports(&self) -> Result<(), ActivationError> {
        for import in &self.imports {
            let Some(hook) = hostio::find(import.name) else {
                let (module, name) = (hostio::MODULE.to_owned(), import.name.to_owned());
                return Err(ActivationError::UnknownImport { module, name });
            };
            let ty = &self.types[import.ty as usize];
            if ty.params() != hook.params || ty.results() != hook.results {
                return Err(ActivationError::ImportType {
                    name: import.name.to_owned(),
                    found: type_name(ty.params(), ty.results()),
                    expected: type_name(hook.params, hook.results),
                });
            }
        }
        Ok(())
    }

    fn check_memory(&mut self) -> Result<(), ActivationError> {
        let exported = self
            .exports
            .iter()
            .any(|export| export.name == MEMORY && export.kind == ExternalKind::Memory && export.index == 0);
        let memory =
            self.memories.first().filter(|_| exported).ok_or(ActivationError::MissingExport(MEMORY))?;
        // The chain's limit is checked at activation; a record holds 16 bits.
        limit("initial pages of memory", memory.initial, u16::MAX.into())?;
        self.memory = Memory { initial: memory.initial, maximum: memory.maximum };
        Ok(())
    }

    fn check_globals(&self) -> Result<(), ActivationError> {
        self.globals.iter().try_for_each(|global| constant(&global.init_expr).map(|_| ()))
    }

    fn check_data(&mut self) -> Result<(), ActivationError> {
        let memory_bytes = self.memory.initial * 65_536;
        for data in &self.data {
            self.data_bytes += data.data.len() as u64;
            self.data_segment_bytes += data.range.end - data.range.start;
            let DataKind::Active { offset_expr, .. } = &data.kind else { continue };
            if offset(offset_expr)? + data.data.len() as u64 > memory_bytes {
                return Err(ActivationError::SegmentOutOfBounds("memory"));
            }
        }
        Ok(())
    }

    fn check_elements(&mut self) -> Result<(), ActivationError> {
        for element in &self.elements {
            self.element_segment_bytes += element.range.end - element.range.start;
            let ElementKind::Active { table_index, offset_expr } = &element.kind else { continue };
            let ElementItems::Functions(functions) = &element.items else {
                return Err(ActivationError::NotConstant);
            };
            let table = self.tables.get(table_index.unwrap_or_default() as usize);
            let entries = table.map_or(0, |table| table.initial);
            if offset(offset_expr)? + u64::from(functions.count()) > entries {
                return Err(ActivationError::SegmentOutOfBounds("table"));
            }
        }
        limit("bytes of element segments", self.element_segment_bytes, 4_096)
    }

    /// Finds the entry point. Runs after the checks of the memory, as on a chain: `cargo stylus` recognises a contract
    /// without entry point by the error of those checks.
    pub fn find_entry_point(&mut self) -> Result<(), ActivationError> {
        let found = self.exports.iter().find(|export| export.name == ENTRY_POINT);
        let export = found.ok_or(ActivationError::MissingExport(ENTRY_POINT))?;
        if export.kind != ExternalKind::Func {
            return Err(ActivationError::EntryPoint(format!("{:?}", export.kind).to_lowercase()));
        }
        let imported = self.imports.get(export.index as usize).map(|import| import.ty);
        let defined = (export.index as usize).checked_sub(self.imports.len());
        let ty = imported.or_else(|| self.functions.get(defined?).copied());
        let ty = ty
            .and_then(|ty| self.types.get(ty as usize))
            .ok_or(ActivationError::MissingExport(ENTRY_POINT))?;
        if ty.params() != [ValType::I32] || ty.results() != [ValType::I32] {
            return Err(ActivationError::EntryPoint(type_name(ty.params(), ty.results())));
        }
        self.entry_point = export.index;
        Ok(())
    }
}

/// The features that the validator accepts (Nitro `binary.rs`: `parse_with_version`, from ArbOS 60).
/// Float arithmetic and table instructions pass here; they are rejected later because they have no price.
fn features() -> WasmFeatures {
    WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::FLOATS
        | WasmFeatures::GC_TYPES
}

/// The names of module and functions must parse although this crate does not use them, because a chain parses them.
fn check_name_section(names: NameSectionReader) -> Result<(), ActivationError> {
    for name in names {
        match name.map_err(invalid)? {
            Name::Module { name, .. } => limit("bytes in the module's name", name.len() as u64, 512)?,
            Name::Function(functions) => {
                for naming in functions {
                    naming.map_err(invalid)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn collect<'a, T: wasmparser::FromReader<'a>>(
    section: wasmparser::SectionLimited<'a, T>,
) -> Result<Vec<T>, ActivationError> {
    section.into_iter().collect::<Result<_, _>>().map_err(invalid)
}

/// The single instruction of a constant initialiser.
fn constant<'a>(init: &wasmparser::ConstExpr<'a>) -> Result<Operator<'a>, ActivationError> {
    let mut operators = init.get_operators_reader();
    let op = operators.read().map_err(invalid)?;
    let known = matches!(
        op,
        Operator::I32Const { .. }
            | Operator::I64Const { .. }
            | Operator::F32Const { .. }
            | Operator::F64Const { .. }
    );
    match known && operators.is_end_then_eof() {
        true => Ok(op),
        false => Err(ActivationError::NotConstant),
    }
}

/// Start of a segment in its memory or table.
fn offset(init: &wasmparser::ConstExpr) -> Result<u64, ActivationError> {
    match constant(init)? {
        Operator::I32Const { value } => Ok(u64::from(value as u32)),
        _ => Err(ActivationError::NotConstant),
    }
}

fn type_name(params: &[ValType], results: &[ValType]) -> String {
    let list = |types: &[ValType]| types.iter().map(ValType::to_string).collect::<Vec<_>>().join(" ");
    format!("({}) -> ({})", list(params), list(results))
}
