/**
 * Printing data: for people as a table, for programs as JSON.
 * @module
 */
import type { Io } from './command.ts'

// Text that others wrote must not steer the terminal: control characters and marks that turn the direction of writing.
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** The text without what could steer a terminal; line ends and tabs stay. */
export function printable(text: string): string {
  return text.replace(UNSAFE, '\ufffd')
}

/** One line for people. */
export function say(io: Io, text: string): void {
  io.stdout(`${printable(text)}\n`)
}

/** One value for programs, indented; JSON escapes what steers terminals by itself, or in part: the rest is replaced. */
export function sayJson(io: Io, value: unknown): void {
  io.stdout(`${printable(JSON.stringify(value, null, 2))}\n`)
}

/**
 * Rows in columns under their headings.
 * @param headings as many as each row has cells
 * @returns lines without trailing white space
 */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const cells = [headings, ...rows].map((row) => row.map((cell) => printable(oneLine(cell))))
  const widths = headings.map((_, column) =>
    Math.max(...cells.map((row) => Bun.stringWidth(row[column] ?? ''))),
  )
  return cells.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - Bun.stringWidth(cell)))
      .join('  ')
      .trimEnd(),
  )
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}
