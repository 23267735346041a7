/**
 * Quantities as people write them in the configuration: `24h`, `5 werkdagen`, `1 jaar`, `256 MiB`.
 * @module
 */

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const
const BYTES = { B: 1, KiB: 1_024, MiB: 1_024 ** 2, GiB: 1_024 ** 3, TiB: 1_024 ** 4 } as const
/** A year counts as 365 days, so that a term in years is never longer than its words say. */
const DAYS = { dag: 1, dagen: 1, week: 7, weken: 7, jaar: 365 } as const

/** @returns seconds for `30s`, `15m`, `4h` or `2d`; undefined for anything else and for nothing at all */
export function parseDuration(text: string): number | undefined {
  return quantity(/^(\d{1,9}) ?(s|m|h|d)$/, text, SECONDS)
}

/** @returns bytes for `16 KiB`, `256 MiB`, `4 GiB`; undefined for anything else */
export function parseSize(text: string): number | undefined {
  return quantity(/^(\d{1,9}) ?(B|KiB|MiB|GiB|TiB)$/, text, BYTES)
}

/** @returns days for `180 dagen`, `26 weken`, `1 jaar`; undefined for anything else */
export function parseDays(text: string): number | undefined {
  return quantity(/^(\d{1,5}) (dag|dagen|week|weken|jaar)$/, text, DAYS)
}

/** @returns the count of `5 werkdagen`; undefined for anything else */
export function parseWorkingDays(text: string): number | undefined {
  return quantity(/^(\d{1,3}) (werkdag|werkdagen)$/, text, { werkdag: 1, werkdagen: 1 })
}

/** Writes bytes with the largest unit that leaves a whole number. */
export function formatSize(bytes: number): string {
  const fits = Object.entries(BYTES).filter(([, unit]) => bytes % unit === 0)
  const [name, unit] = fits.at(-1) ?? ['B', 1]
  return `${bytes / unit} ${name}`
}

function quantity(
  form: RegExp,
  text: string,
  units: Readonly<Record<string, number>>,
): number | undefined {
  const [, count, unit] = form.exec(text) ?? []
  const value = Number(count) * (units[unit ?? ''] ?? NaN)
  return Number.isSafeInteger(value) && value > 0 ? value : undefined
}
