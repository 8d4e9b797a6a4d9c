// SPDX-License-Identifier: Apache-2.0
/**
 * The block form: translates code, once, from stack opcodes into three-address instructions that
 * the EVM's register loop runs. Pushes, copies, swaps and pops vanish into operands, operations on
 * constants are done here, jumps to constants are resolved. Knows code and a fork's table of
 * opcodes, nothing of frames and state; a translator belongs to one thread, a program to any.
 *
 * <p>The way of the data: {@code Translator} cuts code into blocks; {@code BlockForm} runs a block
 * symbolically and holds what it computes as values and operations; {@code BlockReader} feeds it
 * opcodes; {@code BlockWriter} gives each value a place and writes instructions; {@code Program} is
 * the result.
 *
 * <p>A block is a header of {@link io.lockstep.execution.evm.register.Program#HEADER_INTS} ints
 * (gas that is paid on entry, heights of stack at which it may be entered, its place in the code)
 * and instructions of two ints or three: {@code r << 20 | a << 8 | code}, then {@code b}, where a,
 * b and r are places in limbs relative to the stack's top at the block's entry, or b is a constant.
 * A block ends before a JUMPDEST, after a jump or halt, after whatever looks at gas or leaves the
 * frame, and after 64 opcodes. Nothing inside it can tell whether gas was paid at its entry or step
 * by step, and what can fail for another reason than gas stands at its end; so the loop does what
 * the plain engine does whenever the gas suffices, and hands the frame to the plain engine,
 * unchanged, at the beginning of the first block for which it does not.
 */
package io.lockstep.execution.evm.register;
