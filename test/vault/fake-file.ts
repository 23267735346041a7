/**
 * A file in memory that counts, fails and loses power on demand: what was not flushed is on the disk, torn, or not there.
 * @module
 */
import type { PagedFile } from '../../src/vault/paged-file.ts'

export class FakeFile implements PagedFile {
  /** What readers see. */
  bytes = Buffer.alloc(0)
  readonly log: string[] = []
  /** Thrown by the next operation with this name, once. */
  fail: { operation: 'write' | 'datasync' | 'sync'; code: string } | undefined

  /** Called before each operation that changes the disk. */
  before: (operation: 'write' | 'datasync' | 'sync') => void = () => {}
  /** What survives a power cut for certain: everything up to the last flush. */
  flushed = Buffer.alloc(0)

  size(): number {
    return this.bytes.length
  }

  read(into: Uint8Array, position: number): void {
    if (position + into.length > this.bytes.length) throw new Error('the file ends too early')
    into.set(this.bytes.subarray(position, position + into.length))
  }

  write(bytes: Uint8Array, position: number): void {
    this.#perform('write')
    const end = position + bytes.length
    if (end > this.bytes.length)
      this.bytes = Buffer.concat([this.bytes, Buffer.alloc(end - this.bytes.length)])
    this.bytes.set(bytes, position)
  }

  async datasync(): Promise<void> {
    await Promise.resolve()
    this.#perform('datasync')
    this.flushed = Buffer.from(this.bytes)
  }

  sync(): void {
    this.#perform('sync')
    this.flushed = Buffer.from(this.bytes)
  }

  truncate(bytes: number): void {
    this.bytes = Buffer.from(this.bytes.subarray(0, bytes))
  }

  close(): void {}

  count(operation: string): number {
    return this.log.filter((entry) => entry === operation).length
  }

  #perform(operation: 'write' | 'datasync' | 'sync'): void {
    this.before(operation)
    this.log.push(operation)
    if (this.fail?.operation !== operation) return
    const error = Object.assign(new Error(this.fail.code), { code: this.fail.code })
    this.fail = undefined
    throw error
  }
}
