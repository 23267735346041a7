/**
 * The version of this program, as in its package file.
 * @module
 */
import manifest from '../../package.json' with { type: 'json' }

/** Semantic version, for example `0.1.0`. */
export const VERSION: string = manifest.version
