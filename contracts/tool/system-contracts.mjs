#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
//
// Checks system-contracts.json (the contracts of EIP-4788, 2935, 7002 and 7251 as a genesis holds them) against the accounts
// that published test fixtures start from.
//   node tool/system-contracts.mjs VECTORS      VECTORS: the folder with blockchain-tests/ and json-rpc/genesis.json
// Exits 1 when an account is wrong or no fixture shows it, 3 when there are no fixtures.
import fs from 'node:fs'
import path from 'node:path'
import readline from 'node:readline'
import { fileURLToPath } from 'node:url'
import zlib from 'node:zlib'

const RESOURCE = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '../src/main/resources/io/lockstep/contracts/system-contracts.json',
)
/** Fixture folders whose chains begin with all four contracts; fork transitions and hand-made variants are elsewhere. */
const FOLDERS = ['blockchain-tests/prague', 'blockchain-tests/osaka']
/** Fixtures that replace a contract on purpose to see what a client does; their accounts prove nothing. */
const REPLACING = ['test_modified_', 'test_contract_deployment.py']

const quantity = text => (text === '0x' ? 0n : BigInt(text))
const withPrefix = address => '0x' + address.toLowerCase().replace(/^0x/, '')

/** Counts, for one account of a fixture, whether code, nonce and (empty) storage are ours. */
function compare(ours, theirs, count) {
  if (theirs.code === undefined || theirs.code === '0x') return
  count.seen++
  if (theirs.code.toLowerCase() === ours.code) count.code++
  if (quantity(theirs.nonce ?? '0x1') === quantity(ours.nonce)) count.nonce++
  if (Object.keys(theirs.storage ?? {}).length === Object.keys(ours.storage).length) count.storage++
}

async function* fixtures(folder) {
  for (const file of fs.readdirSync(folder).filter(name => name.endsWith('.jsonl.gz'))) {
    const lines = readline.createInterface({ input: fs.createReadStream(path.join(folder, file)).pipe(zlib.createGunzip()) })
    for await (const line of lines) {
      const fixture = JSON.parse(line)
      if (!REPLACING.some(part => fixture.id.includes(part))) yield fixture
    }
  }
}

async function main(vectors) {
  if (vectors === undefined) {
    process.stderr.write('usage: node tool/system-contracts.mjs VECTORS\n')
    return 2
  }
  if (!FOLDERS.every(folder => fs.existsSync(path.join(vectors, folder)))) {
    process.stderr.write(`no fixtures in ${vectors}: ${FOLDERS.join(' and ')} expected\n`)
    return 3
  }
  const ours = JSON.parse(fs.readFileSync(RESOURCE, 'utf8'))
  const counts = Object.fromEntries(Object.keys(ours).map(a => [a, { seen: 0, code: 0, nonce: 0, storage: 0 }]))
  const take = accounts => {
    for (const [address, account] of Object.entries(accounts)) {
      const key = withPrefix(address)
      if (counts[key]) compare(ours[key], account, counts[key])
    }
  }
  for (const folder of FOLDERS) for await (const fixture of fixtures(path.join(vectors, folder))) take(fixture.test.pre)
  take(JSON.parse(fs.readFileSync(path.join(vectors, 'json-rpc/genesis.json'), 'utf8')).alloc)

  let wrong = 0
  for (const [address, { seen, code, nonce, storage }] of Object.entries(counts)) {
    const good = seen > 0 && code === seen && nonce === seen && storage === seen
    if (!good) wrong++
    process.stdout.write(
      `${good ? 'ok   ' : 'WRONG'} ${address} ${ours[address].name}: seen ${seen}, same code ${code}, nonce ${nonce}, storage ${storage}\n`,
    )
  }
  return wrong === 0 ? 0 : 1
}

process.exitCode = await main(process.argv[2])
