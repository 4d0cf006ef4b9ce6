//! Ink of WebAssembly instructions (Nitro `crates/prover/src/programs/meter.rs`: `pricing_v1`,
//! and `config.rs`: `ink_header_cost`, `memory_fill_ink`, `memory_copy_ink`).

use super::Ink;
use wasmparser::Operator;

/// The check of the ink left, at the start of each basic block.
pub const BLOCK_CHECK: Ink = Ink(2_450);
/// Each byte of `memory.copy` or `memory.fill`, in addition to the instruction.
pub const BULK_BYTE: Ink = Ink(100);

/// Whether a basic block ends **with** this instruction.
pub fn ends_block(op: &Operator) -> bool {
    use Operator::*;
    matches!(
        op,
        End | Else
            | Return
            | Loop { .. }
            | Br { .. }
            | BrTable { .. }
            | BrIf { .. }
            | If { .. }
            | Call { .. }
            | CallIndirect { .. }
    )
}

/// A price that no run can pay: programs can hold instructions that move floats, but never execute them.
const UNAFFORDABLE: u64 = u64::MAX;

/// The ink of one instruction; `None` if it is not allowed (float arithmetic, SIMD, references, …).
/// `parameters` returns the number of parameters of a type index.
pub fn ink(op: &Operator, parameters: impl Fn(u32) -> u64) -> Option<Ink> {
    use Operator::*;
    let ink = match op {
        Unreachable | Return | Nop | Else | End => 1,
        I32Const { .. } | I64Const { .. } | Block { .. } | Loop { .. } => 1,
        Drop => 9,
        Br { .. } | BrIf { .. } | If { .. } => 765,
        BrTable { targets } => 2_400 + 325 * u64::from(targets.len()),
        Select => 1_250,
        Call { .. } => 3_800,
        CallIndirect { type_index, .. } => 13_610 + 650 * parameters(*type_index),
        LocalGet { .. } | LocalTee { .. } => 75,
        LocalSet { .. } => 210,
        GlobalGet { .. } => 225,
        GlobalSet { .. } => 575,
        MemorySize { .. } => 3_000,
        MemoryGrow { .. } => 8_050,
        MemoryCopy { .. } | MemoryFill { .. } => 950,
        F32Const { .. }
        | F64Const { .. }
        | F32Load { .. }
        | F64Load { .. }
        | F32Store { .. }
        | F64Store { .. } => UNAFFORDABLE,
        I32ReinterpretF32 | I64ReinterpretF64 | F32ReinterpretI32 | F64ReinterpretI64 => UNAFFORDABLE,
        _ => return access(op).or_else(|| arithmetic(op)).map(Ink),
    };
    Some(Ink(ink))
}

fn access(op: &Operator) -> Option<u64> {
    use Operator::*;
    Some(match op {
        I32Load { .. } | I32Load8S { .. } | I32Load8U { .. } | I32Load16S { .. } | I32Load16U { .. } => 670,
        I64Load { .. }
        | I64Load8S { .. }
        | I64Load8U { .. }
        | I64Load16S { .. }
        | I64Load16U { .. }
        | I64Load32S { .. }
        | I64Load32U { .. } => 680,
        I32Store { .. } | I32Store8 { .. } | I32Store16 { .. } => 825,
        I64Store { .. } | I64Store8 { .. } | I64Store16 { .. } | I64Store32 { .. } => 950,
        _ => return None,
    })
}

#[rustfmt::skip]
fn arithmetic(op: &Operator) -> Option<u64> {
    use Operator::*;
    Some(match op {
        I32Eqz | I32Eq | I32Ne | I32LtS | I32LtU | I32GtS | I32GtU | I32LeS | I32LeU | I32GeS | I32GeU => 170,
        I64Eqz | I64Eq | I64Ne | I64LtS | I64LtU | I64GtS | I64GtU | I64LeS | I64LeU | I64GeS | I64GeU => 225,
        I32Add | I32Sub | I32And | I32Or | I32Xor | I32Shl | I32ShrS | I32ShrU | I32Rotl | I32Rotr => 70,
        I64Add | I64Sub | I64And | I64Or | I64Xor | I64Shl | I64ShrS | I64ShrU | I64Rotl | I64Rotr => 100,
        I32Clz | I32Ctz | I64Clz | I64Ctz => 210,
        I32Mul | I64Mul => 160,
        I32DivS | I32DivU | I32RemS | I32RemU => 1_120,
        I64DivS | I64DivU | I64RemS | I64RemU => 1_270,
        I32Popcnt => 2_650,
        I64Popcnt => 6_000,
        I32WrapI64 | I64ExtendI32S | I64ExtendI32U => 100,
        I32Extend8S | I32Extend16S | I64Extend8S | I64Extend16S | I64Extend32S => 100,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmparser::{BlockType, MemArg, MemArgTarget};

    const MEMORY: MemArg =
        MemArg { align: 0, max_align: 0, offset: 0, target: MemArgTarget::Memory(0), ordering: None };

    #[test]
    fn one_of_each_class_has_its_price() {
        let table = [
            (Operator::Nop, 1),
            (Operator::Block { blockty: BlockType::Empty }, 1),
            (Operator::Drop, 9),
            (Operator::If { blockty: BlockType::Empty }, 765),
            (Operator::Select, 1_250),
            (Operator::Call { function_index: 0 }, 3_800),
            (Operator::CallIndirect { type_index: 3, table_index: 0 }, 13_610 + 3 * 650),
            (Operator::LocalTee { local_index: 0 }, 75),
            (Operator::LocalSet { local_index: 0 }, 210),
            (Operator::GlobalGet { global_index: 0 }, 225),
            (Operator::GlobalSet { global_index: 0 }, 575),
            (Operator::I32Load8U { memarg: MEMORY }, 670),
            (Operator::I64Load32S { memarg: MEMORY }, 680),
            (Operator::I32Store16 { memarg: MEMORY }, 825),
            (Operator::I64Store { memarg: MEMORY }, 950),
            (Operator::MemorySize { mem: 0 }, 3_000),
            (Operator::MemoryGrow { mem: 0 }, 8_050),
            (Operator::MemoryFill { mem: 0 }, 950),
            (Operator::I32LeU, 170),
            (Operator::I64Eqz, 225),
            (Operator::I64Ctz, 210),
            (Operator::I32Rotr, 70),
            (Operator::I64ShrU, 100),
            (Operator::I64Mul, 160),
            (Operator::I32RemU, 1_120),
            (Operator::I64DivS, 1_270),
            (Operator::I32Popcnt, 2_650),
            (Operator::I64Popcnt, 6_000),
            (Operator::I64Extend32S, 100),
        ];
        for (op, expected) in table {
            assert_eq!(ink(&op, u64::from), Some(Ink(expected)), "{op:?}");
        }
    }

    #[test]
    fn float_arithmetic_and_table_instructions_have_no_price() {
        for op in [Operator::F32Add, Operator::F64Neg, Operator::TableSize { table: 0 }] {
            assert_eq!(ink(&op, |_| 0), None, "{op:?}");
        }
    }
}
