// SPDX-License-Identifier: Apache-2.0
//
// Judges random worlds with EthereumJS: a line of JSON in, a line out, until stdin ends. In: accounts in geth's form, hashes of
// earlier blocks, and blocks of one transaction each. Out: for each transaction whether it is taken, status, gas, created contract,
// logs and the state root after it. Asked by DifferentialIT.
import readline from 'node:readline'
import { createBlock } from '@ethereumjs/block'
import { parseGethGenesisState } from '@ethereumjs/common'
import { createMPT } from '@ethereumjs/mpt'
import { Caches, MerkleStateManager } from '@ethereumjs/statemanager'
import { createTxFromRLP } from '@ethereumjs/tx'
import { bytesToHex, hexToBytes } from '@ethereumjs/util'
import { createVM, runTx } from '@ethereumjs/vm'
import { commonOf, firstLine } from './lib/ethereumjs-chain.mjs'

const FORKS = ['homestead', 'eip150', 'eip155', 'eip158', 'byzantium', 'constantinople', 'petersburg', 'istanbul', 'berlin', 'london']
const common = commonOf({
  config: {
    chainId: 901,
    ...Object.fromEntries(FORKS.map(name => [`${name}Block`, 0])),
    terminalTotalDifficulty: 0,
    terminalTotalDifficultyPassed: true,
    shanghaiTime: 0,
    cancunTime: 0,
    pragueTime: 0,
    osakaTime: 0,
    blobSchedule: { osaka: { target: 6, max: 9, baseFeeUpdateFraction: 5007716 } },
  },
  nonce: '0x0',
  timestamp: '0x1',
  gasLimit: '0x1',
  difficulty: '0x0',
  extraData: '0x',
  alloc: {},
})
common.setHardforkBy({ blockNumber: 1n, timestamp: 2n })

for await (const line of readline.createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await judge(JSON.parse(line)))}\n`)
}

async function judge({ alloc, hashes, blocks }) {
  const stateManager = new MerkleStateManager({
    common,
    trie: await createMPT({ useKeyHashing: true, common }),
    caches: new Caches(),
  })
  await stateManager.generateCanonicalGenesis(parseGethGenesisState({ alloc }))
  const blockchain = {
    async getBlock(number) {
      const hash = hashes[String(number)]
      if (hash === undefined) throw new Error(`block ${number} is not known`)
      return { hash: () => hexToBytes(hash) }
    },
    async putBlock() {},
    shallowCopy() {
      return this
    },
  }
  const vm = await createVM({ common, stateManager, blockchain, activatePrecompiles: false })
  const verdicts = []
  let root = await stateManager.getStateRoot()
  for (const { transaction, ...header } of blocks) {
    const block = createBlock({ header }, { common, skipConsensusFormatValidation: true })
    try {
      const tx = createTxFromRLP(hexToBytes(transaction), { common })
      const run = await runTx(vm, { tx, block })
      root = await stateManager.getStateRoot()
      verdicts.push({
        taken: true,
        success: run.execResult.exceptionError === undefined,
        gasUsed: Number(run.totalGasSpent),
        contract: run.createdAddress === undefined ? '' : run.createdAddress.toString(),
        logs: (run.receipt.logs ?? []).map(([address, topics, data]) => `${bytesToHex(address)}[${topics.map(bytesToHex).join(',')}]${bytesToHex(data)}`),
        stateRoot: bytesToHex(root),
        reason: '',
      })
    } catch (e) {
      // What was changed before the refusal must not count.
      await stateManager.setStateRoot(root, true)
      verdicts.push({ taken: false, success: false, gasUsed: 0, contract: '', logs: [], stateRoot: bytesToHex(root), reason: firstLine(e) })
    }
  }
  return verdicts
}
