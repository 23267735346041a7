/**
 * Did you mean …?
 * @module
 */

/** Nobody mistypes a word into something this long. */
const TYPED_MAX = 40

/**
 * The known word that a mistyped one most likely stands for.
 * @returns undefined when nothing is near: a wrong guess is worse than none
 */
export function suggest(typed: string, known: readonly string[]): string | undefined {
  if (typed.length > TYPED_MAX) return undefined
  const reach = Math.max(1, Math.floor(typed.length / 3))
  let best: { word: string; distance: number } | undefined
  for (const word of known) {
    const distance = distanceBetween(typed, word)
    if (distance <= reach && (best === undefined || distance < best.distance)) {
      best = { word, distance }
    }
  }
  return best?.word
}

/** Changes of one letter, and swaps of two neighbours, that turn one word into the other. */
function distanceBetween(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1]
      const swapped = row > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      current[column] = Math.min(
        at(above, column) + 1,
        at(current, column - 1) + 1,
        at(above, column - 1) + (same ? 0 : 1),
        swapped ? at(before, column - 2) + 1 : Infinity,
      )
    }
    before = above
    above = current
  }
  return at(above, b.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity
}
