/**
 * The whole contract once over, by plain HTTP and not by our own client: every call with its success and its main refusals, on
 * one relay.
 * @module
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { restRoutes } from '../../src/http/rest/app.ts'
import type { RestParts } from '../../src/http/rest/parts.ts'
import { deliveryContract } from './contract/delivery.ts'
import { endsContract } from './contract/ends.ts'
import { recordsContract } from './contract/records.ts'
import { submitContract } from './contract/submit.ts'
import { startNode, type RunningNode } from './support/node.ts'

// A machine with much else to do is slow, and that alone is no failure.
setDefaultTimeout(40_000)

let node: RunningNode
beforeAll(async () => {
  node = await startNode()
})
afterAll(() => node.stop())

describe('receiving', () => deliveryContract(() => node))
describe('offering', () => submitContract(() => node))
describe('looking up', () => recordsContract(() => node))
describe('how a message ends', () => endsContract(() => node))

test('every call of the door was answered well at least once here, and by each status that it declares', () => {
  const seen = new Set(
    node.log.map((line) => {
      const { method, route, status } = JSON.parse(line)
      return `${method} ${route} ${status}`
    }),
  )
  // The declarations need nothing of what the handlers use.
  const declared = restRoutes({ now: () => 0 } as RestParts).flatMap(({ declaration }) =>
    Object.keys(declaration.answers).map(
      (status) => `${declaration.method} /api/v1${declaration.path} ${status}`,
    ),
  )
  expect(declared.length).toBeGreaterThan(30)
  expect(declared.filter((each) => !seen.has(each))).toEqual([])
})
