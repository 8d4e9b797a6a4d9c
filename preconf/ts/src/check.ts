// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  type Hex,
  concat,
  encodeAbiParameters,
  hashTypedData,
  hexToBigInt,
  keccak256,
  recoverAddress,
  stringToHex,
} from 'viem'
import type { BlockLeaf, Commitment, Ctx, Domain, Signed, TxLeaf } from './commitment.js'
import { typesOf } from './commitment.js'
import type { Held } from './promise.js'

/** `abi.encode` of integers and 32-byte words. */
function words(...values: (bigint | Hex)[]): Hex {
  return encodeAbiParameters(
    values.map(value => ({ type: typeof value === 'bigint' ? 'uint256' : 'bytes32' })),
    values,
  )
}

/** Keccak over `abi.encode(L1 chain id, inbox)`: the id in everything signed. */
export function clusterIdOf(l1ChainId: bigint, inbox: Address): Hex {
  return keccak256(words(l1ChainId, `0x${inbox.slice(2).toLowerCase().padStart(64, '0')}`))
}

function ctxHash(ctx: Ctx): Hex {
  const type = 'Ctx(uint64 anchorNumber,bytes32 anchorHash,bytes32 windowParent,uint8 flags)'
  return keccak256(
    words(keccak256(stringToHex(type)), ctx.anchorNumber, ctx.anchorHash, ctx.windowParent, BigInt(ctx.flags)),
  )
}

function txWords(leaf: TxLeaf): Hex {
  return words(leaf.rollupId, leaf.number, leaf.parentHash, leaf.txIdx, leaf.txHash, leaf.receiptHash)
}

function blockWords(leaf: BlockLeaf): Hex {
  return words(leaf.tick, leaf.rollupId, leaf.number, leaf.blockHash, leaf.parentHash)
}

/** The root that a leaf and its path lead to: leaves are hashed twice, pairs in sorted order. */
function fold(leaf: Hex, path: Hex[]): Hex {
  return path.reduce(
    (node, sibling) => keccak256(concat(hexToBigInt(node) <= hexToBigInt(sibling) ? [node, sibling] : [sibling, node])),
    keccak256(keccak256(leaf)),
  )
}

async function signerFault(domain: Domain, signed: Signed, committer: Address, prefix: string): Promise<string | undefined> {
  const hash = hashTypedData({
    domain: { name: 'Lockstep', version: '1', chainId: domain.l1ChainId, verifyingContract: domain.registry },
    types: typesOf(signed.primaryType),
    primaryType: signed.primaryType,
    message: signed.message,
  })
  let signer: Address
  try {
    signer = await recoverAddress({ hash, signature: signed.signature })
  } catch {
    return `${prefix}the signature is not a signature`
  }
  return signer.toLowerCase() === committer
    ? undefined
    : `${prefix}signed by ${signer}, not by the committer ${committer}`
}

async function sealFault(domain: Domain, commitment: Commitment): Promise<string | undefined> {
  const { seal, signed, leaf } = commitment
  if (seal === undefined) return undefined
  const fault = await signerFault(domain, seal.signed, commitment.committer, 'seal: ')
  if (fault !== undefined) return fault
  const sealed = seal.signed.message
  if (sealed['clusterId'] !== signed.message['clusterId'] || sealed['windowSlot'] !== signed.message['windowSlot']) {
    return 'seal: of another cluster or window'
  }
  if (sealed['ctxHash'] !== signed.message['ctxHash']) return 'seal: signed under another ctx'
  if (sealed['tick'] !== signed.message['tick']) return 'seal: of another tick than the frag'
  if (fold(blockWords(seal.leaf), seal.path) !== sealed['blocksRoot']) {
    return 'seal: leaf and path do not lead to the signed blocksRoot'
  }
  const same =
    seal.leaf.tick === sealed['tick'] &&
    seal.leaf.rollupId === leaf.rollupId &&
    seal.leaf.number === leaf.number &&
    seal.leaf.parentHash === leaf.parentHash
  return same ? undefined : 'seal: its block is not the one that the leaf names'
}

/**
 * The first disagreement within what somebody holds, without any chain; undefined when every fact
 * in it is covered by the signature of its committer.
 */
export async function disagreement(domain: Domain, clusterId: Hex, held: Held): Promise<string | undefined> {
  const { message } = held.signed
  if (message['clusterId'] !== clusterId.toLowerCase()) {
    return `clusterId is ${String(message['clusterId'])}, the cluster's is ${clusterId}`
  }
  if (ctxHash(held.ctx) !== message['ctxHash']) return 'ctx does not hash to the signed ctxHash'
  const fault = await signerFault(domain, held.signed, held.committer, '')
  if (fault !== undefined) return fault
  if ('said' in held) {
    const { said } = held
    return said.form === 'inclusion' && said.lastTick !== message['deadlineTick']
      ? "the body's last tick is not the deadline"
      : undefined
  }
  if (fold(txWords(held.leaf), held.path) !== message['bodyRoot']) {
    return 'leaf and path do not lead to the signed bodyRoot'
  }
  return sealFault(domain, held)
}
