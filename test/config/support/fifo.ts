/**
 * A named pipe, which the file system module cannot make.
 * @module
 */

/** @throws when the system has no `mkfifo` */
export function mkfifoSync(path: string): void {
  const { success } = Bun.spawnSync(['mkfifo', path])
  if (!success) throw new Error(`mkfifo ${path} failed`)
}
