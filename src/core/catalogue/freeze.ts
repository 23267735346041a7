/**
 * Makes a catalogue unchangeable: it is shared by every request for as long as the configuration lives.
 * @module
 */

function refuse(): never {
  throw new TypeError('the catalogue cannot be changed')
}

/** Freezes a value and everything in it, maps included. @returns the same value */
export function freezeDeeply<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (value instanceof Map) {
    // A frozen Map can still be set; its own methods in the way prevent that.
    Object.assign(value, { set: refuse, delete: refuse, clear: refuse })
    for (const item of value.values()) freezeDeeply(item)
  }
  Object.freeze(value)
  for (const item of Object.values(value)) freezeDeeply(item)
  return value
}
