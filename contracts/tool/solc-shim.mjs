#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
//
// Lets forge use the Solidity compiler of npm (WebAssembly) as if it were a native solc.
// Answers the two calls forge makes: `--version` and `--standard-json` (input on stdin, output on stdout).
// Imports are read only from inside the folders forge names (base, include and allowed paths, and the working directory).
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const PATH_FLAGS = new Set(['--base-path', '--include-path', '--allow-paths'])

/** Reads the flags forge passes; anything unknown is refused, so that no wish of forge's is silently ignored. */
function parse(args) {
  const wish = { version: false, standardJson: false, basePath: null, includePaths: [], allowed: [] }
  for (let i = 0; i < args.length; i++) {
    const [flag, inline] = args[i].split(/=(.*)/s)
    if (PATH_FLAGS.has(flag)) {
      const value = inline ?? args[++i]
      if (value === undefined) throw new Error(`${flag} needs a value`)
      if (flag === '--base-path') wish.basePath = value
      else if (flag === '--include-path') wish.includePaths.push(value)
      else wish.allowed.push(...value.split(',').filter(part => part !== ''))
    } else if (flag === '--version') wish.version = true
    else if (flag === '--standard-json') wish.standardJson = true
    else if (flag !== '-') throw new Error(`unknown option ${flag}`)
  }
  return wish
}

/** The real path of a folder or file, or null when it does not exist (so that a symbolic link cannot lead outside). */
function realPath(file) {
  try {
    return fs.realpathSync(file)
  } catch (e) {
    if (e.code === 'ENOENT' || e.code === 'ENOTDIR') return null
    throw e
  }
}

function isInside(file, folder) {
  const relative = path.relative(folder, file)
  return relative === '' || (!relative.startsWith('..' + path.sep) && relative !== '..' && !path.isAbsolute(relative))
}

/** solc-js calls this for each import whose text is not in the standard JSON already. */
function importReader(wish) {
  const searched = [wish.basePath ?? process.cwd(), ...wish.includePaths].map(folder => path.resolve(folder))
  const allowed = [...searched, ...wish.allowed.map(folder => path.resolve(folder))].map(realPath).filter(Boolean)
  return name => {
    for (const folder of searched) {
      const file = realPath(path.resolve(folder, name))
      if (file === null || !fs.statSync(file).isFile()) continue
      if (!allowed.some(root => isInside(file, root))) return { error: `import outside the allowed paths: ${name}` }
      return { contents: fs.readFileSync(file, 'utf8') }
    }
    return { error: `import not found: ${name}` }
  }
}

/** A pipe takes less than it is given when the reader is slow, and may say EAGAIN: go on until all is written. */
function writeFully(fd, text) {
  const bytes = Buffer.from(text, 'utf8')
  let written = 0
  while (written < bytes.length) {
    try {
      written += fs.writeSync(fd, bytes, written, bytes.length - written)
    } catch (e) {
      if (e.code !== 'EAGAIN') throw e
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}

function main() {
  const wish = parse(process.argv.slice(2))
  const solc = createRequire(import.meta.url)('solc')
  if (wish.version) {
    // forge takes the platform from this line and knows no Emscripten.
    const version = solc.version().replace('.Emscripten.clang', '.Linux.g++')
    writeFully(1, `solc, the solidity compiler commandline interface\nVersion: ${version}\n`)
  } else if (wish.standardJson) {
    writeFully(1, solc.compile(fs.readFileSync(0, 'utf8'), { import: importReader(wish) }))
  } else {
    throw new Error('only --version and --standard-json are answered')
  }
}

try {
  main()
} catch (e) {
  process.stderr.write(`solc-shim: ${e.message}\n`)
  process.exitCode = 1
}
