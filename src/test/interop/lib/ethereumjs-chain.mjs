// SPDX-License-Identifier: Apache-2.0
//
// A chain as EthereumJS sees it, from a genesis in geth's form: what it would hold, block by block, with nothing of ours in it.
import { createBlock, createBlockFromRLP } from '@ethereumjs/block'
import { createCommonFromGethGenesis, parseGethGenesisState } from '@ethereumjs/common'
import { createMPT } from '@ethereumjs/mpt'
import { Caches, MerkleStateManager } from '@ethereumjs/statemanager'
import { bytesToHex, equalsBytes } from '@ethereumjs/util'
import { createVM, runBlock } from '@ethereumjs/vm'
import { kzg } from './kzg.mjs'

const ANCESTORS = 256

/** Says what is wrong with a block. */
export class Refuted extends Error {}

export class Chain {
  #vm
  #common
  #parent
  #hashes = new Map()

  static async open(genesis) {
    const chain = new Chain()
    chain.#common = commonOf(genesis)
    chain.#common.setHardforkBy({ blockNumber: 0n, timestamp: BigInt(genesis.timestamp) })
    const stateManager = new MerkleStateManager({
      common: chain.#common,
      trie: await createMPT({ useKeyHashing: true, common: chain.#common }),
      caches: new Caches(),
    })
    await stateManager.generateCanonicalGenesis(parseGethGenesisState(genesis))
    chain.#vm = await createVM({
      common: chain.#common,
      stateManager,
      blockchain: chain.#ancestors(),
      setHardfork: true,
      activatePrecompiles: false,
    })
    const stateRoot = await stateManager.getStateRoot()
    chain.#remember(createBlock({ header: { ...genesisHeader(genesis), stateRoot } }, { common: chain.#common }))
    return chain
  }

  get common() {
    return this.#common
  }

  get vm() {
    return this.#vm
  }

  /** The last block. */
  get head() {
    return this.#parent
  }

  /** Runs a block on the last one; throws Refuted with every fault that it has, and then takes no more. */
  async add(bytes) {
    let block
    try {
      block = createBlockFromRLP(bytes, { common: this.#common, setHardfork: true })
    } catch (e) {
      throw new Refuted(`not a block: ${firstLine(e)}`)
    }
    const faults = this.#headerFaults(block)
    if (faults.length > 0) throw new Refuted(faults.join('; '))
    try {
      await runBlock(this.#vm, { block, skipHeaderValidation: true, validateBlockSize: true })
    } catch (e) {
      throw new Refuted([firstLine(e), ...(await this.#differences(block))].join('; '))
    }
    this.follow(block)
    return block
  }

  /** Takes a block that this chain's VM has run already as the last one. */
  follow(block) {
    this.#remember(block)
  }

  /** What stands in a header because of its parent. */
  #headerFaults({ header }) {
    const parent = this.#parent.header
    const faults = []
    const equal = (what, found, expected) => {
      if (found !== expected) faults.push(`${what} is ${found}, not ${expected}`)
    }
    equal('parent hash', bytesToHex(header.parentHash), bytesToHex(this.#parent.hash()))
    equal('number', header.number, parent.number + 1n)
    if (header.timestamp <= parent.timestamp) faults.push(`timestamp ${header.timestamp} after ${parent.timestamp}`)
    if (this.#common.isActivatedEIP(1559)) equal('base fee', header.baseFeePerGas, parent.calcNextBaseFee())
    if (this.#common.isActivatedEIP(4844)) equal('excess blob gas', header.excessBlobGas, parent.calcNextExcessBlobGas(header.common))
    try {
      header.validateGasLimit(parent)
    } catch (e) {
      faults.push(firstLine(e))
    }
    return faults
  }

  /** Runs a refused block once more without comparing, to name all that differs and not only the first. */
  async #differences(block) {
    const { header } = block
    try {
      const run = await runBlock(this.#vm, { block, root: this.#parent.header.stateRoot, skipBlockValidation: true, generate: true })
      const all = [
        ['state root', run.stateRoot, header.stateRoot],
        ['receipts root', run.receiptsRoot, header.receiptTrie],
        ['logs bloom', run.logsBloom, header.logsBloom],
        ['requests hash', run.requestsHash, header.requestsHash],
      ]
      const lines = all
        .filter(([, found, said]) => found !== undefined && said !== undefined && !equalsBytes(found, said))
        .map(([what, found, said]) => `${what} ${bytesToHex(found)}, header says ${bytesToHex(said)}`)
      if (run.gasUsed !== header.gasUsed) lines.push(`gas used ${run.gasUsed}, header says ${header.gasUsed}`)
      return lines
    } catch {
      return [] // the first message said why
    }
  }

  #remember(block) {
    this.#parent = block
    this.#hashes.set(block.header.number, block.hash())
    this.#hashes.delete(block.header.number - BigInt(ANCESTORS))
  }

  /** What BLOCKHASH asks. */
  #ancestors() {
    const hashes = this.#hashes
    return {
      async getBlock(number) {
        const hash = hashes.get(BigInt(number))
        if (hash === undefined) throw new Error(`block ${number} is not known`)
        return { hash: () => hash }
      },
      async putBlock() {},
      async validateHeader() {},
      shallowCopy() {
        return this
      },
    }
  }
}

/** The forks of a genesis. */
export function commonOf(genesis) {
  const common = createCommonFromGethGenesis(genesis, { chain: 'rollup', customCrypto: { kzg } })
  // 10.1.3 writes the blob schedule under names that it does not look for from BPO1 on.
  for (const [fork, { target, max }] of Object.entries(genesis.config.blobSchedule ?? {})) {
    Object.assign(common._chainParams.customHardforks[fork].params, { target, max })
  }
  return common
}

/** First line of what was thrown. */
export function firstLine(e) {
  return String(e?.message ?? e).split('\n')[0]
}

function genesisHeader(genesis) {
  const { nonce, timestamp, extraData, gasLimit, difficulty, mixHash, coinbase, baseFeePerGas, excessBlobGas, blobGasUsed } = genesis
  const header = { number: 0, timestamp, extraData, gasLimit, difficulty, mixHash, coinbase, nonce: `0x${BigInt(nonce).toString(16).padStart(16, '0')}` }
  const optional = { baseFeePerGas, excessBlobGas, blobGasUsed, parentBeaconBlockRoot: genesis.parentBeaconBlockRoot }
  for (const [name, value] of Object.entries(optional)) if (value !== undefined && value !== null) header[name] = value
  return header
}
