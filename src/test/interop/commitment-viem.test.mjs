// SPDX-License-Identifier: Apache-2.0
//
// The checker must say yes to a good commitment and no to each of its forgeries. Run: npm test --prefix src/test/interop
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { concat, encodeAbiParameters, hashStruct, keccak256, parseAbiParameters, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'

const CHECKER = fileURLToPath(new URL('./commitment-viem.mjs', import.meta.url))
const FOLDER = fs.mkdtempSync(path.join(os.tmpdir(), 'commitment-viem-'))
const COMMITTER = privateKeyToAccount(keccak256(toHex('a committer of no value')))
const hash = label => keccak256(toHex(label))
const hex = number => toHex(BigInt(number))

after(() => fs.rmSync(FOLDER, { recursive: true }))

const DOMAIN = { name: 'Lockstep', version: '1', chainId: hex(900), verifyingContract: COMMITTER.address.toLowerCase() }
const fields = text => text.split(', ').map(field => ({ type: field.split(' ')[0], name: field.split(' ')[1] }))
const DOMAIN_TYPE = fields('string name, string version, uint256 chainId, address verifyingContract')
const CTX_TYPE = fields('uint64 anchorNumber, bytes32 anchorHash, bytes32 windowParent, uint8 flags')
const FRAG = fields(
  'bytes32 clusterId, uint64 windowSlot, uint64 tick, uint32 fragIdx, bytes32 prevFragHash, bytes32 ctxHash, bytes32 bodyRoot, uint64 sentAtMs',
)
const SEAL = fields(
  'bytes32 clusterId, uint64 windowSlot, uint64 tick, bytes32 blocksRoot, bytes32 ctxHash, uint256 cumExposureWei, bytes32 l1CallsHash, bool eop, uint64 sealedAtMs',
)
const PROMISE = fields(
  'uint8 kind, bytes32 clusterId, uint64 windowSlot, bytes body, uint256 coverageWei, uint64 deadlineTick, bytes32 ctxHash, uint64 nonce',
)

async function sign(primaryType, type, message) {
  const typedData = { domain: DOMAIN, types: { EIP712Domain: DOMAIN_TYPE, [primaryType]: type }, primaryType, message }
  return { typedData, signature: await COMMITTER.signTypedData(typedData) }
}

/** A tree of the leaf and two others, whose own sibling is the odd one out: its path has one or two steps. */
function tree(types, values, position) {
  const leafHash = encoded => keccak256(keccak256(encoded))
  const pair = (a, b) => keccak256(concat(BigInt(a) <= BigInt(b) ? [a, b] : [b, a]))
  const leaves = [leafHash('0x01'), leafHash('0x02'), leafHash('0x03')]
  leaves[position] = leafHash(encodeAbiParameters(parseAbiParameters(types), values))
  const left = pair(leaves[0], leaves[1])
  const root = pair(left, leaves[2])
  return { root, path: position === 2 ? [left] : [leaves[1 - position], leaves[2]] }
}

async function commitment(position = 0) {
  const leaf = { rollupId: hex(901), number: hex(17), parentHash: hash('parent'), txIdx: hex(3), txHash: hash('tx'), receiptHash: hash('receipt') }
  const blockLeaf = { tick: hex(5000), rollupId: hex(901), number: hex(17), blockHash: hash('block'), parentHash: hash('parent') }
  const body = tree('uint64, uint64, bytes32, uint32, bytes32, bytes32', [901n, 17n, leaf.parentHash, 3, leaf.txHash, leaf.receiptHash], position)
  const blocks = tree('uint64, uint64, uint64, bytes32, bytes32', [5000n, 901n, 17n, blockLeaf.blockHash, blockLeaf.parentHash], position)
  const ctx = { anchorNumber: hex(1000), anchorHash: hash('anchor'), windowParent: hash('window'), flags: hex(0) }
  const shared = {
    clusterId: hash('cluster'),
    windowSlot: hex(777),
    ctxHash: hashStruct({ data: ctx, primaryType: 'Ctx', types: { Ctx: CTX_TYPE } }),
  }
  const frag = await sign('Frag', FRAG, {
    ...shared, tick: hex(5000), fragIdx: hex(0), prevFragHash: toHex(0, { size: 32 }), bodyRoot: body.root, sentAtMs: hex(1_800_000_000_123),
  })
  const seal = await sign('Seal', SEAL, {
    ...shared, tick: hex(5000), blocksRoot: blocks.root, cumExposureWei: hex(10n ** 21n), l1CallsHash: toHex(0, { size: 32 }), eop: true, sealedAtMs: hex(1_800_000_000_999),
  })
  return {
    grade: 'sealed',
    committer: COMMITTER.address.toLowerCase(),
    ...frag,
    ctx,
    leaf,
    path: body.path,
    seal: { ...seal, leaf: blockLeaf, path: blocks.path },
  }
}

async function promise() {
  const whole = await commitment()
  const leaf = { ...whole.leaf, parentHash: toHex(0, { size: 32 }) }
  const body = encodeAbiParameters(parseAbiParameters('uint64, uint64, uint32, bytes32, bytes32'), [901n, 17n, 3, leaf.txHash, leaf.receiptHash])
  const { clusterId, windowSlot, ctxHash } = whole.typedData.message
  const signed = await sign('Promise', PROMISE, {
    kind: hex(2), clusterId, windowSlot, body, coverageWei: hex(5), deadlineTick: hex(5000), ctxHash, nonce: hex(0),
  })
  return { ...whole, ...signed, leaf, path: [] }
}

let files = 0
function run(value) {
  const file = path.join(FOLDER, `${files++}.json`)
  fs.writeFileSync(file, JSON.stringify(value))
  return spawnSync(process.execPath, [CHECKER, file], { encoding: 'utf8' })
}

function accepts(value) {
  const { status, stdout } = run(value)
  assert.equal(status, 0, stdout)
}

function refuses(value, failingCheck) {
  const { status, stdout } = run(value)
  assert.equal(status, 1, stdout)
  assert.match(stdout, new RegExp(`^FAIL ${failingCheck}`, 'm'))
}

for (const position of [0, 1, 2]) {
  test(`accepts leaf ${position} of a good commitment`, async () => accepts(await commitment(position)))
}
test('accepts one in its JSON-RPC envelope', async () => accepts({ jsonrpc: '2.0', id: 1, result: await commitment() }))
test('accepts one without a seal', async () => accepts({ ...(await commitment()), grade: 'frag', seal: null }))
test('accepts an execution promise', async () => accepts(await promise()))
test('refuses null', () => refuses(null, 'a commitment is there'))

const forgeries = {
  'another committer': ['the committer signed the typed data', c => (c.committer = '0x' + '11'.repeat(20))],
  'another domain': ['the committer signed the typed data', c => (c.typedData.domain.chainId = hex(1))],
  'a changed message': ['the committer signed the typed data', c => (c.typedData.message.tick = hex(5001))],
  'a changed signature': ['the committer signed the typed data', c => (c.signature = c.signature.replace(/^0x..../, '0x1234'))],
  'another transaction': ['leaf and path lead to the signed bodyRoot', c => (c.leaf.txHash = hash('other'))],
  'another receipt': ['leaf and path lead to the signed bodyRoot', c => (c.leaf.receiptHash = hash('other'))],
  'another place': ['leaf and path lead to the signed bodyRoot', c => (c.leaf.txIdx = hex(4))],
  'a shortened path': ['leaf and path lead to the signed bodyRoot', c => c.path.pop()],
  'a leaf without a field': ['leaf and path lead to the signed bodyRoot', c => delete c.leaf.receiptHash],
  'another ctx': ['the ctx shown is the one signed', c => (c.ctx.flags = hex(1))],
  'a changed seal': ['the committer signed the seal', c => (c.seal.typedData.message.eop = false)],
  'another block': ['leaf and path lead to the signed blocksRoot', c => (c.seal.leaf.blockHash = hash('other'))],
  'a block of another number': ['the seal is of the same window and block', c => (c.seal.leaf.number = hex(18))],
}
for (const [name, [failingCheck, forge]] of Object.entries(forgeries)) {
  test(`refuses ${name}`, async () => {
    const forged = await commitment()
    forge(forged)
    refuses(forged, failingCheck)
  })
}
test('refuses a promise of something else', async () => {
  const forged = await promise()
  forged.leaf.txHash = hash('other')
  refuses(forged, 'the promise states the leaf')
})
