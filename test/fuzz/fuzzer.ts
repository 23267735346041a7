/**
 * What a fuzzer is, and how one runs: inputs from a seed, each tried against one property, and the same fuzzer against a target
 * with a planted defect, which it must find.
 * @module
 */
import { chanceOf, type Chance } from '../support/seeded.ts'

/** What one input led to. */
export interface Outcome {
  /** Whether the target took the input: a run in which nothing is taken tries only half of the property. */
  readonly taken: boolean
  /** What breaks the property, as a sentence; absent when it holds. */
  readonly broken?: string
}

/** Something that inputs are tried on; may have state. */
export interface Target {
  make(chance: Chance): Uint8Array
  /** May throw: that breaks every property. */
  attempt(input: Uint8Array): Outcome | Promise<Outcome>
  close(): void | Promise<void>
}

/** One parser or door under fire. */
export interface Fuzzer {
  readonly name: string
  /** What must hold for every input, as a sentence. */
  readonly property: string
  /** The defect that `open(true)` plants, as a sentence. */
  readonly planted: string
  /** Within so many inputs the planted defect must be found. */
  readonly findsWithin: number
  /** Longest that one input may take on a busy machine. */
  readonly slowestMs: number
  open(isPlanted: boolean): Target | Promise<Target>
}

/** An input that broke the property. */
export interface Finding {
  /** Of the run and of the input in it: together they make the input again. */
  readonly seed: number
  readonly number: number
  readonly broken: string
  /** The start of the input, printable. */
  readonly input: string
}

/** How a run went. */
export interface Run {
  readonly name: string
  readonly seed: number
  readonly inputs: number
  readonly taken: number
  readonly slowestMs: number
  readonly findings: readonly Finding[]
}

/** When a run ends; it also ends when it has found enough. */
export interface Until {
  readonly inputs?: number
  readonly ms?: number
  /** Inputs that are tried however long they take, so that a busy machine tries no fewer. */
  readonly inputsMin?: number
  readonly findings?: number
  /** The first input; to go on from, or to repeat one. */
  readonly from?: number
  /** Called before each input with its number. */
  readonly onInput?: (number: number) => void
}

const FINDINGS_MAX = 10
const INPUT_SHOWN_MAX = 600

/** Runs a fuzzer. @param isPlanted against the target with the planted defect */
export async function runFuzzer(
  fuzzer: Fuzzer,
  seed: number,
  until: Until,
  isPlanted = false,
): Promise<Run> {
  const target = await fuzzer.open(isPlanted)
  const { inputs = Infinity, ms = Infinity, inputsMin = 0, from = 0 } = until
  const enough = until.findings ?? FINDINGS_MAX
  const findings: Finding[] = []
  const startedAt = performance.now()
  let [number, taken, slowestMs] = [from, 0, 0]
  try {
    const isTimeLeft = () => performance.now() - startedAt < ms || number - from < inputsMin
    while (number - from < inputs && isTimeLeft()) {
      until.onInput?.(number)
      const input = target.make(chanceOf(Math.imul(seed, 0x9e3779b1) ^ number))
      const outcome = await attemptInTime(target, input, fuzzer.slowestMs)
      if (outcome.taken) taken += 1
      slowestMs = Math.max(slowestMs, outcome.ms)
      if (outcome.broken !== undefined) {
        findings.push({ seed, number, broken: outcome.broken, input: shown(input) })
        if (findings.length >= enough) break
      }
      number += 1
    }
  } finally {
    await target.close()
  }
  return { name: fuzzer.name, seed, inputs: number - from, taken, slowestMs, findings }
}

/** Slow once may be the machine; slow three times is the input. */
async function attemptInTime(
  target: Target,
  input: Uint8Array,
  slowestMs: number,
): Promise<Outcome & { ms: number }> {
  let ms = Infinity
  let outcome: Outcome = { taken: false }
  for (let tries = 0; tries < 3 && ms > slowestMs; tries += 1) {
    const startedAt = performance.now()
    outcome = await attemptSafely(target, input)
    ms = Math.min(ms, performance.now() - startedAt)
    if (outcome.broken !== undefined) break
  }
  const tooSlow = ms > slowestMs && { broken: `it takes ${Math.round(ms)} ms every time` }
  return { ...tooSlow, ...outcome, ms }
}

async function attemptSafely(target: Target, input: Uint8Array): Promise<Outcome> {
  try {
    return await target.attempt(input)
  } catch (thrown) {
    const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
    return { taken: false, broken: `it throws ${text}` }
  }
}

function shown(input: Uint8Array): string {
  const text = JSON.stringify(Buffer.from(input).toString('latin1').slice(0, INPUT_SHOWN_MAX))
  return input.length > INPUT_SHOWN_MAX
    ? `${text} and ${input.length - INPUT_SHOWN_MAX} more`
    : text
}
