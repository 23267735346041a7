/**
 * Texts of the manual, imported as text and so built into the program.
 * @module
 */
declare module '*.md' {
  const text: string
  export default text
}
