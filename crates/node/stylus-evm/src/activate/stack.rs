//! Words of nominal stack that the frame of a function takes (Nitro `crates/prover/src/programs/depth.rs`).
//!
//! Every node must stop a runaway recursion at the same call, so the depth is nominal: the maximum number of values
//! that a frame holds at once, found by walking its metered code, plus its locals, plus 4.

use wasmparser::{BlockType, Operator};

/// Maximum words of one frame (`config.rs`: `max_frame_size`).
pub const MAX_FRAME_WORDS: u64 = 10 * 1024;
/// Maximum number of values that a frame holds at once (`config.rs`: `max_frame_contention`).
const MAX_VALUES: u64 = 4_096;
/// Added to each frame.
const FRAME_OVERHEAD: u64 = 4;

/// Parameters and results of a function or type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arity {
    pub params: u32,
    pub results: u32,
}

/// Arities by index, as used in instructions.
pub struct Arities {
    /// Of all functions, imports first.
    pub functions: Vec<Arity>,
    pub types: Vec<Arity>,
}

/// Walks code in order of appearance and counts the values on the stack; dead code counts too.
#[derive(Default)]
struct Walk {
    values: u64,
    max_values: u64,
    scopes: Vec<u64>,
}

/// Words that a frame of this function takes; `Err` with these words if they or its values exceed
/// the limits.
pub fn frame_words(code: &[Operator], locals: u64, arities: &Arities) -> Result<u32, u64> {
    let mut walk = Walk { scopes: vec![0], ..Walk::default() };
    for op in code {
        walk.step(op, arities);
    }
    let words = walk.max_values + locals + FRAME_OVERHEAD;
    match walk.max_values <= MAX_VALUES && words <= MAX_FRAME_WORDS {
        true => u32::try_from(words).map_err(|_| words),
        false => Err(words),
    }
}

impl Walk {
    fn step(&mut self, op: &Operator, arities: &Arities) {
        use Operator::*;
        match op {
            Block { blockty } | Loop { blockty } => self.open(*blockty),
            If { blockty } => {
                self.pop(1);
                self.open(*blockty);
            }
            Else => self.values = self.scopes.last().copied().unwrap_or_default(),
            End => self.values = self.scopes.pop().unwrap_or_default(),
            Call { function_index } => self.call(arities.functions.get(*function_index as usize)),
            CallIndirect { type_index, .. } => {
                self.call(arities.types.get(*type_index as usize));
                self.pop(1);
            }
            MemoryFill { .. } | MemoryCopy { .. } => self.pop(3),
            LocalGet { .. } | GlobalGet { .. } | MemorySize { .. } => self.push(1),
            I32Const { .. } | I64Const { .. } | F32Const { .. } | F64Const { .. } => self.push(1),
            Select => self.pop(2),
            op if stores(op) => self.pop(2),
            op if keeps_value_count(op) => {}
            // All others replace two values by one, or take one.
            _ => self.pop(1),
        }
    }

    fn push(&mut self, values: u64) {
        self.values += values;
        self.max_values = self.max_values.max(self.values);
    }

    fn pop(&mut self, values: u64) {
        self.values = self.values.saturating_sub(values);
    }

    /// A block reserves the place of its result from the start.
    fn open(&mut self, ty: BlockType) {
        if let BlockType::Type(_) = ty {
            self.push(1);
        }
        self.scopes.push(self.values);
    }

    fn call(&mut self, arity: Option<&Arity>) {
        let Some(arity) = arity else { return };
        self.push(arity.results.into());
        self.pop(arity.params.into());
    }
}

fn stores(op: &Operator) -> bool {
    use Operator::*;
    matches!(
        op,
        I32Store { .. }
            | I64Store { .. }
            | I32Store8 { .. }
            | I32Store16 { .. }
            | I64Store8 { .. }
            | I64Store16 { .. }
            | I64Store32 { .. }
            | F32Store { .. }
            | F64Store { .. }
    )
}

#[rustfmt::skip]
fn keeps_value_count(op: &Operator) -> bool {
    use Operator::*;
    matches!(
        op,
        Nop | Unreachable | Br { .. } | Return | LocalTee { .. } | MemoryGrow { .. }
            | I32Eqz | I64Eqz | I32Clz | I32Ctz | I32Popcnt | I64Clz | I64Ctz | I64Popcnt
            | I32WrapI64 | I64ExtendI32S | I64ExtendI32U
            | I32Extend8S | I32Extend16S | I64Extend8S | I64Extend16S | I64Extend32S
            | I32Load { .. } | I64Load { .. }
            | I32Load8S { .. } | I32Load8U { .. } | I32Load16S { .. } | I32Load16U { .. }
            | I64Load8S { .. } | I64Load8U { .. } | I64Load16S { .. } | I64Load16U { .. }
            | I64Load32S { .. } | I64Load32U { .. }
            | F32Load { .. } | F64Load { .. }
            | I32ReinterpretF32 | I64ReinterpretF64 | F32ReinterpretI32 | F64ReinterpretI64
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(code: &[Operator], locals: u64) -> Result<u32, u64> {
        let arities = Arities { functions: vec![Arity { params: 2, results: 1 }], types: Vec::new() };
        frame_words(code, locals, &arities)
    }

    /// Three constants, an addition, the end: 3 values at most, 2 locals, 4.
    #[test]
    fn a_frame_counts_its_values_its_locals_and_four() {
        let code = [
            Operator::I32Const { value: 1 },
            Operator::I32Const { value: 2 },
            Operator::I32Const { value: 3 },
            Operator::I32Add,
            Operator::Drop,
            Operator::End,
        ];
        assert_eq!(words(&code, 2), Ok(3 + 2 + 4));
    }

    /// A call reserves its result before it pops its arguments: 2 arguments and 1 result.
    #[test]
    fn a_call_holds_arguments_and_results_together() {
        let code = [
            Operator::I32Const { value: 1 },
            Operator::I32Const { value: 2 },
            Operator::Call { function_index: 0 },
            Operator::Drop,
            Operator::End,
        ];
        assert_eq!(words(&code, 0), Ok(3 + 4));
    }

    #[test]
    fn too_many_values_are_rejected() {
        let code = vec![Operator::I32Const { value: 1 }; 4_097];
        assert_eq!(words(&code, 0), Err(4_097 + 4));
        assert!(words(&code[1..], 0).is_ok());
        assert_eq!(words(&code[1..], 6_141), Err(4_096 + 6_141 + 4));
    }
}
