/**
 * What can be wrong with the files of a catalogue, told to the operator who wrote them.
 * @module
 */

/** Keys and indexes from the root of a file. */
export type Path = readonly (string | number)[]

/** One problem; configuration turns the path into line and column. */
export interface CatalogueProblem {
  /** Name of the file as it was given. */
  readonly file: string
  readonly path: Path
  /** English: what is wrong and what would be right. */
  readonly message: string
}

/** Takes a problem in the file at hand. */
export type Report = (path: Path, message: string) => void
