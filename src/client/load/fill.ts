/**
 * Puts messages into the mailbox before the clock runs.
 * @module
 */
import type { LoadDesk } from './desk.ts'

const FILLERS = 4

/**
 * Puts in at least so many, by whole batches.
 * @returns their references
 */
export async function fillMailbox(desk: LoadDesk, messages: number): Promise<string[]> {
  const lines = await desk.lines(desk.job.sender, FILLERS)
  const references: string[] = []
  await Promise.all(
    lines.map(async (line) => {
      const request = desk.batchRequest()
      while (references.length < messages) {
        const bytes = request.next((reference) => references.push(reference))
        await desk.submitBatch(line, bytes)
      }
    }),
  )
  return references
}
