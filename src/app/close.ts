/**
 * Closing what was opened, in reverse.
 * @module
 */

/** Ends one thing. */
export type Closer = () => Promise<void>

/** Closes the last opened first; a closer that fails does not keep the others from closing. */
export async function closeAll(closers: readonly Closer[]): Promise<void> {
  const failures: unknown[] = []
  for (const close of closers.toReversed()) {
    try {
      await close()
    } catch (reason) {
      failures.push(reason)
    }
  }
  if (failures.length > 0) throw failures[0]
}
