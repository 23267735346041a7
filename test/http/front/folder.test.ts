/**
 * The folder of the sockets: for this user only, and gone when it should be.
 */
import { afterAll, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSocketFolder } from '../../../src/http/front/folder.ts'

const base = mkdtempSync(join(tmpdir(), 'knooppunt-folder-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))

test('is for this user only, gives a path once, and can be removed with what is in it', () => {
  const before = process.umask(0)
  const folder = createSocketFolder(base)
  process.umask(before)
  const [name = ''] = readdirSync(base)
  expect(statSync(join(base, name)).mode & 0o777).toBe(0o700)
  const paths = [folder.next(), folder.next()]
  expect(new Set(paths).size).toBe(2)
  writeFileSync(paths[0]!, '')
  folder.remove()
  expect(readdirSync(base)).toEqual([])
})

test('of a process that was killed is removed by the next, and no other', async () => {
  const killed = Bun.spawn(['true'])
  await killed.exited
  const left = `knooppunt-front-${killed.pid}-Ab12cd`
  const others = [
    `knooppunt-front-${process.ppid}-Ab12cd`,
    'knooppunt-front-me-Ab12cd',
    'knooppunt-front-0',
  ]
  for (const name of [left, ...others]) mkdirSync(join(base, name))
  writeFileSync(join(base, left, '1'), '')
  const folder = createSocketFolder(base)
  const names = readdirSync(base)
  folder.remove()
  expect(names).not.toContain(left)
  expect(names).toEqual(expect.arrayContaining(others))
})

test('with too long a path for a socket is refused with a sentence, and not left behind', () => {
  const long = join(base, 'x'.repeat(80))
  mkdirSync(long)
  expect(() => createSocketFolder(long)).toThrow('too long a path')
  expect(readdirSync(long)).toEqual([])
})
