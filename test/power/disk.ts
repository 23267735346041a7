/**
 * A disk as it would be found after a power cut: what was flushed is there, and of everything else as much or as little as
 * the cut is told to leave. Assumes what VAULT assumes: a sector is written whole or not (but for the vault, which is tried with torn
 * sectors too), bytes that are not written do not change, a flush is durable.
 * @module
 */
import type { Chance } from '../support/seeded.ts'
import type { Step } from './trace.ts'

const SECTOR_BYTES = 512

type Write = Extract<Step, { kind: 'write' }>
type Resize = Extract<Step, { kind: 'resize' }>
type Name = Extract<Step, { kind: 'name' }>

/** What is left of that which was not flushed. */
export const CUTS = ['lost', 'kept', 'some', 'shuffled', 'torn', 'torn-inside'] as const
export type Cut = (typeof CUTS)[number]

/** The names and contents of a disk. */
export interface Left {
  readonly folders: readonly string[]
  readonly files: ReadonlyMap<string, Buffer>
}

export interface DiskOptions {
  /** Paths whose sectors may be torn inside. */
  readonly tearsInside: (path: string) => boolean
  /** Flushes that the recorder is told not to see, to show that the harness would find a relay that does not make them. */
  readonly deaf?: (flush: Extract<Step, { kind: 'flush' }>) => boolean
}

/** Bytes of one file, with room to grow. */
class Image {
  #bytes: Buffer = Buffer.alloc(0)
  #size = 0

  static of(bytes: Buffer): Image {
    const image = new Image()
    image.#bytes = Buffer.from(bytes)
    image.#size = bytes.length
    return image
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#size)
  }

  write(bytes: Buffer, at: number): void {
    this.resize(Math.max(this.#size, at + bytes.length))
    bytes.copy(this.#bytes, at)
  }

  resize(size: number): void {
    if (size > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(size, this.#bytes.length * 2))
      this.bytes.copy(larger)
      this.#bytes = larger
    }
    if (size < this.#size) this.#bytes.fill(0, size, this.#size)
    this.#size = size
  }
}

export class Disk {
  readonly #options: DiskOptions
  /** Contents that are durable, by path; whether the path itself is, is another matter. */
  readonly #images = new Map<string, Image>()
  /** Durable names, folders included. */
  readonly #names = new Map<string, 'file' | 'folder'>()
  readonly #given = new Set<string>()
  #writes: (Write | Resize)[] = []
  #pendingNames: Name[] = []

  constructor(options: DiskOptions) {
    this.#options = options
  }

  /** Whether there is anything that a cut could take away. */
  get isClean(): boolean {
    return this.#writes.length + this.#pendingNames.length === 0
  }

  /** A folder that was there before anything was recorded. */
  hasFolder(path: string): void {
    this.#names.set(path, 'folder')
    this.#given.add(path)
  }

  take(step: Step): void {
    if (step.kind === 'write' || step.kind === 'resize') this.#writes.push(step)
    else if (step.kind === 'name') this.#pendingNames.push(step)
    else if (this.#options.deaf?.(step) !== true) this.#flush(step.path, step.from)
  }

  /** A write with O_DSYNC has returned: it is durable, whatever becomes of the others. */
  returned(step: Write): void {
    const at = this.#writes.indexOf(step)
    if (at < 0) return
    this.#writes.splice(at, 1)
    apply(this.#image(step.path), step)
  }

  /** What is on the disk when the power goes now. */
  after(cut: Cut, chance: Chance): Left {
    const names = new Map(this.#names)
    const kept =
      cut === 'lost' ? 0 : cut === 'kept' ? Infinity : chance.below(this.#pendingNames.length + 1)
    for (const [index, step] of this.#pendingNames.entries()) if (index < kept) rename(names, step)
    const images = new Map<string, Image>()
    for (const piece of this.#pieces(cut, chance)) {
      const { path } = piece
      const image = images.get(path) ?? Image.of(this.#image(path).bytes)
      images.set(path, image)
      apply(image, piece)
    }
    const there = [...names].filter(([path]) => isReachable(path, names, this.#given))
    return {
      folders: there.flatMap(([path, what]) => (what === 'folder' ? [path] : [])),
      files: new Map(
        there.flatMap(([path, what]) =>
          what === 'file' ? [[path, (images.get(path) ?? this.#image(path)).bytes]] : [],
        ),
      ),
    }
  }

  #pieces(cut: Cut, chance: Chance): (Write | Resize)[] {
    switch (cut) {
      case 'lost':
        return []
      case 'kept':
        return this.#writes
      case 'some':
        return this.#writes.filter(() => chance.percent(50))
      case 'shuffled':
        return shuffled(
          this.#writes.filter(() => chance.percent(80)),
          chance,
        )
      case 'torn':
        return this.#writes.flatMap((step) => torn(step, chance))
      case 'torn-inside':
        return this.#writes.flatMap((step) =>
          step.kind === 'write' && this.#options.tearsInside(step.path)
            ? brokenOff(step, chance)
            : torn(step, chance),
        )
    }
  }

  #flush(path: string, from: number): void {
    const covered = (step: Write | Resize) => step.path === path && step.done < from
    for (const step of this.#writes.filter(covered)) apply(this.#image(path), step)
    this.#writes = this.#writes.filter((step) => !covered(step))
    const named = (step: Name) => parentOf(step.path) === path && step.line < from
    for (const step of this.#pendingNames.filter(named)) rename(this.#names, step)
    this.#pendingNames = this.#pendingNames.filter((step) => !named(step))
  }

  #image(path: string): Image {
    const known = this.#images.get(path)
    if (known !== undefined) return known
    const fresh = new Image()
    this.#images.set(path, fresh)
    return fresh
  }
}

function apply(image: Image, step: Write | Resize): void {
  if (step.kind === 'write') image.write(step.bytes, step.at)
  else image.resize(step.size)
}

function rename(names: Map<string, 'file' | 'folder'>, { path, act }: Name): void {
  if (act === 'remove') names.delete(path)
  else names.set(path, act === 'make' ? 'file' : 'folder')
}

/** Whether every folder above a name is there too, up to one that was there before. */
function isReachable(
  path: string,
  names: ReadonlyMap<string, 'file' | 'folder'>,
  given: ReadonlySet<string>,
): boolean {
  for (let at = path; !given.has(at); at = parentOf(at)) if (!names.has(at)) return false
  return true
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}

function shuffled<T>(items: readonly T[], chance: Chance): T[] {
  const left = [...items]
  return items.map(() => {
    const [one] = left.splice(chance.below(left.length), 1)
    if (one === undefined) throw new Error('fewer than there were')
    return one
  })
}

/** Each sector of a write came to the disk or did not. */
function torn(step: Write | Resize, chance: Chance): (Write | Resize)[] {
  if (step.kind === 'resize') return chance.percent(50) ? [step] : []
  // Long runs as well as single sectors: a write of a mebibyte is otherwise always half there.
  const share = chance.oneOf([10, 50, 90])
  const pieces: Write[] = []
  for (let from = 0; from < step.bytes.length;) {
    const to = Math.min(step.bytes.length, from + SECTOR_BYTES - ((step.at + from) % SECTOR_BYTES))
    if (chance.percent(share)) pieces.push(piece(step, from, to))
    from = to
  }
  return pieces
}

/** One part of a write came to the disk, ending or beginning inside a sector. */
function brokenOff(step: Write, chance: Chance): Write[] {
  const at = 1 + chance.below(Math.max(1, step.bytes.length - 1))
  return [chance.percent(50) ? piece(step, 0, at) : piece(step, at, step.bytes.length)]
}

function piece(step: Write, from: number, to: number): Write {
  return { ...step, at: step.at + from, bytes: step.bytes.subarray(from, to) }
}
