/**
 * The files of this repository.
 * @module
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Files } from './tree.ts'

const TOP = join(import.meta.dir, '../..')

/**
 * Texts of all files that are in the repository or about to be, by their path. Outside a clone (a release archive), all files
 * but what is installed.
 */
export function repositoryFiles(): Files {
  const files: Record<string, string> = {}
  for (const path of paths()) {
    const text = read(path)
    // Binary files and files that are gone since are no business of these checks.
    if (text !== undefined && !text.includes('\0')) files[path] = text
  }
  return files
}

function paths(): readonly string[] {
  const listed = Bun.spawnSync(
    ['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: TOP, stderr: 'ignore' },
  )
  if (listed.success) return listed.stdout.toString().split('\0').filter(Boolean)
  const all = [...new Bun.Glob('**/*').scanSync({ cwd: TOP, dot: true })]
  return all.filter((path) => !/^(node_modules|\.git|dist)\//.test(path))
}

function read(path: string): string | undefined {
  try {
    return readFileSync(join(TOP, path), 'utf8')
  } catch {
    return undefined
  }
}
