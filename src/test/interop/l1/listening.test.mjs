// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concatHex, hexToBytes, toRlp } from 'viem'
import { wrapperVersion } from './listening.mjs'

const blob = `0x${'00'.repeat(131_072)}`
const payload = ['0x01', '0x', `0x${'11'.repeat(20)}`]
const network = wrapper => hexToBytes(concatHex(['0x03', toRlp(wrapper)]))

test('tells a wrapper of EIP-4844 from one of EIP-7594', () => {
  assert.equal(wrapperVersion(network([payload, [blob], ['0x01'], ['0x02']])), 0)
  assert.equal(wrapperVersion(network([payload, '0x01', [blob], ['0x01'], ['0x02']])), 1)
})

test('finds no wrapper where there is none', () => {
  assert.equal(wrapperVersion(network(payload)), null)
  assert.equal(wrapperVersion(hexToBytes('0x02c0')), null)
})
