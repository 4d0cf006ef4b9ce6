//! The error for code that a chain does not activate.

/// Why a chain does not activate a program. Each message is one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActivationError {
    #[error(
        "the code is not a Stylus program: it does not begin with EF F0 00; deploy the output of `deploy_code`"
    )]
    NotAProgram,
    #[error("the code is a fragment of a program; activate the root that names it")]
    Fragment,
    #[error(
        "the root of the program is invalid: {0}; deploy the outputs of `fragment_codes` and `root_code`"
    )]
    Root(String),
    #[error(
        "the code was compressed with dictionary {0}, which this host does not support; compress without one (0)"
    )]
    Dictionary(u8),
    #[error("the code is not a valid brotli stream; deploy the output of `deploy_code`")]
    Brotli,
    #[error(
        "the WASM is larger than {0} bytes uncompressed; make it smaller (opt-level, wasm-opt, fewer dependencies)"
    )]
    TooLong(usize),
    #[error("the WASM is not valid for Stylus: {0}")]
    Invalid(String),
    #[error(
        "the WASM has a section that Stylus does not allow ({0}); strip it (wasm-opt, or a round trip through WAT)"
    )]
    Section(String),
    #[error(
        "the instruction {0} is not allowed: no float arithmetic, SIMD, references, tables, threads or exceptions"
    )]
    Instruction(String),
    #[error(
        "the import {module}.{name} does not exist: programs can only import the host functions of `vm_hooks`"
    )]
    UnknownImport { module: String, name: String },
    #[error("the import {name} has the type {found}, but the host function is {expected}")]
    ImportType { name: String, found: String, expected: String },
    #[error(
        "the program does not import vm_hooks.pay_for_memory_grow, but its memory can grow; import it, or fix the size"
    )]
    NoPayForMemoryGrow,
    #[error("the export `{0}` is missing")]
    MissingExport(&'static str),
    #[error("user_entrypoint must be a function (i32) -> i32, but is {0}")]
    EntryPoint(String),
    #[error("the export or import `{0}` uses a reserved name (stylus…, or the name of an import)")]
    ReservedName(String),
    #[error("a start function is not allowed")]
    Start,
    #[error("too many {what}: {count}, at most {limit} are allowed")]
    TooMany { what: &'static str, count: u64, limit: u64 },
    #[error("a global or segment is initialised by something other than a constant")]
    NotConstant,
    #[error("a segment lies outside its {0}")]
    SegmentOutOfBounds(&'static str),
    #[error("function {function} needs {words} words of stack, at most {limit} are allowed")]
    FrameTooLarge { function: u32, words: u64, limit: u64 },
    #[error("the cost of calling the program does not fit the record of the chain; make the program smaller")]
    CostTooHigh,
}

/// Wraps an error of the validator or the parser.
pub(super) fn invalid(error: impl std::fmt::Display) -> ActivationError {
    ActivationError::Invalid(error.to_string())
}

/// Returns an error for more than `limit` of something.
pub(super) fn limit(what: &'static str, count: u64, limit: u64) -> Result<(), ActivationError> {
    match count > limit {
        true => Err(ActivationError::TooMany { what, count, limit }),
        false => Ok(()),
    }
}
