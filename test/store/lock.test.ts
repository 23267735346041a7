import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FolderInUse, lockFolder } from '../../src/store/lock.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'knooppunt-lock-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

/** A process that takes the lock, says so, and waits. */
async function holder(path: string) {
  const module = join(import.meta.dir, '../../src/store/lock.ts')
  const script = `import { lockFolder } from ${JSON.stringify(module)}
    lockFolder(${JSON.stringify(path)}); console.log('held'); setTimeout(() => {}, 20_000)`
  const child = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe', stderr: 'inherit' })
  const { value } = await child.stdout.getReader().read()
  expect(Buffer.from(value ?? []).toString()).toBe('held\n')
  return child
}

test('a second process is refused with the number of the first; after kill -9 the lock is free', async () => {
  const path = join(dir, 'lock')
  const child = await holder(path)
  try {
    expect(() => lockFolder(path)).toThrow(FolderInUse)
    expect(() => lockFolder(path)).toThrow(`in use by process ${child.pid}; stop that one first`)
  } finally {
    child.kill('SIGKILL')
    await child.exited
  }
  const lock = lockFolder(path)
  expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`)
  lock.release()
})

test('one process cannot take a folder twice, until it has released it', () => {
  const path = join(dir, 'lock')
  const first = lockFolder(path)
  expect(() => lockFolder(path)).toThrow(FolderInUse)
  first.release()
  lockFolder(path).release()
  expect(() => lockFolder(join(dir, 'no', 'folder'))).toThrow('ENOENT')
})
