/**
 * The closing line of a test run does not lie.
 * @module
 */
import { describe, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closingLine, resultOf } from '../../src/scripts/test-result.ts'
import type { TestRun } from '../../src/scripts/test-result.ts'

function report(tests: number, failures: number, skipped: number, files = ['a.test.ts']): string {
  const suites = files.map((file) => `<testsuite name="x" file="${file}" tests="1"></testsuite>`)
  return `<?xml version="1.0"?>
<testsuites name="bun test" tests="${tests}" assertions="9" failures="${failures}" skipped="${skipped}" time="1">
${suites.join('\n')}
</testsuites>
`
}

describe('the closing line', () => {
  const cases: [string, TestRun, string][] = [
    [
      'all well',
      { exitCode: 0, report: report(3, 0, 0), files: ['a.test.ts'] },
      '3 passed, 0 failed',
    ],
    [
      'some skipped',
      { exitCode: 0, report: report(3, 0, 1), files: [] },
      '2 passed, 0 failed, 1 skipped',
    ],
    ['some failed', { exitCode: 1, report: report(3, 2, 0), files: [] }, '1 passed, 2 failed'],
    [
      'a file that could not be loaded',
      { exitCode: 1, report: report(3, 0, 0), files: ['a.test.ts', 'b.test.ts'] },
      '3 passed, 1 failed',
    ],
    ['killed half-way', { exitCode: null, report: undefined, files: [] }, '0 passed, 1 failed'],
    [
      'ended by a test with code 0',
      { exitCode: 0, report: undefined, files: [] },
      '0 passed, 1 failed',
    ],
    [
      'a report that breaks off',
      { exitCode: 0, report: report(3, 0, 0).slice(0, -20), files: [] },
      '0 passed, 1 failed',
    ],
    [
      'no test at all',
      { exitCode: 0, report: report(0, 0, 0, []), files: [] },
      '0 passed, 1 failed',
    ],
    [
      'nothing but skipped tests',
      { exitCode: 0, report: report(2, 0, 2), files: [] },
      '0 passed, 1 failed, 2 skipped',
    ],
    [
      'an exit code without a reason',
      { exitCode: 1, report: report(3, 0, 0), files: [] },
      '3 passed, 1 failed',
    ],
  ]
  test.each(cases)('%s', (_, run, line) => {
    expect(closingLine(resultOf(run))).toBe(line)
  })
})

describe('what the runner really writes', () => {
  const sources: [string, Record<string, string>, string][] = [
    [
      'good, bad, skipped and not to be loaded',
      {
        'a.test.ts':
          "import { expect, test } from 'bun:test'\n" +
          "test('good', () => {})\ntest.skip('later', () => {})\ntest('bad', () => expect(1).toBe(2))\n",
        'b.test.ts': "import './not-there.ts'\n",
      },
      '1 passed, 2 failed, 1 skipped',
    ],
    [
      'a test that ends the process',
      {
        'a.test.ts':
          "import { test } from 'bun:test'\ntest('ends', () => process['exit'](0))\ntest('never', () => {})\n",
      },
      '0 passed, 1 failed',
    ],
  ]
  test.each(sources)('%s', async (_, files, line) => {
    const folder = mkdtempSync(join(tmpdir(), 'knooppunt-result-'))
    try {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
      const outfile = join(folder, 'report.xml')
      const runner = Bun.spawn(
        [process.execPath, 'test', '--reporter=junit', `--reporter-outfile=${outfile}`],
        { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] },
      )
      const exitCode = await runner.exited
      const written = await Bun.file(outfile).exists()
      const run = {
        exitCode,
        report: written ? readFileSync(outfile, 'utf8') : undefined,
        files: Object.keys(files),
      }
      expect(closingLine(resultOf(run))).toBe(line)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
