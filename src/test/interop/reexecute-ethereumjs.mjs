// SPDX-License-Identifier: Apache-2.0
//
// Runs a whole chain again with EthereumJS, which knows nothing of Lockstep: every block must give the state root, receipts root,
// logs bloom, requests hash and gas used that its header says, under the base fee and blob gas that its parent asks for.
//   node reexecute-ethereumjs.mjs GENESIS.json BLOCKS.rlp
// The files are those of `lockstep export`, or of any client that writes geth's forms.
import fs from 'node:fs'
import { bytesToHex } from '@ethereumjs/util'
import { blocksOf } from './lib/chain-file.mjs'
import { usage } from './lib/checks.mjs'
import { Chain, firstLine, Refuted } from './lib/ethereumjs-chain.mjs'

const [genesisFile, blocksFile] = process.argv.slice(2)
if (genesisFile === undefined || blocksFile === undefined) usage('node reexecute-ethereumjs.mjs GENESIS.json BLOCKS.rlp')

let at = 'genesis'
const counts = { blocks: 0, transactions: 0, gas: 0n, types: new Set() }
try {
  const genesis = JSON.parse(fs.readFileSync(genesisFile, 'utf8'))
  const chain = await Chain.open(genesis)
  console.log(`genesis ${bytesToHex(chain.head.hash())} state root ${bytesToHex(chain.head.header.stateRoot)}`)
  at = 'block 1'
  for (const bytes of blocksOf(blocksFile)) {
    const block = await chain.add(bytes)
    at = `block ${block.header.number + 1n}`
    counts.blocks++
    counts.gas += block.header.gasUsed
    counts.transactions += block.transactions.length
    block.transactions.forEach(tx => counts.types.add(tx.type))
  }
  console.log(
    `${counts.blocks} blocks, ${counts.transactions} transactions of types ${[...counts.types].sort().join(' ') || 'none'}, ` +
      `${counts.gas} gas: all equal, head ${bytesToHex(chain.head.hash())}`,
  )
} catch (e) {
  console.log(`FAIL ${at}: ${firstLine(e)}`)
  console.log(`${counts.blocks} blocks were equal before it`)
  if (!(e instanceof Refuted) && process.env.LOCKSTEP_INTEROP_STACK !== undefined) console.error(e)
  process.exitCode = 1
}
