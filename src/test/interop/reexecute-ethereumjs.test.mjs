// SPDX-License-Identifier: Apache-2.0
//
// The re-execution must say yes to a good chain and no to each of its forgeries. Run: npm test --prefix src/test/interop
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createBlock } from '@ethereumjs/block'
import { createFeeMarket1559Tx } from '@ethereumjs/tx'
import { bytesToHex, createAddressFromPrivateKey, hexToBytes } from '@ethereumjs/util'
import { buildBlock } from '@ethereumjs/vm'
import { Chain } from './lib/ethereumjs-chain.mjs'

const SCRIPT = fileURLToPath(new URL('./reexecute-ethereumjs.mjs', import.meta.url))
const FOLDER = fs.mkdtempSync(path.join(os.tmpdir(), 'reexecute-'))
const KEY = hexToBytes(`0x${'11'.repeat(32)}`)
const SENDER = createAddressFromPrivateKey(KEY)
const STOP = { balance: '0x0', nonce: '0x1', code: '0x00' }
const ZERO = `0x${'00'.repeat(32)}`

const GENESIS = {
  config: {
    chainId: 4711,
    ...Object.fromEntries(
      ['homestead', 'eip150', 'eip155', 'eip158', 'byzantium', 'constantinople', 'petersburg', 'istanbul', 'berlin', 'london'].map(name => [
        `${name}Block`,
        0,
      ]),
    ),
    terminalTotalDifficulty: 0,
    terminalTotalDifficultyPassed: true,
    shanghaiTime: 0,
    cancunTime: 0,
    pragueTime: 0,
    osakaTime: 0,
  },
  nonce: '0x0',
  timestamp: '0x64',
  extraData: '0x',
  gasLimit: '0x1c9c380',
  difficulty: '0x0',
  mixHash: ZERO,
  coinbase: `0x${'fe'.repeat(20)}`,
  baseFeePerGas: '0x3b9aca00',
  excessBlobGas: '0x0',
  blobGasUsed: '0x0',
  alloc: {
    [SENDER.toString()]: { balance: '0x56bc75e2d63100000' },
    // A slot and an event of whoever calls: CALLER PUSH0 SSTORE, LOG0 of nothing.
    '0x00000000000000000000000000000000000000aa': { balance: '0x0', nonce: '0x1', code: '0x335f555f5fa000' },
    '0x00000961ef480eb55e80d19ad83579a64c007002': STOP,
    '0x0000bbddc7ce488642fb579f8b00f3a590007251': STOP,
  },
}

let blocks

before(async () => {
  const chain = await Chain.open(GENESIS)
  blocks = []
  for (let number = 1; number <= 3; number++) {
    const parentBlock = chain.head
    const builder = await buildBlock(chain.vm, {
      parentBlock,
      headerData: {
        number,
        timestamp: 100 + 12 * number,
        gasLimit: 30_000_000,
        baseFeePerGas: parentBlock.header.calcNextBaseFee(),
        excessBlobGas: parentBlock.header.calcNextExcessBlobGas(chain.common),
        parentBeaconBlockRoot: hexToBytes(ZERO),
        coinbase: `0x${'fe'.repeat(20)}`,
      },
      withdrawals: [],
      blockOpts: { putBlockIntoBlockchain: false },
    })
    await builder.addTransaction(
      createFeeMarket1559Tx(
        { nonce: number - 1, to: `0x${'00'.repeat(19)}aa`, gasLimit: 100_000, maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 1n, chainId: 4711 },
        { common: chain.common },
      ).sign(KEY),
    )
    const { block } = await builder.build()
    blocks.push(block)
    chain.follow(block)
  }
})

after(() => fs.rmSync(FOLDER, { recursive: true }))

let files = 0
function run(genesis, bytes) {
  const genesisFile = path.join(FOLDER, `genesis-${files}.json`)
  const blocksFile = path.join(FOLDER, `blocks-${files++}.rlp`)
  fs.writeFileSync(genesisFile, JSON.stringify(genesis))
  fs.writeFileSync(blocksFile, bytes)
  return spawnSync(process.execPath, [SCRIPT, genesisFile, blocksFile], { encoding: 'utf8' })
}

function refuses({ status, stdout }, line) {
  assert.equal(status, 1, stdout)
  assert.match(stdout, line)
}

const encoded = list => Buffer.concat(list.map(block => block.serialize()))

/** The chain with one field of block 2's header changed. */
function forged(change) {
  const header = { ...blocks[1].header, ...change }
  const block = createBlock({ ...blocks[1], header, transactions: blocks[1].transactions }, { common: blocks[1].common, skipConsensusFormatValidation: true })
  return encoded([blocks[0], block])
}

test('accepts a good chain', () => {
  const { status, stdout } = run(GENESIS, encoded(blocks))
  assert.equal(status, 0, stdout)
  assert.match(stdout, /^3 blocks, 3 transactions of types 2, \d+ gas: all equal, head 0x/m)
  assert.match(stdout, new RegExp(bytesToHex(blocks[2].hash())))
})

test('accepts a chain of no blocks', () => {
  const { status, stdout } = run(GENESIS, new Uint8Array())
  assert.equal(status, 0, stdout)
  assert.match(stdout, /^0 blocks, /m)
})

const other = new Uint8Array(32).fill(7)
for (const [what, change, fault] of [
  ['state root', { stateRoot: other }, /FAIL block 2: .*state root 0x[0-9a-f]{64}, header says 0x0707/],
  ['receipts root', { receiptTrie: other }, /FAIL block 2: .*receipts root 0x[0-9a-f]{64}, header says 0x0707/],
  ['logs bloom', { logsBloom: new Uint8Array(256).fill(1) }, /FAIL block 2: .*logs bloom 0x/],
  ['gas used', { gasUsed: 21_000n }, /FAIL block 2: .*gas used \d+, header says 21000/],
  ['requests hash', { requestsHash: other }, /FAIL block 2: .*requests hash 0x/],
  ['transactions root', { transactionsTrie: other }, /FAIL block 2: invalid transaction trie/],
  ['parent', { parentHash: other }, /FAIL block 2: parent hash is 0x0707/],
  ['base fee', { baseFeePerGas: 10n ** 9n + 1n }, /FAIL block 2: base fee is 1000000001, not \d+/],
  ['excess blob gas', { excessBlobGas: 131_072n }, /FAIL block 2: excess blob gas is 131072, not 0/],
  ['timestamp', { timestamp: 112n }, /FAIL block 2: timestamp 112 after 112/],
  ['gas limit', { gasLimit: 60_000_000n }, /FAIL block 2: .*gas limit/],
]) {
  test(`refuses another ${what}`, () => refuses(run(GENESIS, forged(change)), fault))
}

test('refuses a block left out', () => refuses(run(GENESIS, encoded([blocks[0], blocks[2]])), /FAIL block 2: parent hash .*number is 3, not 2/))
test('refuses another genesis', () => refuses(run({ ...GENESIS, timestamp: '0x65' }, encoded(blocks)), /FAIL block 1: parent hash/))
test('refuses half a block', () => refuses(run(GENESIS, encoded(blocks).subarray(0, -1)), /FAIL block 3: offset \d+: a block of \d+ bytes/))
test('refuses what is no block', () => refuses(run(GENESIS, Buffer.from('c0', 'hex')), /FAIL block 1: not a block/))
test('refuses what is no RLP list', () => refuses(run(GENESIS, Buffer.from('hello')), /FAIL block 1: offset 0: not an RLP list/))
test('refuses a genesis that is no JSON', () => {
  const file = path.join(FOLDER, 'broken.json')
  fs.writeFileSync(file, '{')
  refuses(spawnSync(process.execPath, [SCRIPT, file, file], { encoding: 'utf8' }), /^FAIL genesis: /)
})
test('says how to use it', () => assert.equal(spawnSync(process.execPath, [SCRIPT]).status, 2))
