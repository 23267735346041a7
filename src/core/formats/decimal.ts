/**
 * Amounts and percentages: text with two decimals on the wire, whole hundredths inside. Never a float, because 0.1 + 0.2
 * is not 0.3 and a debt must be.
 * @module
 */

/** Not negative, no leading zeros, at most nine digits before the point. ECMAScript. */
export const DECIMAL_PATTERN = '^(?:0|[1-9][0-9]{0,8})\\.[0-9]{2}$'

/** As `DECIMAL_PATTERN`, below zero too; nothing is written in two ways, so no `-0.00`. */
export const SIGNED_DECIMAL_PATTERN =
  '^(?:0\\.[0-9]{2}|-0\\.(?:0[1-9]|[1-9][0-9])|-?[1-9][0-9]{0,8}\\.[0-9]{2})$'

/** The most that the pattern can hold; also the bound where a definition states none. */
export const LARGEST_AMOUNT = '999999999.99'
export const LARGEST_PERCENTAGE = '100.00'

const SIGNED_DECIMAL = new RegExp(SIGNED_DECIMAL_PATTERN, 'u')

/**
 * Hundredths in a decimal text: `"7.44"` is 744.
 * @returns undefined when the text has another form
 */
export function toHundredths(text: string): number | undefined {
  // The pattern allows twelve digits, which a whole number holds exactly.
  return SIGNED_DECIMAL.test(text) ? Number(text.replace('.', '')) : undefined
}
