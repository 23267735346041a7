/**
 * One LMDB environment: its tables, an all-or-nothing durable write, and its room on the disk.
 *
 * Two habits of lmdb-js are dealt with here. It enlarges a full map by itself, so the bound on the map is ours to keep. And
 * a full disk reaches it as a bare input/output error in the middle of a commit, so the file is enlarged before the
 * commit, every byte written, where a full disk still says that it is full. Writing inside a file is also quicker to flush
 * than writing at its end.
 * @module
 */
import { type FileHandle, mkdir, open as openFile } from 'node:fs/promises'
import { statfsSync } from 'node:fs'
import { join } from 'node:path'
import { type Database, open, type RootDatabase } from 'lmdb'
import { StorageFull } from '../../relay/ports.ts'

const PAGE_BYTES = 4096
const MIB = 2 ** 20
/** A value above this lies in pages of its own. */
const INLINE_BYTES = 1_900
/** Pages that any commit may need besides its rows: roots, branches, the free list. */
const PAGES_PER_COMMIT = 64
/** Keys that one step of a scan reads. */
const SCAN_STEP = 1_000
/** Share of the map that only groups without accepts may use, so that a full store can still be emptied. */
const RESERVE_SHARE = 1 / 20

const TABLES = [
  'meta',
  'message',
  'content',
  'line',
  'reference',
  'party',
  'conversation',
  'event',
] as const
export type TableName = (typeof TABLES)[number]
type Table = Database<Buffer, Buffer>
/** The table with several values under a key: any number of pairs may use one reference, though few ever do. */
const MANY = 'reference' satisfies TableName

/** One row to write, or to remove when there is no value. */
export interface Write {
  readonly table: TableName
  readonly key: Buffer
  readonly value: Buffer | undefined
  /** In the table with several values under a key: the one to remove. */
  readonly only?: Buffer
}

/** Which rows of a table, in order of their keys. */
export interface Range {
  /** Inclusive. */
  readonly start?: Buffer
  /** Exclusive. */
  readonly end?: Buffer
  readonly limit?: number
  readonly reverse?: boolean
}

/** Reads rows; collected, so that no cursor stays open. */
export type ReadRows = (table: TableName, range: Range) => { key: Buffer; value: Buffer }[]

export interface EnvironmentOptions {
  /** Folder of the store; made when it is not there. */
  readonly path: string
  readonly mapBytes: number
  readonly maxReaders: number
}

export class Environment {
  readonly #root: RootDatabase<Buffer, Buffer>
  readonly #tables: Readonly<Record<TableName, Table>>
  readonly #file: FileHandle
  readonly #options: EnvironmentOptions
  /** Size of the file when it was last looked at; LMDB may have made it longer. */
  #fileBytes = 0
  #usedBytes = 0
  #endBytes = 0

  private constructor(
    root: RootDatabase<Buffer, Buffer>,
    file: FileHandle,
    options: EnvironmentOptions,
  ) {
    this.#root = root
    this.#file = file
    this.#options = options
    const table = (name: TableName): Table =>
      root.openDB<Buffer, Buffer>({
        name,
        keyEncoding: 'binary',
        encoding: 'binary',
        dupSort: name === MANY,
      })
    this.#tables = Object.fromEntries(
      TABLES.map((name) => [name, table(name)]),
    ) as unknown as Record<TableName, Table>
    this.#measure()
  }

  static async open(options: EnvironmentOptions): Promise<Environment> {
    await mkdir(options.path, { recursive: true, mode: 0o700 })
    const root = open<Buffer, Buffer>({
      path: options.path,
      noSubdir: false,
      // A resolved write must be a flushed one, and nothing may be readable before.
      overlappingSync: false,
      mapSize: options.mapBytes,
      maxReaders: options.maxReaders,
      maxDbs: TABLES.length,
      pageSize: PAGE_BYTES,
      keyEncoding: 'binary',
      encoding: 'binary',
    })
    const file = await openFile(join(options.path, 'data.mdb'), 'r+')
    return new Environment(root, file, options)
  }

  get(table: TableName, key: Buffer): Buffer | undefined {
    return this.#tables[table].getBinary(key)
  }

  /** All values of the one table that has several under a key, smallest first. */
  values(key: Buffer): Buffer[] {
    return [...this.#tables[MANY].getValues(key)]
  }

  /** Rows from `start` (inclusive) towards `end` (exclusive); collected, so that no cursor stays open. */
  rows(table: TableName, range: Range): { key: Buffer; value: Buffer }[] {
    return [...this.#tables[table].getRange(range)]
  }

  /** One moment of all tables. Pages that are freed meanwhile cannot be used again, so it must be closed soon. */
  snapshot(): { readonly rows: ReadRows; close(): void } {
    const transaction = this.#root.useReadTransaction()
    return {
      rows: (table, range) =>
        // The bytes belong to the snapshot, and whoever reads may keep them for longer.
        [...this.#tables[table].getRange({ ...range, transaction })].map(({ key, value }) => ({
          key: Buffer.from(key),
          value: Buffer.from(value),
        })),
      close: () => transaction.done(),
    }
  }

  /** Keys of a table in order, without touching its values; no snapshot is held between steps. */
  *keys(table: TableName): Generator<Buffer> {
    for (let start = Buffer.alloc(1); ;) {
      const keys = [...this.#tables[table].getKeys({ start, limit: SCAN_STEP })]
      yield* keys
      const last = keys.at(-1)
      if (last === undefined) return
      start = Buffer.concat([last, Buffer.alloc(1)])
    }
  }

  /** Rows of a table in order; no snapshot is held between steps. */
  *scan(table: TableName): Generator<{ key: Buffer; value: Buffer }> {
    for (const key of this.keys(table)) {
      const one = this.get(table, key)
      const values = table === MANY ? this.values(key) : one === undefined ? [] : [one]
      for (const value of values) yield { key, value }
    }
  }

  /**
   * Writes all rows as one transaction and resolves once it is flushed.
   * @param essential may use the reserve of the map
   * @throws StorageFull when there is no room; nothing was written
   */
  async write(writes: readonly Write[], essential: boolean): Promise<void> {
    const needBytes = roomFor(writes)
    const reserve = essential ? 0 : this.#options.mapBytes * RESERVE_SHARE
    if (this.#usedBytes + needBytes > this.#options.mapBytes - reserve)
      throw new StorageFull('the map of the store is full')
    await this.#enlarge(this.#endBytes + needBytes)
    await this.#commit(writes)
    this.#measure()
  }

  room(): { usedBytes: number; limitBytes: number; diskFreeBytes: number } {
    const disk = statfsSync(this.#options.path)
    // The file never gets shorter: what ended messages leave free in it is room too, or a disk that this store has filled once
    // would stay full for ever.
    const reusable = Math.max(this.#fileBytes, this.#endBytes) - this.#usedBytes
    return {
      usedBytes: this.#usedBytes,
      limitBytes: this.#options.mapBytes,
      diskFreeBytes: disk.bavail * disk.bsize + Math.max(0, reusable),
    }
  }

  async close(): Promise<void> {
    await this.#root.close()
    await this.#file.close()
  }

  async #commit(writes: readonly Write[]): Promise<void> {
    // Every put of a batch answers with the promise of the commit; each needs a handler, or a failure is raised twice.
    const heard = new Set<unknown>()
    const hear = (answer: Promise<boolean>) => {
      if (heard.has(answer)) return
      heard.add(answer)
      answer.then(undefined, () => {})
    }
    try {
      const done = this.#root.batch(() => {
        for (const { table, key, value, only } of writes)
          hear(
            value !== undefined
              ? this.#tables[table].put(key, value)
              : only === undefined
                ? this.#tables[table].remove(key)
                : this.#tables[table].remove(key, only),
          )
      })
      hear(done)
      await done
    } catch (error) {
      const cause: unknown = await causeOf(error)
      // The file was enlarged before, so a full disk gets here only when LMDB needed more than was reckoned with.
      if (codeOf(cause) === 'ENOSPC' || codeOf(cause) === 28)
        throw new StorageFull('the disk of the store is full', { cause })
      throw new Error('the store could not be written', { cause })
    }
  }

  /** Makes the file at least `bytes` long, every byte written, in steps that grow with it. */
  async #enlarge(bytes: number): Promise<void> {
    if (bytes <= this.#fileBytes) return
    const { size } = await this.#file.stat()
    this.#fileBytes = size
    if (bytes <= size) return
    const step = Math.min(64 * MIB, Math.max(MIB, Math.floor(size / 8)))
    const target = Math.ceil((bytes + step) / PAGE_BYTES) * PAGE_BYTES
    const zeroes = Buffer.alloc(Math.min(MIB, target - size))
    try {
      for (let at = size; at < target;) {
        const length = Math.min(zeroes.length, target - at)
        at += (await this.#file.write(zeroes, 0, length, at)).bytesWritten
      }
      await this.#file.sync()
      this.#fileBytes = target
    } catch (error) {
      if (codeOf(error) !== 'ENOSPC' && codeOf(error) !== 'EDQUOT')
        throw new Error('the store could not be enlarged', { cause: error })
      // Gives back what was taken in vain; LMDB has no page there yet.
      await this.#file.truncate(size).catch(() => {})
      throw new StorageFull('the disk of the store is full', { cause: error })
    }
  }

  /** Pages in use, and the end of the last page that ever was: what follows it in the file is room. */
  #measure(): void {
    const root = statsOf(this.#root)
    this.#endBytes = (root.lastPageNumber + 1) * PAGE_BYTES
    this.#usedBytes =
      PAGE_BYTES *
      TABLES.map((name) => statsOf(this.#tables[name]))
        .map((tree) => tree.treeBranchPageCount + tree.treeLeafPageCount + tree.overflowPages)
        .reduce((sum, pages) => sum + pages, PAGES_PER_COMMIT)
  }
}

interface Stats {
  readonly treeBranchPageCount: number
  readonly treeLeafPageCount: number
  readonly overflowPages: number
  readonly lastPageNumber: number
}

/** lmdb-js types its figures as an empty object. */
function statsOf(table: Table): Stats {
  return table.getStats() as Stats
}

/** Bytes of new pages that a transaction may need at the most: pages are copied before they change. */
function roomFor(writes: readonly Write[]): number {
  let pages = PAGES_PER_COMMIT
  for (const { value } of writes) {
    const length = value?.length ?? 0
    pages += length > INLINE_BYTES ? 2 + Math.ceil((length + 16) / PAGE_BYTES) : 2
  }
  return pages * PAGE_BYTES
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** lmdb-js hides the reason of a failed commit in a promise that rejects with it. */
async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return error
  try {
    await error.commitError
    return error
  } catch (cause) {
    return cause
  }
}
