// SPDX-License-Identifier: Apache-2.0
import { type Address, type Hex, fromRlp, hexToBigInt, keccak256 } from 'viem'
import { FormatError } from './commitment.js'

/** What RLP decodes to. */
export type Rlp = Hex | readonly Rlp[]

/** Trie nodes that show an account, and a word of its storage, below a state root (EIP-1186). */
export interface StateProof {
  /** encoded nodes from the state root on */
  account: Hex[]
  /** encoded nodes from the account's storage root on; none when no word was asked for */
  storage: Hex[]
}

const EMPTY_TRIE_ROOT = keccak256('0x80')

/** A path has 64 nibbles and a root: more nodes prove nothing. */
const MAX_NODES = 65
const BRANCH_ITEMS = 17

export function decoded(raw: Hex): Rlp {
  try {
    return fromRlp(raw, 'hex') as Rlp
  } catch (e) {
    throw new FormatError(`not RLP: ${e instanceof Error ? e.message : String(e)}`)
  }
}

function text(item: Rlp | undefined): Hex {
  if (typeof item !== 'string') throw new FormatError('a trie node is not what it must be')
  return item
}

function integer(item: Rlp | undefined): bigint {
  const octets = text(item)
  if (octets.startsWith('0x00')) throw new FormatError('integer with a leading zero')
  return octets === '0x' ? 0n : hexToBigInt(octets)
}

function nibblesOf(octets: Hex): number[] {
  return Array.from(octets.slice(2), digit => parseInt(digit, 16))
}

/**
 * The value that a Merkle-Patricia proof shows at `key` under `root`, undefined when it shows that
 * there is none.
 *
 * @param key as it stands in the trie: hashed, for accounts and storage
 * @param proof encoded nodes in the order of the path, root first; none of the empty trie
 * @throws FormatError when the proof is wrong, incomplete or holds more than it needs
 */
export function provenValue(root: Hex, key: Hex, proof: Hex[]): Hex | undefined {
  if (proof.length > MAX_NODES) throw new FormatError(`a proof of ${proof.length} nodes, limit ${MAX_NODES}`)
  const way = nibblesOf(key)
  let used = 0
  let depth = 0
  const node = (hash: Hex): Rlp => {
    const raw = proof[used]
    if (raw === undefined || keccak256(raw) !== hash) throw new FormatError(`the proof lacks node ${hash}`)
    used++
    return decoded(raw)
  }
  const walk = (): Hex | undefined => {
    let at = node(root)
    for (;;) {
      const items: readonly Rlp[] = typeof at === 'string' ? [] : at
      let below: Rlp | undefined
      if (items.length === BRANCH_ITEMS) {
        if (depth === way.length) return content(items[BRANCH_ITEMS - 1])
        below = items[way[depth++]!]
      } else if (items.length === 2) {
        const path = nibblesOf(text(items[0]))
        const flags = path[0] ?? -1
        if (flags < 0 || flags > 3 || (flags % 2 === 0 && path[1] !== 0)) {
          throw new FormatError('a trie node with a path that is none')
        }
        for (const nibble of path.slice(flags % 2 === 0 ? 2 : 1)) {
          if (way[depth] !== nibble) return undefined
          depth++
        }
        if (flags >= 2) return depth === way.length ? content(items[1]) : undefined
        below = items[1]
      } else {
        throw new FormatError(`a trie node of ${items.length} items`)
      }
      // A short node stands in the one above it, any other one's hash does.
      if (typeof below !== 'string') {
        at = below ?? []
      } else if (below === '0x') {
        return undefined
      } else {
        at = node(below)
      }
    }
  }
  const value = root === EMPTY_TRIE_ROOT ? undefined : walk()
  if (used !== proof.length) {
    throw new FormatError(`the proof has ${proof.length} nodes of which the path needs ${used}`)
  }
  return value
}

function content(item: Rlp | undefined): Hex | undefined {
  const value = text(item)
  return value === '0x' ? undefined : value
}

function accountOf(stateRoot: Hex, address: Address, proof: StateProof): { nonce: bigint; storageRoot: Hex } {
  const value = provenValue(stateRoot, keccak256(address), proof.account)
  if (value === undefined) return { nonce: 0n, storageRoot: EMPTY_TRIE_ROOT }
  const fields = decoded(value)
  if (typeof fields === 'string' || fields.length !== 4) throw new FormatError('an account that is none')
  const storageRoot = text(fields[2])
  return { nonce: integer(fields[0]), storageRoot }
}

/** An account's nonce; 0 of one that does not exist. */
export function provenNonce(stateRoot: Hex, address: Address, proof: StateProof): bigint {
  return accountOf(stateRoot, address, proof).nonce
}

/** A word of an account's storage; zero where nothing was ever written. */
export function provenWord(stateRoot: Hex, address: Address, slot: Hex, proof: StateProof): Hex {
  const { storageRoot } = accountOf(stateRoot, address, proof)
  const value = provenValue(storageRoot, keccak256(slot), proof.storage)
  const word = value === undefined ? 0n : integer(decoded(value))
  return `0x${word.toString(16).padStart(64, '0')}`
}
