//! Builds the module for profiled runs: it wraps each function of the metered module to notify the host of its start
//! and end. Wrappers take the indices of the functions and are not metered, so all charges stay the same.

use std::convert::Infallible;
use wasm_encoder::{
    CodeSection, EntityType, Function, FunctionSection, ImportSection, Instruction, Module, SectionId,
    TypeSection, ValType,
    reencode::{Error, Reencode, utils},
};
use wasmparser::{
    CodeSectionReader, CompositeInnerType, FunctionSectionReader, ImportSectionReader, Parser, Payload,
    TypeRef, TypeSectionReader,
};

/// Import module of the two host functions that wrappers call. Programs cannot import from it.
pub const MODULE: &str = "profile";
/// `(function: i32)`: the function with this number (imports not counted) starts.
pub const ENTER: &str = "enter";
/// The innermost function ends.
pub const LEAVE: &str = "leave";
const ADDED_IMPORTS: u32 = 2;

/// Wraps each function of a module.
///
/// # Errors
/// The module does not parse; a metered one always does.
pub fn wrap(metered: &[u8]) -> Result<Vec<u8>, String> {
    let mut wrapper = Wrapper::of(metered).map_err(|error| error.to_string())?;
    let mut module = Module::new();
    wrapper
        .parse_core_module(&mut module, Parser::new(0), metered)
        .map_err(|error| format!("{error}: {error:?}"))?;
    Ok(module.finish())
}

/// Rebuilds a module with wrappers.
#[derive(Default)]
struct Wrapper {
    imports: u32,
    /// Parameters of each type.
    parameters: Vec<u32>,
    /// Type index of each defined function.
    functions: Vec<u32>,
}

impl Wrapper {
    fn of(wasm: &[u8]) -> Result<Self, wasmparser::Error> {
        let mut found = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(section) => {
                    for group in section {
                        found.parameters.extend(group?.into_types().map(
                            |ty| match ty.composite_type.inner {
                                CompositeInnerType::Func(ty) => ty.params().len() as u32,
                                _ => 0,
                            },
                        ));
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        found.imports += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::FunctionSection(section) => {
                    found.functions = section.into_iter().collect::<Result<_, _>>()?;
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// Types are appended in this order.
    fn enter_type(&self) -> u32 {
        self.parameters.len() as u32
    }

    fn leave_type(&self) -> u32 {
        self.enter_type() + 1
    }

    fn add_imports(&self, imports: &mut ImportSection) {
        imports.import(MODULE, ENTER, EntityType::Function(self.enter_type()));
        imports.import(MODULE, LEAVE, EntityType::Function(self.leave_type()));
    }

    /// `enter(number); function(parameters…); leave()`
    fn wrapper(&self, number: u32, ty: u32) -> Function {
        let wrapped = self.imports + ADDED_IMPORTS + self.functions.len() as u32 + number;
        let mut function = Function::new([]);
        function.instruction(&Instruction::I32Const(number as i32));
        function.instruction(&Instruction::Call(self.imports));
        for parameter in 0..self.parameters.get(ty as usize).copied().unwrap_or_default() {
            function.instruction(&Instruction::LocalGet(parameter));
        }
        function.instruction(&Instruction::Call(wrapped));
        function.instruction(&Instruction::Call(self.imports + 1));
        function.instruction(&Instruction::End);
        function
    }
}

impl Reencode for Wrapper {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Result<u32, Error> {
        Ok(if index < self.imports { index } else { index + ADDED_IMPORTS })
    }

    fn parse_type_section(
        &mut self,
        types: &mut TypeSection,
        section: TypeSectionReader<'_>,
    ) -> Result<(), Error> {
        utils::parse_type_section(self, types, section)?;
        types.ty().function([ValType::I32], []);
        types.ty().function([], []);
        Ok(())
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), Error> {
        utils::parse_import_section(self, imports, section)?;
        self.add_imports(imports);
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error> {
        utils::parse_function_section(self, functions, section)?;
        for ty in &self.functions {
            functions.function(*ty);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error> {
        for (number, ty) in self.functions.iter().enumerate() {
            code.function(&self.wrapper(number as u32, *ty));
        }
        utils::parse_code_section(self, code, section)
    }

    /// Adds the import section to a module that has none.
    fn intersperse_section_hook(
        &mut self,
        module: &mut Module,
        after: Option<SectionId>,
        before: Option<SectionId>,
    ) -> Result<(), Error> {
        if after == Some(SectionId::Type) && before != Some(SectionId::Import) {
            let mut imports = ImportSection::new();
            self.add_imports(&mut imports);
            module.section(&imports);
        }
        Ok(())
    }
}
