// SPDX-License-Identifier: Apache-2.0
import type { Address, Hex } from 'viem'
import { FormatError } from './commitment.js'
import type { StateProof } from './proof.js'

/**
 * Shows blocks and states of one rollup, and is not trusted: what it shows is held against hashes
 * that L1 holds. `undefined`: it does not know the block. A rejected promise: it does not answer.
 */
export interface BlockSource {
  /** A header in RLP (`debug_getRawHeader`). */
  header(blockHash: Hex): Promise<Hex | undefined>
  /** A whole block in RLP (`debug_getRawBlock`). */
  block(blockHash: Hex): Promise<Hex | undefined>
  /** The block's receipts in consensus encoding, in order (`debug_getRawReceipts`). */
  receipts(blockHash: Hex): Promise<Hex[] | undefined>
  /**
   * An account, and if asked for a word of its storage, in the state after a block
   * (`eth_getProof`); undefined when it does not keep that state.
   */
  proof(blockHash: Hex, account: Address, slot: Hex | undefined): Promise<StateProof | undefined>
  /** Number of the block that has a transaction (`eth_getTransactionByHash`): where to look, nothing more. */
  blockOf(txHash: Hex): Promise<bigint | undefined>
}

/** Anything that sends JSON-RPC, such as a viem client. */
export interface Requester {
  // The methods are geth's debug_*, which viem does not type.
  request(args: any): Promise<unknown>
}

/** Blocks and states as any node's JSON-RPC shows them. */
export function shownByNode(node: Requester): BlockSource {
  const hex = (value: unknown): Hex => {
    if (typeof value !== 'string' || !/^0x(?:[0-9a-fA-F]{2})*$/.test(value)) {
      throw new FormatError('an answer that is not hex')
    }
    return value.toLowerCase() as Hex
  }
  // A node that answers with an error of its own does not have the block; one that is away rejects otherwise.
  const ask = async (method: string, ...params: unknown[]): Promise<unknown> => {
    try {
      return (await node.request({ method, params })) ?? undefined
    } catch (e) {
      if (answeredItself(e)) return undefined
      throw e
    }
  }
  const one = async (method: string, blockHash: Hex): Promise<Hex | undefined> => {
    const answer = await ask(method, blockHash)
    return answer === undefined ? undefined : hex(answer)
  }
  const list = (value: unknown): Hex[] => {
    if (!Array.isArray(value)) throw new FormatError('an answer that is not a list')
    return value.map(hex)
  }
  return {
    header: blockHash => one('debug_getRawHeader', blockHash),
    block: blockHash => one('debug_getRawBlock', blockHash),
    receipts: async blockHash => {
      const answer = await ask('debug_getRawReceipts', blockHash)
      return answer === undefined ? undefined : list(answer)
    },
    proof: async (blockHash, account, slot) => {
      const answer = await ask('eth_getProof', account, slot === undefined ? [] : [slot], { blockHash })
      if (answer === undefined) return undefined
      const { accountProof, storageProof } = answer as { accountProof?: unknown; storageProof?: { proof?: unknown }[] }
      return { account: list(accountProof), storage: slot === undefined ? [] : list(storageProof?.[0]?.proof) }
    },
    blockOf: async txHash => {
      const number = ((await ask('eth_getTransactionByHash', txHash)) as { blockNumber?: unknown } | undefined)?.blockNumber
      if (number === undefined || number === null) return undefined
      if (typeof number !== 'string' || !/^0x[0-9a-f]{1,16}$/.test(number)) throw new FormatError('a number that is none')
      return BigInt(number)
    },
  }
}

/** Whether an error carries the code of a JSON-RPC error object. */
function answeredItself(error: unknown): boolean {
  for (let e = error, depth = 0; e instanceof Error && depth < 8; e = e.cause, depth++) {
    // -1 is viem's own, for what is no answer at all.
    if ('code' in e && typeof e.code === 'number' && e.code !== -1) return true
  }
  return false
}
