// SPDX-License-Identifier: Apache-2.0
import { type Hex, bytesToHex, hexToBytes, keccak256, toRlp } from 'viem'

type Node = Hex | Node[]
interface Entry {
  nibbles: number[]
  value: Hex
}

function nibblesOf(key: Uint8Array): number[] {
  return Array.from(key).flatMap(octet => [octet >> 4, octet & 15])
}

/** Hex-prefix encoding (yellow paper, appendix C). */
function compact(nibbles: number[], leaf: boolean): Hex {
  const flag = leaf ? 2 : 0
  const all = nibbles.length % 2 === 1 ? [flag + 1, ...nibbles] : [flag, 0, ...nibbles]
  return bytesToHex(Uint8Array.from({ length: all.length / 2 }, (_, i) => (all[2 * i]! << 4) | all[2 * i + 1]!))
}

/** What stands for a node in the one above it: the node itself when it is short. */
function reference(node: Node): Node {
  const encoded = toRlp(node as Hex[])
  return encoded.length < 2 + 64 ? node : keccak256(encoded)
}

/** The node above entries that share `depth` nibbles; keys are no beginnings of others. */
function nodeOf(entries: Entry[], depth: number): Node {
  const first = entries[0]!
  if (entries.length === 1) return [compact(first.nibbles.slice(depth), true), first.value]
  let shared = depth
  while (entries.every(entry => entry.nibbles[shared] === first.nibbles[shared])) shared++
  if (shared > depth) {
    return [compact(first.nibbles.slice(depth, shared), false), reference(nodeOf(entries, shared))]
  }
  const branch: Node[] = []
  for (let nibble = 0; nibble < 16; nibble++) {
    const below = entries.filter(entry => entry.nibbles[depth] === nibble)
    branch.push(below.length === 0 ? '0x' : reference(nodeOf(below, depth + 1)))
  }
  branch.push('0x')
  return branch
}

/** Root of the Merkle-Patricia trie from rlp(index) to each item (yellow paper, appendix D). */
export function orderedRoot(items: Hex[]): Hex {
  if (items.length === 0) return keccak256('0x80')
  const entries = items.map((value, index) => {
    const digits = index.toString(16)
    const number: Hex = index === 0 ? '0x' : `0x${digits.length % 2 === 1 ? '0' : ''}${digits}`
    return { nibbles: nibblesOf(hexToBytes(toRlp(number))), value }
  })
  return keccak256(toRlp(nodeOf(entries, 0) as Hex[]))
}
