// SPDX-License-Identifier: Apache-2.0
//
// Loaded before the EthereumJS client; mends two faults of 0.10.5 in memory, no file of the package is changed. Its pool asks a
// Common without the transactions' parameters for blobGasPerBlob and answers an error to a blob transaction that it has taken;
// and its synchronizer, stopped by the first reorg, waits a whole interval of 8 s inside forkchoiceUpdated.

import { Common } from '@ethereumjs/common'

const GAS_PER_BLOB = 131072n
const { param } = Common.prototype
Common.prototype.param = function (name) {
  if (name !== 'blobGasPerBlob') return param.call(this, name)
  try {
    return param.call(this, name)
  } catch {
    return GAS_PER_BLOB
  }
}

const main = import.meta.resolve('@ethereumjs/client')
const { Synchronizer } = await import(new URL('./sync/sync.js', main.replace(/\/bin\/cli\.js$/, '/src/index.js')))
const { stop } = Synchronizer.prototype
Synchronizer.prototype.stop = function () {
  this.interval = 20
  return stop.call(this)
}
