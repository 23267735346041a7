/**
 * Takes things away from a process that runs, or from a folder that it wants to write: with the tools of util-linux, since a test that
 * runs as root is not held up by permissions.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'

/** Whether limits of other processes can be changed here. */
export function canLimit(): boolean {
  return spawnSync('prlimit', ['--nofile', '--pid', String(process.pid)]).status === 0
}

/** How many files and sockets a process has open. */
export function openFilesOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

/** The number that the next file or socket of a process gets; a limit one above leaves room for that alone. */
export function firstFreeNumber(pid: number): number {
  const taken = new Set(readdirSync(`/proc/${pid}/fd`).map(Number))
  for (let number = 0; ; number += 1) if (!taken.has(number)) return number
}

/** From now on the process can have so many files and sockets open. */
export function limitOpenFiles(pid: number, count: number): void {
  limit(pid, `--nofile=${count}:`)
}

/** From now on every write of the process that reaches beyond so many bytes of a file fails. */
export function limitFileBytes(pid: number, bytes: number): void {
  limit(pid, `--fsize=${bytes}:`)
}

/** Mounts a mounted folder anew, so that it can be written or not. @throws when that is not allowed */
export function remount(path: string, how: 'ro' | 'rw'): void {
  const { status, stderr } = spawnSync('mount', ['-o', `remount,${how}`, path])
  if (status !== 0) throw new Error(`${path} could not be mounted ${how}: ${stderr}`)
}

function limit(pid: number, what: string): void {
  // Only the soft limit: the hard one could not be raised again by everybody.
  const { status, stderr } = spawnSync('prlimit', [what, '--pid', String(pid)])
  if (status !== 0) throw new Error(`a limit could not be set: ${stderr}`)
}
