/**
 * Reading what came of many things at once.
 * @module
 */
import type { Answer } from './line.ts'

/** Line, status and code of each outcome of a batch. */
export function statusesOf(answer: Answer): [number, number, string | undefined][] {
  return answer
    .json()
    .uitkomsten.map((outcome: any) => [outcome.regel, outcome.status, outcome.probleem?.code])
}

/** Outcomes that came as lines. */
export function linesOf(answer: Answer): any[] {
  return answer.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}
