/**
 * Whether the node is well, by asking its parts; never by remembering that it once was.
 * @module
 */

/** One thing that must be so. */
export interface Probe {
  /** Kebab-case word, for example `store`. */
  readonly name: string
  /** @returns an English reason why it is not so, or null when all is well; throwing counts as not well */
  readonly look: () => string | null | Promise<string | null>
}

/** What is wrong with one part. */
export interface Complaint {
  readonly probe: string
  readonly reason: string
}

/** The answer to one question after health. */
export interface Health {
  readonly well: boolean
  readonly complaints: readonly Complaint[]
}

/** Calls back after some time. @returns a function that calls it off */
export type Timer = (ms: number, callback: () => void) => () => void

/**
 * Asks all probes at the same time.
 * @param timeoutMs a probe that has not answered by then complains: a hung part is not a well part
 * @returns well only when every probe said so; the texts of what was thrown are not passed on
 */
export async function examine(
  probes: readonly Probe[],
  timeoutMs: number,
  timer: Timer,
): Promise<Health> {
  const asked = probes.map(async ({ name, look }): Promise<Complaint | null> => {
    const reason = await within(timeoutMs, timer, look)
    return reason === null ? null : { probe: name, reason }
  })
  const complaints = (await Promise.all(asked)).filter((complaint) => complaint !== null)
  return { well: complaints.length === 0, complaints }
}

async function within(ms: number, timer: Timer, look: Probe['look']): Promise<string | null> {
  const { promise: late, resolve } = Promise.withResolvers<string>()
  const callOff = timer(ms, () => resolve(`no answer within ${ms} ms`))
  try {
    return await Promise.race([Promise.resolve().then(look), late])
  } catch {
    return 'the check itself failed'
  } finally {
    callOff()
  }
}
