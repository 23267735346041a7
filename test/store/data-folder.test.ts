import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DataIncomplete, type DataPaths, openData } from '../../src/store/data-folder.ts'

let dir = ''
let ringPath = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'knooppunt-data-'))
  ringPath = join(dir, 'secret', 'ring')
})
afterEach(() => rmSync(dir, { recursive: true }))

const data = () => join(dir, 'data')
const write = {
  ring: () => writeFileSync(ringPath, 'ring'),
  vault: (paths: DataPaths) => writeFileSync(paths.vault, 'vault'),
  store: (paths: DataPaths) => {
    mkdirSync(paths.store)
    writeFileSync(join(paths.store, 'data.mdb'), 'store')
  },
}
const makers = {
  create: async (paths: DataPaths) => {
    for (const make of Object.values(write)) make(paths)
    return 'made'
  },
  open: async () => 'opened',
}
const open = () => openData({ dir: data(), ringPath }, makers)

describe('the data folder', () => {
  test('is made when nothing is there, for its owner only, and opened ever after', async () => {
    expect(await open()).toBe('made')
    expect(statSync(data()).mode & 0o077).toBe(0)
    expect(await open()).toBe('opened')
    expect(readdirSync(data()).sort()).toEqual(['store', 'vault'])
  })

  test.each([
    [
      'key ring',
      () => rmSync(ringPath),
      'the key ring is missing, but the store and the vault are there',
    ],
    ['vault', () => rmSync(join(data(), 'vault')), 'the vault is missing'],
    ['store', () => rmSync(join(data(), 'store'), { recursive: true }), 'the store is missing'],
    [
      'store and vault',
      () => {
        rmSync(join(data(), 'store'), { recursive: true })
        rmSync(join(data(), 'vault'))
      },
      'the store and the vault are missing, but the key ring is there',
    ],
  ])('without its %s it is refused, and nothing is made', async (_, lose, sentence) => {
    await open()
    lose()
    const before = readdirSync(dir, { recursive: true }).sort()
    await expect(open()).rejects.toThrow(sentence)
    await expect(open()).rejects.toBeInstanceOf(DataIncomplete)
    expect(readdirSync(dir, { recursive: true }).sort()).toEqual(before)
  })

  test.each(['ring', 'vault'] as const)(
    'a creation that stopped after the %s is begun again',
    async (last) => {
      const broken = async (paths: DataPaths): Promise<string> => {
        write.ring()
        if (last === 'vault') write.vault(paths)
        throw new Error('power cut')
      }
      const first = openData({ dir: data(), ringPath }, { ...makers, create: broken })
      await expect(first).rejects.toThrow('power cut')
      expect(existsSync(ringPath)).toBe(true)
      expect(await open()).toBe('made')
      expect(await open()).toBe('opened')
    },
  )
})
