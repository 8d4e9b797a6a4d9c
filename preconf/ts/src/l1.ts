// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  type Hex,
  type PublicClient,
  decodeFunctionData,
  encodeFunctionData,
  parseAbi,
  parseAbiItem,
} from 'viem'
import { clusterIdOf } from './check.js'
import type { Domain } from './commitment.js'

/** A window by the oracle: the slot that names it, whose it is (0: nobody's), whether by fallback. */
export interface Window {
  windowSlot: bigint
  operatorId: number
  fallback: boolean
}

/** An operator by its committer. */
export interface Committer {
  operatorId: number
  /** the operator's committer in the window asked for (protocol §1.1.4) */
  windowCommitter: Address
  /** as things stand */
  stakeWei: bigint
  frozen: boolean
}

/** A batch as its call data declares it. */
export interface Posting {
  /** number of the L1 block that has it */
  l1Block: bigint
  /** the blob transaction */
  l1TxHash: Hex
  /** the last tick of all its ranges, own and carried; -1 when it has none */
  lastTick: bigint
  /** hash of each rollup's last block */
  lastBlocks: ReadonlyMap<bigint, Hex>
}

/** What a check asks of an L1 that its caller trusts. A rejected promise: L1 does not answer. */
export interface L1Access {
  /** The oracle: the window of an L1 slot; undefined while an epoch that it needs is not synced, or no longer kept. */
  window(slot: bigint): Promise<Window | undefined>
  /** The registry: whose committer this is or was; undefined when it is nobody's. */
  committer(committer: Address, windowSlot: bigint): Promise<Committer | undefined>
  /** The inbox: its batches in canonical L1 blocks from `fromBlock` on, in order. */
  postings(fromBlock: bigint): AsyncIterable<Posting>
  /** The inbox: whether an open block landed in this window, in canonical L1 blocks from `fromBlock` on. */
  hasOpenBlock(windowSlot: bigint, fromBlock: bigint): Promise<boolean>
  /** The hash of a canonical L1 block; undefined when L1 is not so far. */
  blockHash(number: bigint): Promise<Hex | undefined>
}

/** What a verifier must know of a cluster. */
export interface Cluster {
  domain: Domain
  /** names the inbox in everything signed */
  clusterId: Hex
  /** seconds, as inbox and oracle hold them */
  tickSeconds: bigint
  handoverLeadSeconds: bigint
  slotSeconds: bigint
}

const INBOX = parseAbi([
  'struct Carried { uint64 windowSlot; uint32 operatorId; uint64 firstTick; uint64 lastTick; }',
  'struct RollupPart { uint64 rollupId; bytes32 lastBlockHash; uint32 offset; uint32 length; }',
  'struct Batch { bytes32[] expected; uint64 windowSlot; Carried[] carried; uint64 firstTick; uint64 lastTick; uint64 anchorNumber; bytes32 anchorHash; uint64 msgTo; bytes32 headersRoot; RollupPart[] rollups; uint8 blobCount; }',
  'function propose(Batch batch)',
  'function registry() view returns (address)',
  'function oracle() view returns (address)',
  'function tickSeconds() view returns (uint64)',
  'function handoverLeadSeconds() view returns (uint64)',
])
const BATCH_PROPOSED = parseAbiItem(
  'event BatchProposed(uint64 indexed batchIndex, uint32 indexed operatorId, uint64 windowSlot, bytes32 batchHash, bytes32 declaredHead, bytes32[] blobHashes, address[] committers)',
)
const OPEN_BLOCK_PROPOSED = parseAbiItem(
  'event OpenBlockProposed(uint64 indexed batchIndex, uint64 windowSlot, uint64 tick, bytes32 batchHash)',
)
const ORACLE = parseAbi([
  'error LookaheadMissing(uint64 epoch)',
  'function windowOf(uint64 slot) view returns (uint64 windowSlot, uint32 operatorId, bool isFallback)',
  'function slotSeconds() view returns (uint64)',
  'function slotsPerEpoch() view returns (uint64)',
])
const REGISTRY = parseAbi([
  'struct Operator { address owner; address[2] posters; address committer; uint256 stakeWei; uint64 registeredAt; uint64 frozenAt; uint64 exitedAt; bool withdrawn; }',
  'function operatorOfCommitter(address committer) view returns (uint32)',
  'function operator(uint32 operatorId) view returns (Operator)',
  'function keysAt(uint32 operatorId, uint64 epoch) view returns (address[2] posters, address committer)',
])

const LOG_RANGE_BLOCKS = 5_000n
const UINT63 = (1n << 63n) - 1n
const INT31 = (1 << 30) * 2 - 1
const MAX_EXPECTED = 16
const MAX_PARTS = 64

const lower = <T extends string>(text: T): T => text.toLowerCase() as T

/** A batch's call data; undefined for anything but its canonical encoding within its bounds, which derives to nothing. */
function readBatch(input: Hex): Pick<Posting, 'lastTick' | 'lastBlocks'> | undefined {
  let batch
  try {
    const decoded = decodeFunctionData({ abi: INBOX, data: input })
    if (decoded.functionName !== 'propose') return undefined
    batch = decoded.args[0]
    const again = encodeFunctionData({ abi: INBOX, functionName: 'propose', args: [batch] })
    if (again !== lower(input)) return undefined
  } catch {
    return undefined
  }
  const longs = [
    batch.windowSlot,
    batch.firstTick,
    batch.lastTick,
    batch.anchorNumber,
    batch.msgTo,
    ...batch.carried.flatMap(run => [run.windowSlot, run.firstTick, run.lastTick]),
    ...batch.rollups.map(part => part.rollupId),
  ]
  const ints = [...batch.carried.map(run => run.operatorId), ...batch.rollups.flatMap(part => [part.offset, part.length])]
  const tooMany =
    batch.expected.length > MAX_EXPECTED || batch.carried.length > MAX_PARTS || batch.rollups.length > MAX_PARTS
  if (tooMany || longs.some(value => value > UINT63) || ints.some(value => value > INT31)) return undefined
  const ends = batch.carried.map(run => run.lastTick)
  if (batch.firstTick <= batch.lastTick) ends.push(batch.lastTick)
  const lastBlocks = new Map<bigint, Hex>()
  for (const part of batch.rollups) {
    if (!lastBlocks.has(part.rollupId)) lastBlocks.set(part.rollupId, lower(part.lastBlockHash))
  }
  return { lastTick: ends.reduce((last, tick) => (tick > last ? tick : last), -1n), lastBlocks }
}

/** The contract's error in a failure. By name: the caller's client may be of another copy of viem, with classes of its own. */
function revertOf(error: unknown): string | undefined {
  for (let e = error, depth = 0; e instanceof Error && depth < 8; e = e.cause, depth++) {
    const { name, data } = e as Error & { data?: { errorName?: string } }
    if (name === 'ContractFunctionRevertedError') return data?.errorName
  }
  return undefined
}

/**
 * A cluster by the address of its inbox, and the answers of its contracts.
 *
 * @param client of an L1 node that you trust
 * @param deploymentBlock the L1 block from which batches are looked for
 */
export async function clusterOnL1(
  client: PublicClient,
  inbox: Address,
  deploymentBlock = 0n,
): Promise<{ cluster: Cluster; l1: L1Access }> {
  const at = { address: inbox, abi: INBOX } as const
  const [chainId, registry, oracle, tickSeconds, handoverLeadSeconds] = await Promise.all([
    client.getChainId(),
    client.readContract({ ...at, functionName: 'registry' }),
    client.readContract({ ...at, functionName: 'oracle' }),
    client.readContract({ ...at, functionName: 'tickSeconds' }),
    client.readContract({ ...at, functionName: 'handoverLeadSeconds' }),
  ])
  const slots = { address: oracle, abi: ORACLE } as const
  const operators = { address: registry, abi: REGISTRY } as const
  const [slotSeconds, slotsPerEpoch] = await Promise.all([
    client.readContract({ ...slots, functionName: 'slotSeconds' }),
    client.readContract({ ...slots, functionName: 'slotsPerEpoch' }),
  ])
  const l1ChainId = BigInt(chainId)

  async function window(slot: bigint): Promise<Window | undefined> {
    try {
      const [windowSlot, operatorId, fallback] = await client.readContract({
        ...slots,
        functionName: 'windowOf',
        args: [slot],
      })
      return { windowSlot, operatorId, fallback }
    } catch (e) {
      if (revertOf(e) === 'LookaheadMissing') return undefined
      throw e
    }
  }

  async function committer(address: Address, windowSlot: bigint): Promise<Committer | undefined> {
    const operatorId = await client.readContract({ ...operators, functionName: 'operatorOfCommitter', args: [address] })
    if (operatorId === 0) return undefined
    const [operator, keys] = await Promise.all([
      client.readContract({ ...operators, functionName: 'operator', args: [operatorId] }),
      client.readContract({ ...operators, functionName: 'keysAt', args: [operatorId, windowSlot / slotsPerEpoch] }),
    ])
    return {
      operatorId,
      windowCommitter: lower(keys[1]),
      stakeWei: operator.stakeWei,
      frozen: operator.frozenAt !== 0n,
    }
  }

  /** Ranges of blocks, each small enough for a node to search. */
  async function* ranges(fromBlock: bigint): AsyncIterable<{ fromBlock: bigint; toBlock: bigint }> {
    const head = await client.getBlockNumber({ cacheTime: 0 })
    for (let from = fromBlock > deploymentBlock ? fromBlock : deploymentBlock; from <= head; from += LOG_RANGE_BLOCKS) {
      const last = from + LOG_RANGE_BLOCKS - 1n
      yield { fromBlock: from, toBlock: last < head ? last : head }
    }
  }

  async function* postings(fromBlock: bigint): AsyncIterable<Posting> {
    for await (const range of ranges(fromBlock)) {
      for (const log of await client.getLogs({ address: inbox, event: BATCH_PROPOSED, ...range })) {
        const tx = await client.getTransaction({ hash: log.transactionHash })
        const batch = readBatch(tx.input)
        if (batch !== undefined) yield { l1Block: log.blockNumber, l1TxHash: log.transactionHash, ...batch }
      }
    }
  }

  async function hasOpenBlock(windowSlot: bigint, fromBlock: bigint): Promise<boolean> {
    for await (const range of ranges(fromBlock)) {
      const logs = await client.getLogs({ address: inbox, event: OPEN_BLOCK_PROPOSED, strict: true, ...range })
      if (logs.some(log => log.args.windowSlot === windowSlot)) return true
    }
    return false
  }

  async function blockHash(number: bigint): Promise<Hex | undefined> {
    try {
      return lower((await client.getBlock({ blockNumber: number })).hash)
    } catch (e) {
      if (e instanceof Error && e.name === 'BlockNotFoundError') return undefined
      throw e
    }
  }

  return {
    cluster: {
      domain: { l1ChainId, registry: lower(registry) },
      clusterId: clusterIdOf(l1ChainId, inbox),
      tickSeconds,
      handoverLeadSeconds,
      slotSeconds,
    },
    l1: { window, committer, postings, hasOpenBlock, blockHash },
  }
}
