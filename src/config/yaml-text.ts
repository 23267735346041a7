/**
 * Writes values as YAML on one line, plain where that is safe and in quotes where it is not.
 * @module
 */

/** Words that YAML, or people who know older YAML, take for something other than text. */
const WORDS = /^(?:true|false|null|yes|no|on|off|y|n|nan|inf)$/i
const PLAIN = /^[A-Za-z][\w ./*@-]*$/
const QUANTITY = /^[1-9]\d* ?[A-Za-z]+$/

/** @param value plain data */
export function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).filter(([, item]) => item !== undefined)
    const text = pairs.map(([key, item]) => `${inline(key)}: ${inline(item)}`).join(', ')
    return text === '' ? '{}' : `{ ${text} }`
  }
  return typeof value === 'string' ? scalar(value) : JSON.stringify(value)
}

function scalar(text: string): string {
  const plain = (PLAIN.test(text) || QUANTITY.test(text)) && !WORDS.test(text)
  if (plain && !text.endsWith(' ')) return text
  if (/^[ -&(-~]*$/.test(text)) return `'${text}'`
  // Strings of JSON are strings of YAML; the line separators of Unicode are the exception.
  return JSON.stringify(text).replace(/[\u0085\u2028\u2029\ufeff]/g, escape)
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Lines of a comment, broken between words. */
export function comment(text: string, indent: string, width = 100): string[] {
  const lines: string[] = []
  let line = `${indent}#`
  for (const word of text.split(' ')) {
    if (`${line} ${word}`.length > width && line !== `${indent}#`) {
      lines.push(line)
      line = `${indent}#`
    }
    line = `${line} ${word}`
  }
  return [...lines, line]
}
