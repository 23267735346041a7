/**
 * `knooppunt clock`: whether the relay believes its clock.
 * @module
 */
import type { ClockState } from '../relay/relay.ts'
import { flag } from './arguments.ts'
import { EXIT } from './command.ts'
import type { Arguments, Command, ExitCode, Io } from './command.ts'
import { CONFIG_OPTION, nodeConfig, order } from './control.ts'
import { say, sayJson } from './output.ts'

const OPTIONS = {
  ...CONFIG_OPTION,
  json: { type: 'boolean', help: 'print the state as JSON' },
} as const satisfies Command['options']

const accept: Command = {
  name: 'accept',
  summary: 'Say that the clock of the machine is right as it is; messages may expire by it again.',
  usage: 'knooppunt clock accept [--config FILE] [--json]',
  example: 'knooppunt clock accept   # after a look at the clock and at knooppunt clock',
  options: OPTIONS,
  run: (args, io) => show('clock-accept', args, io),
}

/** Shows what the running relay thinks of the clock. */
export const clock: Command = {
  name: 'clock',
  summary: 'Show whether the running relay believes its clock, and whether messages expire by it.',
  usage: 'knooppunt clock [accept] [--config FILE] [--json]',
  example: 'knooppunt clock   # exit code 1 while nothing expires',
  options: OPTIONS,
  commands: [accept],
  run: (args, io) => show('clock', args, io),
}

async function show(name: string, args: Arguments, io: Io): Promise<ExitCode> {
  const state = (await (await order(nodeConfig(args, io), name, io)).json()) as ClockState
  if (flag(args, 'json')) sayJson(io, state)
  else for (const line of tell(state)) say(io, line)
  return state.doubt === undefined && state.graceUntil === undefined ? EXIT.done : EXIT.no
}

function tell({ now, believed, doubt, graceUntil }: ClockState): string[] {
  const lines = [`The clock says ${new Date(now).toISOString()}.`]
  if (doubt !== undefined) {
    lines.push(
      `It went ${doubt}: by itself it would say ${new Date(believed).toISOString()}. Nothing expires.`,
      'Set it right, or say knooppunt clock accept when it is right.',
    )
  }
  if (graceUntil !== undefined)
    lines.push(`After an outage nothing expires before ${new Date(graceUntil).toISOString()}.`)
  if (lines.length === 1) lines.push('It is believed; messages expire by it.')
  return lines
}
