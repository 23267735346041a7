/**
 * Check digits of the numbers that the Dutch chain writes down: BSN and IBAN.
 * @module
 */

/**
 * The elfproef of a BSN: weights 9 to 2 and -1 add up to a multiple of eleven.
 * @param digits nine digits
 */
export function passesElfproef(digits: string): boolean {
  if (digits === '000000000') return false
  let sum = 0
  for (let index = 0; index < 9; index += 1) {
    sum += Number(digits[index]) * (index === 8 ? -1 : 9 - index)
  }
  return sum % 11 === 0
}

/**
 * The remainder by 97 of ISO 13616, with the first four characters moved to the end and letters read as 10 to 35.
 * @param iban capitals and digits
 * @returns 1 for a good IBAN
 */
export function ibanRemainder(iban: string): number {
  let remainder = 0
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36)
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
  }
  return remainder
}
