/**
 * What came of a test run, read from what the runner wrote down and not from how it ended alone: a run that was broken off,
 * a file that could not be loaded and a run without tests are failures too.
 * @module
 */

export interface TestResult {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** English sentences about failures that are no failed test. */
  readonly complaints: readonly string[]
}

/** What is known when the runner has ended. */
export interface TestRun {
  /** Null when it was killed. */
  readonly exitCode: number | null
  /** Its report in JUnit form; undefined when it wrote none. */
  readonly report: string | undefined
  /** Test files that should have run, as the report names them. */
  readonly files: readonly string[]
}

/** Counts a run. Every failure counts, also those that the report is silent about. */
export function resultOf({ exitCode, report, files }: TestRun): TestResult {
  const totals = report === undefined ? undefined : totalsIn(report)
  if (report === undefined || totals === undefined) {
    const how = exitCode === null ? 'was killed' : `ended with code ${exitCode}`
    const complaints = [`The test runner ${how} and left no report.`]
    return { passed: 0, failed: 1, skipped: 0, complaints }
  }
  const ran = new Set([...report.matchAll(/<testsuite [^>]*\bfile="([^"]*)"/g)].map(([, f]) => f))
  const complaints = files
    .filter((file) => !ran.has(file))
    .map((file) => `No test of ${file} ran; could it be loaded?`)
  const { tests, failures, skipped } = totals
  if (tests - skipped === 0) complaints.push('No test ran.')
  if (exitCode !== 0 && failures + complaints.length === 0) {
    complaints.push(`The test runner ended with code ${exitCode} without saying why.`)
  }
  return {
    passed: tests - failures - skipped,
    failed: failures + complaints.length,
    skipped,
    complaints,
  }
}

/** The closing line: `12 passed, 0 failed`, and `, 1 skipped` when there are any. */
export function closingLine({ passed, failed, skipped }: TestResult): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

function totalsIn(
  report: string,
): { tests: number; failures: number; skipped: number } | undefined {
  const [head] = /<testsuites\b[^>]*>/.exec(report) ?? []
  // A report that was broken off cannot be counted.
  if (head === undefined || !report.trimEnd().endsWith('</testsuites>')) return undefined
  const count = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(head)?.[1] ?? NaN)
  const totals = {
    tests: count('tests'),
    failures: count('failures'),
    skipped: count('skipped'),
  }
  return Object.values(totals).every(Number.isSafeInteger) ? totals : undefined
}
