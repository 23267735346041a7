/**
 * "Did you mean": the known word that a mistyped one is nearest to.
 * @module
 */

/**
 * @param word what was written; only its first 64 characters count
 * @returns the nearest of the known words, when it is near enough to be what was meant
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const written = word.slice(0, 64).toLowerCase()
  let best: { word: string; distance: number } | undefined
  for (const candidate of known) {
    const distance = editDistance(written, candidate.toLowerCase())
    if (distance < (best?.distance ?? Infinity)) best = { word: candidate, distance }
  }
  // A third of the letters may differ: `participant` finds `participants`, `foo` finds nothing.
  const near = best !== undefined && best.distance <= Math.max(1, Math.floor(written.length / 3))
  return near ? best?.word : undefined
}

/** A sentence to put after a problem, or nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const found = nearest(word, known)
  return found === undefined ? '' : `; did you mean ${found}?`
}

/** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(at(previous, j) + 1, at(current, j - 1) + 1, at(previous, j - 1) + same)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) least = Math.min(least, at(before, j - 2) + 1)
      current.push(least)
    }
    before = previous
    previous = current
  }
  return at(previous, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity
}
