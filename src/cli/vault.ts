/**
 * `knooppunt vault`: the keys of the messages.
 * @module
 */
import type { Rotated } from '../relay/relay.ts'
import { flag } from './arguments.ts'
import { changeMasterKey } from './change-master-key.ts'
import { EXIT } from './command.ts'
import type { Command } from './command.ts'
import { CONFIG_OPTION, nodeConfig, order } from './control.ts'
import { helpFor } from './help.ts'
import { say, sayJson } from './output.ts'

const rotate: Command = {
  name: 'rotate',
  summary: 'End the epoch of the keys now: older copies of the vault are dead afterwards.',
  usage: 'knooppunt vault rotate [--config FILE] [--json]',
  example: 'knooppunt vault rotate   # the running relay does it while it serves',
  options: {
    ...CONFIG_OPTION,
    json: { type: 'boolean', help: 'print the figures as JSON' },
  },
  run: async (args, io) => {
    const answer = await order(nodeConfig(args, io), 'vault-rotate', io)
    const rotated = (await answer.json()) as Rotated
    if (flag(args, 'json')) sayJson(io, rotated)
    else {
      say(io, `Keys of waiting messages under the new epoch: ${rotated.looked - rotated.damaged}.`)
      if (rotated.damaged > 0) say(io, `Damaged, without a readable key: ${rotated.damaged}.`)
      const end = 'The old epoch is destroyed; older copies of the vault open nothing any more.'
      say(io, rotated.finished ? end : 'Called off; it goes on at the next start.')
    }
    return rotated.finished && rotated.damaged === 0 ? EXIT.done : EXIT.no
  },
}

/** The commands about keys. */
export const vault: Command = {
  name: 'vault',
  summary: 'Look after the keys of the messages.',
  usage: 'knooppunt vault rotate | change-master-key',
  example: 'knooppunt vault rotate --config config/knooppunt.yaml',
  options: {},
  commands: [rotate, changeMasterKey],
  run: async (_args, io) => {
    io.stdout(helpFor(vault))
    return EXIT.usage
  },
}
