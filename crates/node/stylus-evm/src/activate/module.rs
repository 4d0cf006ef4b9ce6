//! Checks a WASM by Nitro's rules for activation and rebuilds it with the instrumentation
//! (Nitro `crates/prover/src/binary.rs` and `machine.rs`).

use super::{
    contents::{Contents, ENTRY_POINT, MEMORY},
    error::{ActivationError, invalid, limit},
    globals,
    instrument::{self, Growth, Instrumentation},
    stack::{Arities, Arity},
};
use crate::pricing::{activation::Work, entry::Size};
use wasm_encoder::{
    CodeSection, ConstExpr, ExportKind, ExportSection, Function, GlobalSection, GlobalType, Module,
    RawSection, SectionId, ValType, reencode::Reencode, reencode::RoundtripReencoder,
};
use wasmparser::{FunctionBody, Operator};

/// Version of the result of [`check`]. Raise it with every change of the metering, of a price in it, or of the costs,
/// so that older files on disk are ignored (`tests/module_cache.rs` fails otherwise).
pub const METERING_VERSION: u32 = 1;
/// Globals that the instrumentation adds.
const ADDED_GLOBALS: u32 = 4;
/// Maximum instructions of a function after instrumentation.
const MAX_INSTRUCTIONS: u64 = 65_536;
/// Maximum locals that a function declares.
const MAX_LOCALS: u64 = 348;

/// A WASM that passed every check, with its costs and its metered form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Determines the price of a call.
    pub size: Size,
    /// Determines the gas of the activation.
    pub work: Work,
    /// Units of init cost ([`Size::init_cost`]), as a chain stores them.
    pub init_cost: u16,
    /// Units of cached cost ([`Size::cached_cost`]), as a chain stores them.
    pub cached_cost: u16,
    /// Estimated bytes of machine code; the data fee is charged for them.
    pub asm_estimate: u32,
    /// The WASM with ink and stack checks built in.
    pub metered: Vec<u8>,
}

/// Checks a WASM as a chain does on activation, and meters it.
///
/// # Errors
/// Returns the first rule that the WASM breaks.
pub fn check(wasm: &[u8]) -> Result<Checked, ActivationError> {
    let mut contents = Contents::parse(wasm)?;
    let arities = arities(&contents);
    let instrumentation = instrumentation(&contents)?;
    contents.find_entry_point()?;
    let mut instructions = 0;
    let mut code = CodeSection::new();
    for (index, body) in contents.bodies.iter().enumerate() {
        code.function(&metered_function(index as u32, body, &arities, &instrumentation, &mut instructions)?);
    }

    let size = Size {
        wasm_bytes: wasm.len() as u64,
        functions: contents.functions.len() as u64,
        signature_values: contents.functions.iter().map(|ty| values(arities.types[*ty as usize])).sum(),
        globals: contents.globals.len() as u64 + u64::from(ADDED_GLOBALS),
        segment_bytes: contents.data_segment_bytes + contents.element_segment_bytes,
        pages: contents.memory.initial as u16,
    };
    let work = Work {
        wasm_bytes: size.wasm_bytes,
        functions: size.functions,
        data_bytes: contents.data_bytes,
        element_bytes: contents.element_segment_bytes,
        pages: size.pages.into(),
        instructions,
    };
    Ok(Checked {
        size,
        work,
        init_cost: u16::try_from(size.init_cost()).map_err(|_| ActivationError::CostTooHigh)?,
        cached_cost: u16::try_from(size.cached_cost()).map_err(|_| ActivationError::CostTooHigh)?,
        asm_estimate: u32::try_from(size.asm_estimate()).map_err(|_| ActivationError::CostTooHigh)?,
        metered: rebuild(&contents, &instrumentation, &code)?,
    })
}

fn values(arity: Arity) -> u64 {
    u64::from(arity.params) + u64::from(arity.results)
}

fn arities(contents: &Contents) -> Arities {
    let types: Vec<Arity> = contents
        .types
        .iter()
        .map(|ty| Arity { params: ty.params().len() as u32, results: ty.results().len() as u32 })
        .collect();
    let functions = contents.imports.iter().map(|import| import.ty).chain(contents.functions.iter().copied());
    Arities { functions: functions.map(|ty| types[ty as usize]).collect(), types }
}

fn instrumentation(contents: &Contents) -> Result<Instrumentation, ActivationError> {
    let first = contents.globals.len() as u32;
    let fixed = contents.memory.maximum == Some(contents.memory.initial);
    let pay = contents.imports.iter().position(|import| import.name == crate::hostio::PAY_FOR_MEMORY_GROW);
    let growth = match pay {
        _ if fixed => Growth::Fixed { pages: contents.memory.initial as u32 },
        Some(index) => Growth::Paid { function_index: index as u32 },
        None => return Err(ActivationError::NoPayForMemoryGrow),
    };
    Ok(Instrumentation {
        ink_left: first,
        ink_status: first + 1,
        scratch: first + 2,
        stack_left: first + 3,
        growth,
    })
}

fn metered_function(
    index: u32,
    body: &FunctionBody,
    arities: &Arities,
    instrumentation: &Instrumentation,
    instructions: &mut u64,
) -> Result<Function, ActivationError> {
    let locals =
        body.get_locals_reader().and_then(|reader| reader.into_iter().collect::<Result<Vec<_>, _>>());
    let locals = locals.map_err(invalid)?;
    let count: u64 = locals.iter().map(|(count, _)| u64::from(*count)).sum();
    limit("locals in a function", count, MAX_LOCALS)?;
    let operators = body.get_operators_reader().map_err(invalid)?;
    let operators = operators.into_iter().collect::<Result<Vec<Operator>, _>>().map_err(invalid)?;
    let metered = instrument::function(index, operators, count, arities, instrumentation)?;
    limit("instructions in a function, checks included", metered.len() as u64, MAX_INSTRUCTIONS)?;
    *instructions += metered.len() as u64;

    let mut encoder = RoundtripReencoder;
    let mut types = Vec::with_capacity(locals.len());
    for (count, ty) in locals {
        types.push((count, encoder.val_type(ty).map_err(invalid)?));
    }
    let mut function = Function::new(types);
    for op in instrument::without_growth(metered, instrumentation) {
        function.instruction(&encoder.instruction(op).map_err(invalid)?);
    }
    Ok(function)
}

/// Builds the module with metered code and the added globals. It keeps only the exports that the host needs.
fn rebuild(
    contents: &Contents,
    instrumentation: &Instrumentation,
    code: &CodeSection,
) -> Result<Vec<u8>, ActivationError> {
    let mut module = Module::new();
    let copy = |module: &mut Module, id: SectionId| {
        if let Some(data) = contents.section(id as u8) {
            module.section(&RawSection { id: id as u8, data });
        }
    };
    for id in [SectionId::Type, SectionId::Import, SectionId::Function, SectionId::Table, SectionId::Memory] {
        copy(&mut module, id);
    }
    module.section(&all_globals(contents)?);
    let mut exports = ExportSection::new();
    exports.export(MEMORY, ExportKind::Memory, 0);
    exports.export(ENTRY_POINT, ExportKind::Func, contents.entry_point);
    exports.export(globals::INK_LEFT, ExportKind::Global, instrumentation.ink_left);
    exports.export(globals::INK_STATUS, ExportKind::Global, instrumentation.ink_status);
    exports.export(globals::STACK_LEFT, ExportKind::Global, instrumentation.stack_left);
    module.section(&exports);
    copy(&mut module, SectionId::Element);
    module.section(code);
    copy(&mut module, SectionId::Data);
    Ok(module.finish())
}

/// The program's own globals, then ink left, ink status, scratch and stack left.
fn all_globals(contents: &Contents) -> Result<GlobalSection, ActivationError> {
    let mut section = GlobalSection::new();
    let mut encoder = RoundtripReencoder;
    for global in &contents.globals {
        encoder.parse_global(&mut section, global.clone()).map_err(invalid)?;
    }
    let mutable = |val_type| GlobalType { val_type, mutable: true, shared: false };
    section.global(mutable(ValType::I64), &ConstExpr::i64_const(0));
    for _ in 1..ADDED_GLOBALS {
        section.global(mutable(ValType::I32), &ConstExpr::i32_const(0));
    }
    Ok(section)
}
