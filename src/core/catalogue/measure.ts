/**
 * Terms and sizes as the files write them; their form was checked with the structure.
 * @module
 */

const BYTES_PER_MB = 1024 * 1024

/** The number at the start of `"10 werkdagen"`. */
export function wholeNumber(text: string): number {
  return Number.parseInt(text, 10)
}

/** Bytes in a size such as `"5 MB"`; a MB is 1024 × 1024 bytes. */
export function bytesOf(size: string): number {
  return wholeNumber(size) * BYTES_PER_MB
}
