/**
 * `bun src/scripts/fuzz.ts --seconds N [--seed S] [--only NAME] [--from NUMBER]`: runs every fuzzer for so long, and writes what was tried
 * and found. Each runs in a process of its own under a watch: an input on which a parser never comes back is a finding too.
 * @module
 */
import { parseArgs } from 'node:util'
import { runFuzzer, type Finding, type Run } from '../../test/fuzz/fuzzer.ts'
import { FUZZERS } from '../../test/fuzz/fuzzers.ts'

/** How long a child may be silent; no input may take nearly as long. */
const SILENCE_MS_MAX = 30_000
/** How often a child says which input it is at. */
const HEARTBEAT_MS = 500

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    only: { type: 'string' },
    from: { type: 'string', default: '0' },
    child: { type: 'boolean', default: false },
  },
})

/** One line from a child to its parent. */
type Word = { readonly at: number } | { readonly run: Run }

/** The child: runs one fuzzer here, and says where it is. */
async function runHere(): Promise<void> {
  const fuzzer = FUZZERS.find(({ name }) => name === values.only)
  if (fuzzer === undefined) throw new Error(`no fuzzer is called ${values.only}`)
  const say = (word: Word) => process.stdout.write(`${JSON.stringify(word)}\n`)
  let saidAt = 0
  const run = await runFuzzer(fuzzer, Number(values.seed), {
    ms: Number(values.seconds) * 1_000,
    from: Number(values.from),
    onInput: (at) => {
      if (performance.now() - saidAt < HEARTBEAT_MS) return
      saidAt = performance.now()
      say({ at })
    },
  })
  say({ run })
}

/** The parent: starts a child for one fuzzer, and watches it. */
async function runThere(name: string): Promise<Run> {
  const { seconds, seed, from } = values
  const args = ['--child', '--only', name, '--seconds', seconds, '--seed', seed, '--from', from]
  const child = Bun.spawn([process.execPath, import.meta.path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let at = Number(from)
  let run: Run | undefined
  let isHung = false
  const watch = () =>
    setTimeout(() => {
      isHung = true
      child.kill('SIGKILL')
    }, SILENCE_MS_MAX)
  let watchdog = watch()
  let rest = ''
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    clearTimeout(watchdog)
    watchdog = watch()
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    for (const word of lines.map((line) => JSON.parse(line) as Word)) {
      if ('run' in word) run = word.run
      else at = word.at
    }
  }
  clearTimeout(watchdog)
  const exit = await child.exited
  if (run !== undefined) return run
  const broken = `${isHung ? 'it hangs' : `the process ended with ${exit}`} at or soon after this input`
  const finding: Finding = { seed: Number(seed), number: at, broken, input: 'unknown' }
  const inputs = at - Number(from)
  return { name, seed: Number(seed), inputs, taken: 0, slowestMs: Infinity, findings: [finding] }
}

function report({ name, inputs, taken, slowestMs, findings }: Run): void {
  const found = findings.length === 0 ? 'nothing found' : `${findings.length} FOUND`
  const figures = `${inputs} inputs, ${taken} taken, slowest ${Math.round(slowestMs)} ms`
  console.log(`${name.padEnd(14)} ${figures}: ${found}`)
  for (const { seed, number, broken, input } of findings) {
    console.log(
      `  ${broken}\n    again: --only ${name} --seed ${seed} --from ${number}\n    ${input}`,
    )
  }
}

if (values.child) await runHere()
else {
  const names = FUZZERS.map(({ name }) => name).filter((name) => name === (values.only ?? name))
  if (names.length === 0) console.error(`There is no fuzzer ${values.only}.`)
  let found = names.length === 0 ? 1 : 0
  console.log(`seed ${values.seed}, ${values.seconds} s each`)
  for (const name of names) {
    const run = await runThere(name)
    report(run)
    found += run.findings.length
  }
  process.exitCode = found > 0 ? 1 : 0
}
