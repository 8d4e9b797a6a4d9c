// SPDX-License-Identifier: Apache-2.0
import { type Address, type Hex, hexToBigInt, keccak256, parseTransaction, recoverTransactionAddress, toRlp } from 'viem'
import type { BlockSource } from './blocks.js'
import { FormatError } from './commitment.js'
import { type Rlp, type StateProof, decoded, provenNonce, provenWord } from './proof.js'
import type { Held, Inclusion, Placed, StateLock } from './promise.js'
import { orderedRoot } from './trie.js'

/** Blocks between a batch's last one and the one that is looked for: a batch has at most 512. */
const MAX_HEADERS = 1024

/** Headers below a hash that L1 holds. */
export interface PostedHeaders {
  /** the hash that a batch declares */
  lastHash: Hex
  /** in RLP, from that block down to the one in question */
  headers: Hex[]
}

/** A block below a hash that L1 holds. */
export interface PostedBlock extends PostedHeaders {
  /** this block in RLP */
  block: Hex
  /** this block's, in consensus encoding */
  receipts: Hex[]
}

/** A piece of the state after a block below a hash that L1 holds. */
export interface PostedState extends PostedHeaders {
  proof: StateProof
}

/** What stands below a hash that L1 holds, in the bytes that lead to it. */
export type Posted = PostedHeaders | PostedBlock | PostedState

type Place = Pick<Placed, 'number' | 'txIdx' | 'txHash' | 'receiptHash'>

interface Header {
  parentHash: Hex
  stateRoot: Hex
  transactionsRoot: Hex
  receiptsRoot: Hex
  number: bigint
  extraData: Hex
}

function item(list: Rlp, index: number, lengthBytes?: number): Hex {
  const found = Array.isArray(list) ? (list as readonly Rlp[])[index] : undefined
  if (typeof found !== 'string' || (lengthBytes !== undefined && found.length !== 2 + 2 * lengthBytes)) {
    throw new FormatError(`field ${index} of a header is not what it must be`)
  }
  return found
}

function readHeader(raw: Hex, hash: Hex): Header {
  const found = keccak256(raw)
  if (found !== hash) throw new FormatError(`header ${found} for ${hash}`)
  const list = decoded(raw)
  const number = item(list, 8)
  return {
    parentHash: item(list, 0, 32),
    stateRoot: item(list, 3, 32),
    transactionsRoot: item(list, 4, 32),
    receiptsRoot: item(list, 5, 32),
    number: number === '0x' ? 0n : hexToBigInt(number),
    extraData: item(list, 12),
  }
}

/** The tick of a header, and how many transactions derivation inserted (protocol §2.1.2). */
function markOf(header: Header): { tick: bigint; forced: bigint } {
  if (header.number === 0n) return { tick: 0n, forced: 0n }
  const found = /^0x02[0-9a-f]{8}([0-7][0-9a-f]{15})([0-9a-f]{2})$/.exec(header.extraData)
  if (found === null) throw new FormatError(`block ${header.number} names no tick`)
  return { tick: BigInt(`0x${found[1]}`), forced: BigInt(`0x${found[2]}`) }
}

/** A block's transactions, which must be those of its header, as the trie holds them. */
function body(header: Header, block: Hex): Hex[] {
  const txs = transactions(block)
  if (orderedRoot(txs) !== header.transactionsRoot) {
    throw new FormatError(`transactions that do not lead to the root of block ${header.number}`)
  }
  return txs
}

/** Old transactions stand as lists in the block. */
function transactions(block: Hex): Hex[] {
  const whole = decoded(block)
  const list = Array.isArray(whole) ? (whole as readonly Rlp[])[1] : undefined
  if (!Array.isArray(list)) throw new FormatError('a block without transactions')
  return (list as readonly Rlp[]).map(tx => (typeof tx === 'string' ? tx : toRlp(tx as Hex[])))
}

/** Hash of the block in question. */
export function hashOf(posted: Posted): Hex {
  const last = posted.headers.at(-1)
  return last === undefined || posted.headers.length === 1 ? posted.lastHash : keccak256(last)
}

/** Reads headers, each of which must be the one before's parent, and the first the batch's last. */
function chain(posted: PostedHeaders): { lowest: Header; above: Header | undefined } {
  let lowest: Header | undefined
  let above: Header | undefined
  for (const raw of posted.headers) {
    above = lowest
    lowest = readHeader(raw, lowest === undefined ? posted.lastHash : lowest.parentHash)
  }
  if (lowest === undefined) throw new FormatError('no headers')
  return { lowest, above }
}

/**
 * In what something posted differs from what was promised; undefined when in nothing.
 *
 * @throws FormatError when these bytes do not belong together, or tell nothing about it
 */
export function difference(posted: Posted, held: Held): string | undefined {
  if ('proof' in posted) {
    if ('said' in held && held.said.form === 'inclusion') return unused(posted, held.said)
    if ('said' in held && held.said.form === 'lock') return otherWord(posted, held.said)
    throw new FormatError('a state tells nothing about it')
  }
  if (!('block' in posted)) return late(posted, held)
  if (!('said' in held)) return otherPlace(posted, held.leaf)
  const { said } = held
  if (said.form !== 'execution' && said.form !== 'top') throw new FormatError('a block tells nothing about it')
  return otherPlace(posted, said) ?? (said.form === 'top' ? notTop(posted, said) : undefined)
}

function late(posted: PostedHeaders, held: Held): string | undefined {
  if (!('said' in held) || held.said.form === 'inclusion') throw new FormatError('headers tell nothing about it')
  const { number } = held.said
  const { lowest } = chain(posted)
  const deadline = held.signed.message['deadlineTick'] as bigint
  const { tick } = markOf(lowest)
  if (lowest.number > number || (lowest.number < number && posted.headers.length > 1)) {
    throw new FormatError(`the headers do not lead to block ${number}`)
  }
  if (lowest.number < number) {
    return tick < deadline
      ? undefined
      : `block ${lowest.number} is of tick ${tick}, so that block ${number} comes after tick ${deadline}`
  }
  if (tick > deadline) return `block ${number} is of tick ${tick}, after tick ${deadline}`
  return held.said.form === 'lock' && lowest.parentHash !== held.said.parentHash
    ? `block ${number} stands on ${lowest.parentHash}`
    : undefined
}

function otherPlace(posted: PostedBlock, place: Place): string | undefined {
  const header = chain(posted).lowest
  if (header.number !== place.number) throw new FormatError(`the headers do not lead to block ${place.number}`)
  const txs = body(header, posted.block)
  if (orderedRoot(posted.receipts) !== header.receiptsRoot || posted.receipts.length !== txs.length) {
    throw new FormatError(`receipts that do not lead to the root of block ${hashOf(posted)}`)
  }
  if (place.txIdx >= BigInt(txs.length)) return `block ${place.number} has ${txs.length} transactions`
  const index = Number(place.txIdx)
  const found = keccak256(txs[index]!)
  if (found !== place.txHash) return `at index ${index} of block ${place.number} stands ${found}`
  const receiptHash = keccak256(posted.receipts[index]!)
  return receiptHash === place.receiptHash ? undefined : `the receipt is another one, ${receiptHash}`
}

/** The system transaction stands first, then what derivation inserts (protocol §4.3). */
function notTop(posted: PostedBlock, place: Place): string | undefined {
  const first = 1n + markOf(chain(posted).lowest).forced
  return place.txIdx === first
    ? undefined
    : `index ${place.txIdx} is not the top of block ${place.number}, ${first} is`
}

function unused(posted: PostedState, said: Inclusion): string | undefined {
  const { lowest, above } = chain(posted)
  const { tick } = markOf(lowest)
  const isLast =
    above === undefined ? tick === said.lastTick : tick <= said.lastTick && markOf(above).tick > said.lastTick
  if (!isLast) throw new FormatError(`block ${lowest.number} is not the last until tick ${said.lastTick}`)
  const nonce = provenNonce(lowest.stateRoot, said.sender, posted.proof)
  return nonce > said.nonce
    ? undefined
    : `after block ${lowest.number}, the last until tick ${said.lastTick}, the next nonce of ${said.sender} is ${nonce}`
}

function otherWord(posted: PostedState, said: StateLock): string | undefined {
  const header = chain(posted).lowest
  if (header.number !== said.number - 1n || hashOf(posted) !== said.parentHash) {
    throw new FormatError(`the headers do not lead to the block below ${said.number}`)
  }
  const value = provenWord(header.stateRoot, said.account, said.slot, posted.proof)
  return value === said.value
    ? undefined
    : `below block ${said.number} word ${said.slot} of ${said.account} is ${value}`
}

/** Walks down a source's headers from a hash that L1 holds. */
export class Descent {
  readonly #blocks: BlockSource
  readonly #last: Hex
  readonly #headers: Hex[]
  #header: Header
  #hash: Hex

  private constructor(blocks: BlockSource, last: Hex, newest: Hex) {
    this.#blocks = blocks
    this.#last = last
    this.#headers = [newest]
    this.#header = readHeader(newest, last)
    this.#hash = last
  }

  /**
   * At a batch's last block; undefined when the source does not know it.
   *
   * @throws FormatError when the source shows something else, as everywhere here
   */
  static async from(blocks: BlockSource, last: Hex): Promise<Descent | undefined> {
    const newest = await blocks.header(last)
    return newest === undefined ? undefined : new Descent(blocks, last, newest)
  }

  get number(): bigint {
    return this.#header.number
  }

  get tick(): bigint {
    return markOf(this.#header).tick
  }

  get hash(): Hex {
    return this.#hash
  }

  get headers(): PostedHeaders {
    return { lastHash: this.#last, headers: [...this.#headers] }
  }

  /** To the parent; throws when the source, which knows the batch's last block, lacks it. */
  async down(): Promise<void> {
    const hash = this.#header.parentHash
    const raw = await this.#blocks.header(hash)
    if (raw === undefined || this.#headers.length === MAX_HEADERS) throw new Error(`the node lacks block ${hash}`)
    this.#header = readHeader(raw, hash)
    this.#hash = hash
    this.#headers.push(raw)
  }

  async downTo(number: bigint): Promise<void> {
    while (this.#header.number > number) await this.down()
  }

  /** The whole block where this stands. */
  async block(): Promise<PostedBlock> {
    const [block, receipts] = await Promise.all([this.#blocks.block(this.#hash), this.#blocks.receipts(this.#hash)])
    if (block === undefined || receipts === undefined) {
      throw new Error(`the node has the header but not the block ${this.#hash}`)
    }
    return { ...this.headers, block, receipts }
  }

  /** A piece of the state after the block where this stands; undefined when it is not kept. */
  async state(account: Address, slot: Hex | undefined): Promise<PostedState | undefined> {
    const proof = await this.#blocks.proof(this.#hash, account, slot)
    return proof === undefined ? undefined : { ...this.headers, proof }
  }

  /** The account's nonce after the block where this stands. */
  nonce(account: Address, state: PostedState): bigint {
    return provenNonce(this.#header.stateRoot, account, state.proof)
  }

  /** Whether the promised transaction stands where the source says; goes there. */
  async isInBlock(said: Inclusion): Promise<boolean> {
    const number = await this.#blocks.blockOf(said.txHash)
    if (number === undefined || number > this.number) return false
    await this.downTo(number)
    const block = await this.#blocks.block(this.#hash)
    if (block === undefined) return false
    const raw = body(this.#header, block).find(tx => keccak256(tx) === said.txHash)
    if (raw === undefined) return false
    const sender = await recoverTransactionAddress({ serializedTransaction: raw as `0x02${string}` })
    return BigInt(parseTransaction(raw).nonce ?? 0) === said.nonce && sender.toLowerCase() === said.sender
  }
}
