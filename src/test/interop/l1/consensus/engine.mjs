// SPDX-License-Identifier: Apache-2.0
//
// The Engine API of an execution client, and its payloads as the consensus types have them.

import { createHash, createHmac } from 'node:crypto'
import { ssz } from '@lodestar/types'

export const toHex = bytes => '0x' + Buffer.from(bytes).toString('hex')
export const fromHex = hex => Uint8Array.from(Buffer.from(hex.slice(2), 'hex'))
export const quantity = n => '0x' + BigInt(n).toString(16)

/** EIP-4844: of a KZG commitment. */
export function versionedHash(commitment) {
  const hash = createHash('sha256').update(commitment).digest()
  hash[0] = 1
  return toHex(hash)
}

export class Engine {
  #url
  #secret
  #id = 0

  /** @param secretHex the token's key, 64 hex digits */
  constructor(url, secretHex) {
    this.#url = url
    this.#secret = Buffer.from(secretHex.trim().replace(/^0x/, ''), 'hex')
  }

  async call(method, ...params) {
    const answer = await fetch(this.#url, {
      method: 'POST',
      signal: AbortSignal.timeout(15_000),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#token()}` },
      body: JSON.stringify({ jsonrpc: '2.0', id: ++this.#id, method, params }),
    })
    const { error, result } = await answer.json()
    if (error) throw new Error(`${method}: ${error.code} ${error.message}`)
    return result
  }

  #token() {
    const part = value => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claim = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iat: Math.floor(Date.now() / 1000) })}`
    return `${claim}.${createHmac('sha256', this.#secret).update(claim).digest('base64url')}`
  }
}

/** An ExecutionPayload from the Engine API's JSON. */
export function payload(json) {
  return {
    parentHash: fromHex(json.parentHash),
    feeRecipient: fromHex(json.feeRecipient),
    stateRoot: fromHex(json.stateRoot),
    receiptsRoot: fromHex(json.receiptsRoot),
    logsBloom: fromHex(json.logsBloom),
    prevRandao: fromHex(json.prevRandao),
    blockNumber: Number(json.blockNumber),
    gasLimit: Number(json.gasLimit),
    gasUsed: Number(json.gasUsed),
    timestamp: Number(json.timestamp),
    extraData: fromHex(json.extraData),
    baseFeePerGas: BigInt(json.baseFeePerGas),
    blockHash: fromHex(json.blockHash),
    transactions: json.transactions.map(fromHex),
    withdrawals: json.withdrawals.map(w => ({
      index: Number(w.index),
      validatorIndex: Number(w.validatorIndex),
      address: fromHex(w.address),
      amount: BigInt(w.amount),
    })),
    blobGasUsed: BigInt(json.blobGasUsed ?? 0),
    excessBlobGas: BigInt(json.excessBlobGas ?? 0),
  }
}

/** The genesis block's payload out of eth_getBlockByNumber. */
export function genesisPayload(block) {
  return payload({
    ...block,
    feeRecipient: block.miner,
    prevRandao: block.mixHash,
    blockNumber: block.number,
    blockHash: block.hash,
    transactions: [],
    withdrawals: [],
  })
}

/** ExecutionRequests (EIP-7685): each begins with its type. */
export function requests(list) {
  const { electra } = ssz
  const kinds = [
    ['deposits', electra.DepositRequests],
    ['withdrawals', electra.WithdrawalRequests],
    ['consolidations', electra.ConsolidationRequests],
  ]
  const out = electra.ExecutionRequests.defaultValue()
  for (const request of list ?? []) {
    const bytes = fromHex(request)
    const kind = kinds[bytes[0]]
    if (kind) out[kind[0]] = kind[1].deserialize(bytes.subarray(1))
  }
  return out
}
