/**
 * Records a relay: its writes, flushes and names in the data folder and the ring, and the questions and answers of its clients,
 * in the one order in which the kernel saw them.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeDemoNode } from '../support/demo-node.ts'
import type { DemoNode } from '../support/demo-node.ts'
import { chanceOf } from '../support/seeded.ts'
import { Disk } from './disk.ts'
import type { Line, Noted } from './ledger.ts'
import { stepsOf, TRACED, TraceTorn } from './trace.ts'
import type { Step } from './trace.ts'

const PLAYER = join(import.meta.dir, 'player.ts')
const PATIENCE_MS = 60_000
/** More than any write of these tests; the tracer cuts off what is longer. */
const LONGEST_WRITE = 16 * 2 ** 20
const SIGKILLED = 137

/** A life of a node, from its creation to its end. */
export interface Recording {
  readonly files: DemoNode
  readonly steps: readonly Step[]
  readonly lines: readonly Noted[]
}

/** Whether programs can be traced here. */
export function canRecord(): boolean {
  const tried = spawnSync('strace', ['-f', '-y', '--seccomp-bpf', '-e', 'trace=fsync', 'true'])
  return tried.status === 0
}

/** How often a recording is made again when the tracer lost a line of it. */
const ATTEMPTS = 4

/**
 * Lets the player live both parts of its life under the tracer. The folder must be removed by the caller.
 * @param letters messages that are sent at the same time in each part
 * @throws when a relay did not do its work, or the replay does not arrive at the very files that it left
 */
export async function record(seed: number, letters: number): Promise<Recording> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await recordOnce(seed, letters)
    } catch (error) {
      if (!(error instanceof TraceTorn) || attempt === ATTEMPTS) throw error
    }
  }
}

async function recordOnce(seed: number, letters: number): Promise<Recording> {
  const files = makeDemoNode({ store: { path: 'data', map: '64 MiB', ballast: '64 KiB' } })
  try {
    const steps: Step[] = []
    const lines: Noted[] = []
    let offset = 0
    for (const part of [1, 2]) {
      const text = await trace(files, seed, part, letters)
      const seen = [...stepsOf(text, files.dir, isNoState(files))]
      const book = join(files.dir, 'book')
      for (const step of seen) {
        if (step.path !== book) steps.push(later(step, offset))
        else if (step.kind === 'write') lines.push(noted(step, offset))
      }
      offset += text.split('\n').length
      steps.splice(0, steps.length, ...settled(steps, files, offset))
    }
    return { files, steps, lines }
  } catch (error) {
    files.remove()
    throw error
  }
}

/** The folders and files that hold the state; lock, socket and ballast do not, nor does what the tests themselves write. */
function isNoState({ dir, dataDir, paths, ringPath }: DemoNode): (path: string) => boolean {
  const state = new Set([
    dir,
    dataDir,
    dirname(ringPath),
    paths.store,
    join(paths.store, 'data.mdb'),
    paths.vault,
    ringPath,
    join(dataDir, 'creating'),
    join(dir, 'book'),
  ])
  return (path) => !state.has(path)
}

/** An empty disk as it was before the recording. */
export function diskOf({ dir, ringPath, paths }: DemoNode, deaf?: (path: string) => boolean): Disk {
  const disk = new Disk({
    tearsInside: (path) => path === paths.vault || path === ringPath,
    deaf: ({ path }) => deaf?.(path) === true,
  })
  disk.hasFolder(dir)
  disk.hasFolder(dirname(ringPath))
  return disk
}

async function trace(files: DemoNode, seed: number, part: number, letters: number) {
  const output = join(files.dir, `trace-${part}`)
  const child = Bun.spawn(
    [
      'strace',
      ...['-f', '-y', '-xx', '-s', String(LONGEST_WRITE), '--seccomp-bpf', '-e', 'signal=none'],
      ...['-e', `trace=${TRACED}`, '-o', output],
      ...[process.execPath, PLAYER, files.configFile, join(files.dir, 'book')],
      ...[seed, part, letters].map(String),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const tooLong = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  const err = await new Response(child.stderr).text()
  await child.exited
  clearTimeout(tooLong)
  const exit = child.signalCode === 'SIGKILL' ? SIGKILLED : child.exitCode
  if (exit !== (part === 1 ? SIGKILLED : 0))
    throw new Error(`part ${part} of the recording ended with ${exit}: ${err} (SEED=${seed})`)
  return readFileSync(output, 'latin1')
}

function noted(step: Extract<Step, { kind: 'write' }>, offset: number): Noted {
  return { line: step.line + offset, entry: JSON.parse(step.bytes.toString()) as Line }
}

function later(step: Step, offset: number): Step {
  const line = step.line + offset
  if (step.kind === 'flush') return { ...step, line, from: step.from + offset }
  if (step.kind === 'name') return { ...step, line }
  return { ...step, line, done: step.done + offset }
}

/**
 * The steps with those that the end of the process cut off settled by what is really there, and proof that nothing was missed:
 * the replayed files are the real ones, byte by byte.
 * @param end line at which the process was gone
 */
function settled(steps: readonly Step[], files: DemoNode, end: number): Step[] {
  const done = steps.flatMap((step): Step[] => {
    if (step.kind === 'resize' && step.done === Infinity) throw new Error('cut off in a resize')
    if (step.kind !== 'write' || step.done !== Infinity) return [step]
    const { path, at, bytes } = step
    const real = readFileSync(path).subarray(at, at + bytes.length)
    // The kernel may have stopped between two pages: what is there of it was written, from its beginning on.
    let length = 0
    while (length < real.length && real[length] === bytes[length]) length += 1
    return length === 0 ? [] : [{ ...step, bytes: bytes.subarray(0, length), done: end }]
  })
  const disk = diskOf(files)
  for (const step of done) disk.take(step)
  const left = disk.after('kept', chanceOf(0))
  for (const [path, bytes] of left.files)
    if (!existsSync(path) || !readFileSync(path).equals(bytes))
      throw new Error(`${path} is not what the trace says`)
  for (const path of [files.paths.vault, files.ringPath, join(files.paths.store, 'data.mdb')])
    if (!left.files.has(path)) throw new Error(`${path} is not in the trace`)
  return done
}
