/**
 * `bun run test`: runs the tests and closes with one line that says how they went. Arguments are passed on, as in
 * `bun run test test/ops`.
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closingLine, resultOf } from './test-result.ts'
import type { TestResult } from './test-result.ts'

const TOP = join(import.meta.dir, '../..')

/** Longest that one test may take, unless it says so itself. */
const TEST_MS_MAX = 60_000

/** Programs that tests call, and the Debian package that has each. */
const PROGRAMS = { openssl: 'openssl', git: 'git' } as const

/** What must not differ between two machines: settings of whoever runs the tests, and their proxy. */
function environment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^KNOOPPUNT_|_proxy$/i.test(entry[0]),
  )
  return Object.fromEntries(kept)
}

function missingPrograms(): readonly string[] {
  return Object.entries(PROGRAMS)
    .filter(([program]) => Bun.which(program) === null)
    .map(
      ([program, source]) =>
        `The tests need ${program}; install it with apt-get install ${source}.`,
    )
}

async function run(args: readonly string[]): Promise<TestResult> {
  const complaints = missingPrograms()
  if (complaints.length > 0) return { passed: 0, failed: complaints.length, skipped: 0, complaints }
  const folder = mkdtempSync(join(tmpdir(), 'knooppunt-test-'))
  try {
    const report = join(folder, 'report.xml')
    const runner = Bun.spawn(
      // The very Bun that runs this script: there may be no other.
      [
        process.execPath,
        'test',
        // A test that hangs must end; one that is slow because the machine is busy must not fail for that.
        `--timeout=${TEST_MS_MAX}`,
        '--reporter=junit',
        `--reporter-outfile=${report}`,
        ...args,
      ],
      { cwd: TOP, env: environment(), stdio: ['ignore', 'inherit', 'inherit'] },
    )
    const exitCode = await runner.exited
    return resultOf({
      exitCode: runner.signalCode === null ? exitCode : null,
      report: readIfThere(report),
      // Whoever asks for some tests gets some; only a whole run can be checked for being whole.
      files: args.length === 0 ? testFiles() : [],
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function testFiles(): readonly string[] {
  return [...new Bun.Glob('test/**/*.test.{ts,tsx}').scanSync({ cwd: TOP })].sort()
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const result = await run(process.argv.slice(2))
for (const complaint of result.complaints) console.error(complaint)
console.log(closingLine(result))
process.exitCode = result.failed > 0 ? 1 : 0
