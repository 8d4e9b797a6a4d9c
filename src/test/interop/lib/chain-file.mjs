// SPDX-License-Identifier: Apache-2.0
//
// A file of RLP blocks, one after another, read one at a time: the file may be larger than the memory.
import fs from 'node:fs'

const MAX_BLOCK_BYTES = 64 << 20

/** The blocks' bytes in order; throws with the offset where the file is not what it should be. */
export function* blocksOf(path) {
  const file = fs.openSync(path, 'r')
  try {
    let offset = 0
    for (;;) {
      const start = read(file, offset, 9)
      if (start.length === 0) return
      const length = lengthOf(start, offset)
      const block = read(file, offset, length)
      if (block.length < length) throw new Error(`offset ${offset}: a block of ${length} bytes, the file has ${block.length} of them`)
      yield block
      offset += length
    }
  } finally {
    fs.closeSync(file)
  }
}

function lengthOf(start, offset) {
  if (start[0] < 0xc0) throw new Error(`offset ${offset}: not an RLP list`)
  if (start[0] < 0xf8) return 1 + start[0] - 0xc0
  const size = start[0] - 0xf7
  if (start.length < 1 + size) throw new Error(`offset ${offset}: the file ends within a length`)
  const length = start.subarray(1, 1 + size).reduce((sum, octet) => sum * 256 + octet, 0)
  if (length > MAX_BLOCK_BYTES) throw new Error(`offset ${offset}: a block of ${length} bytes, the limit is ${MAX_BLOCK_BYTES}`)
  return 1 + size + length
}

function read(file, offset, length) {
  const bytes = new Uint8Array(length)
  let got = 0
  while (got < length) {
    const count = fs.readSync(file, bytes, got, length - got, offset + got)
    if (count === 0) break
    got += count
  }
  return bytes.subarray(0, got)
}
