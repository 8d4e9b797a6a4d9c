// SPDX-License-Identifier: Apache-2.0
//
// Checks a commitment with a wallet library alone, as a user who trusts no code of Lockstep's would.
//   node commitment-viem.mjs COMMITMENT.json
// The file holds the answer of preconf_getCommitment, with or without its JSON-RPC envelope. Checked is what the signatures
// cover: signers, Merkle paths, and that frag and seal speak of the same block. Whether the committer has stake, and whether
// the promise was kept, is asked of L1.
import fs from 'node:fs'
import {
  concat,
  encodeAbiParameters,
  hashStruct,
  isAddressEqual,
  keccak256,
  recoverTypedDataAddress,
} from 'viem'
import { check, finish, require, requireEqual, usage } from './lib/checks.mjs'

const [file] = process.argv.slice(2)
if (file === undefined) usage('node commitment-viem.mjs COMMITMENT.json')

const TX_LEAF = { rollupId: 'uint64', number: 'uint64', parentHash: 'bytes32', txIdx: 'uint32', txHash: 'bytes32', receiptHash: 'bytes32' }
const BLOCK_LEAF = { tick: 'uint64', rollupId: 'uint64', number: 'uint64', blockHash: 'bytes32', parentHash: 'bytes32' }
/** What an execution promise (kind 2) names: the transaction's leaf, but no parent. */
const EXECUTION_BODY = { rollupId: 'uint64', number: 'uint64', txIdx: 'uint32', txHash: 'bytes32', receiptHash: 'bytes32' }
const CTX = { anchorNumber: 'uint64', anchorHash: 'bytes32', windowParent: 'bytes32', flags: 'uint8' }

/** abi.encode of the fields that `shape` names; integers are 0x quantities in the file. */
function encode(shape, value) {
  const names = Object.keys(shape)
  const missing = names.filter(name => value[name] === undefined)
  require(missing.length === 0, `without ${missing.join(', ')}`)
  return encodeAbiParameters(
    names.map(name => ({ type: shape[name] })),
    names.map(name => (shape[name] === 'bytes32' ? value[name] : BigInt(value[name]))),
  )
}

/** The root that a leaf and its path lead to: leaves are hashed twice, pairs in sorted order. */
function fold(shape, leaf, path) {
  require(Array.isArray(path), 'the path is not a list')
  return path.reduce(
    (node, sibling) => keccak256(concat(BigInt(node) <= BigInt(sibling) ? [node, sibling] : [sibling, node])),
    keccak256(keccak256(encode(shape, leaf))),
  )
}

async function requireSigner(signed, committer) {
  const signer = await recoverTypedDataAddress({ ...signed.typedData, signature: signed.signature })
  require(isAddressEqual(signer, committer), `signed by ${signer}, the committer is ${committer}`)
  return signer
}

const commitment = await check('a commitment is there', async note => {
  const json = JSON.parse(fs.readFileSync(file, 'utf8'))
  const result = json !== null && typeof json === 'object' && 'jsonrpc' in json ? json.result : json
  require(result !== null && typeof result === 'object', 'the file holds null: the node knows no commitment')
  note(`grade ${result.grade}, ${result.typedData?.primaryType}`)
  return result
})
if (commitment === undefined) finish()
const { committer, typedData, leaf, path, seal } = commitment
const { primaryType, message } = typedData

await check('the committer signed the typed data', async note => note(await requireSigner(commitment, committer)))

if (primaryType === 'Promise') {
  await check('the promise states the leaf', async () => {
    requireEqual(BigInt(message.kind), 2n, 'kind')
    requireEqual(message.body, encode(EXECUTION_BODY, leaf), 'body')
    requireEqual(path.length, 0, 'length of the path')
  })
} else {
  await check('leaf and path lead to the signed bodyRoot', async note => {
    requireEqual(primaryType, 'Frag', 'primaryType')
    requireEqual(fold(TX_LEAF, leaf, path), message.bodyRoot, 'root')
    note(`path of ${path.length}`)
  })
}

if (commitment.ctx !== undefined) {
  await check('the ctx shown is the one signed', async () => {
    const types = { Ctx: Object.entries(CTX).map(([name, type]) => ({ name, type })) }
    requireEqual(hashStruct({ data: commitment.ctx, primaryType: 'Ctx', types }), message.ctxHash, 'ctxHash')
  })
}

if (seal === null || seal === undefined) {
  process.stdout.write('note there is no seal yet\n')
} else {
  await check('the committer signed the seal', async () => {
    requireEqual(seal.typedData.primaryType, 'Seal', 'primaryType')
    await requireSigner(seal, committer)
  })
  await check('leaf and path lead to the signed blocksRoot', async note => {
    requireEqual(fold(BLOCK_LEAF, seal.leaf, seal.path), seal.typedData.message.blocksRoot, 'root')
    note(`path of ${seal.path.length}`)
  })
  await check('the seal is of the same window and block', async () => {
    const sealed = seal.typedData.message
    requireEqual(JSON.stringify(seal.typedData.domain), JSON.stringify(typedData.domain), 'domain')
    for (const field of ['clusterId', 'windowSlot', 'ctxHash']) requireEqual(sealed[field], message[field], field)
    if (primaryType === 'Frag') requireEqual(sealed.tick, message.tick, 'tick')
    requireEqual(seal.leaf.tick, sealed.tick, 'tick of the leaf')
    requireEqual(seal.leaf.rollupId, leaf.rollupId, 'rollupId')
    requireEqual(seal.leaf.number, leaf.number, 'number')
    if (primaryType === 'Frag') requireEqual(seal.leaf.parentHash, leaf.parentHash, 'parentHash')
  })
}

finish()
