/**
 * What the memory of the relay holds never reaches a disk by way of a crash.
 * @module
 */
import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeDemoNode } from '../support/demo-node.ts'
import { startNode } from '../support/node-process.ts'

const MODULE = join(import.meta.dir, '../../src/ops/core-dumps.ts')

const coreLimit = (pid: number | 'self') =>
  /^Max core file size +(\S+) +(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.slice(1)

/** Runs a piece of program that can ask the kernel whether it may be dumped. */
async function dumpableAfter(statement: string): Promise<number> {
  const program = `
    import { dlopen } from 'bun:ffi'
    import { forbidCoreDumps } from ${JSON.stringify(MODULE)}
    ${statement}
    const c = dlopen('libc.so.6', { prctl: { args: ['i32', 'u64', 'u64', 'u64', 'u64'], returns: 'i32' } })
    process.exitCode = 100 + c.symbols.prctl(3, 0, 0, 0, 0)`
  const child = Bun.spawn([process.execPath, '-e', program], {
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  return (await child.exited) - 100
}

test('the relay may leave no core file, nor may anything that it starts', async () => {
  const node = makeDemoNode()
  const process = await startNode(node.configFile)
  try {
    expect(coreLimit(process.pid)).toEqual(['0', '0'])
    expect((await process.stop()).err).not.toContain('core dumps')
  } finally {
    await process.kill()
    node.remove()
  }
}, 30_000)

test('the kernel hands its memory to nobody when it crashes', async () => {
  expect(await dumpableAfter('')).toBe(1)
  expect(await dumpableAfter('forbidCoreDumps()')).toBe(0)
})
