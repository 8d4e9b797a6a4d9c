#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
//
// Runs the forge of npm from the contracts folder and ends as it ended:  node tool/forge.mjs test -vv
// Only the packages of the native programs are depended on. The package @foundry-rs/forge adds a wrapper that ends with 0
// whatever forge said, and names platform packages that not every registry has, which `npm ci` then refuses.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

/** Path of the native program, or null when `npm ci` has not been run (or npm has none for this machine). */
export function nativeForge() {
  const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch]
  const name = process.platform === 'win32' ? 'forge.exe' : 'forge'
  const file = path.join(ROOT, `node_modules/@foundry-rs/forge-${process.platform}-${arch}/bin/${name}`)
  return fs.existsSync(file) ? file : null
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const forge = nativeForge()
  if (forge === null) {
    process.stderr.write('no forge: run npm ci --ignore-scripts --prefix contracts\n')
    process.exitCode = 3
  } else {
    const run = spawnSync(forge, process.argv.slice(2), { cwd: ROOT, stdio: 'inherit' })
    if (run.error) throw run.error
    process.exitCode = run.status ?? 1
  }
}
