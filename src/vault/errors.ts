/**
 * Why key material cannot be used. The sentence is for the operator and names the file.
 * @module
 */

/** A key file is missing, damaged, of another node, or under another master key. */
export class VaultError extends Error {
  override readonly name = 'VaultError'
}
