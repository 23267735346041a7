/**
 * Every fuzzer, briefly: nothing is found in what we have, and what is planted is found. `FUZZ_SEED` repeats a run, `FUZZ_SECONDS` makes
 * it longer; `bun src/scripts/fuzz.ts` runs for as long as one likes.
 * @module
 */
import { describe, expect, test } from 'bun:test'
import { runFuzzer } from './fuzzer.ts'
import { FUZZERS } from './fuzzers.ts'

const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const ms = Number(process.env['FUZZ_SECONDS'] ?? 1) * 1_000
/** Enough that a run says something, also on a busy machine. */
const INPUTS_MIN = 21
const TIMEOUT_MS = ms + 30_000

describe.each(FUZZERS.map((fuzzer) => [fuzzer.name, fuzzer] as const))(
  `the fuzzer %s (seed ${seed})`,
  (_, fuzzer) => {
    test(
      `finds nothing: ${fuzzer.property}`,
      async () => {
        const until = { ms, inputsMin: INPUTS_MIN, findings: 3 }
        const { findings, inputs, taken } = await runFuzzer(fuzzer, seed, until)
        expect(findings).toEqual([])
        expect(inputs).toBeGreaterThan(20)
        // A run in which everything is refused says nothing of what is taken.
        expect(taken).toBeGreaterThan(0)
      },
      TIMEOUT_MS,
    )

    test(
      `finds what is planted: ${fuzzer.planted}`,
      async () => {
        const until = { inputs: fuzzer.findsWithin, findings: 1 }
        const { findings } = await runFuzzer(fuzzer, seed, until, true)
        expect(findings.length, `seed ${seed}`).toBe(1)
      },
      TIMEOUT_MS,
    )
  },
)
