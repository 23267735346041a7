import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { SlotMap } from '../../src/vault/slot-map.ts'

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)

test(`takes each free slot once and never a taken one, against a plain set (SEED=${seed})`, () => {
  const moves = fc.array(
    fc.oneof(fc.constant('take' as const), fc.nat(), fc.constant('grow' as const)),
    {
      maxLength: 300,
    },
  )
  fc.assert(
    fc.property(moves, fc.integer({ min: 1, max: 70 }), (steps, growth) => {
      const map = new SlotMap()
      const free = new Set<number>()
      const taken: number[] = []
      for (const step of steps) {
        if (step === 'grow') {
          const from = map.slots
          map.grow(from + growth)
          for (let slot = from; slot < map.slots; slot += 1) (map.release(slot), free.add(slot))
        } else if (step === 'take') {
          const slot = map.take()
          expect(slot === undefined).toBe(free.size === 0)
          if (slot !== undefined) {
            expect(free.delete(slot)).toBe(true)
            taken.push(slot)
          }
        } else if (taken.length > 0) {
          const [slot = 0] = taken.splice(step % taken.length, 1)
          map.release(slot)
          free.add(slot)
          expect(() => map.release(slot)).toThrow('not taken')
        }
        expect(map.free).toBe(free.size)
      }
      for (let slot = 0; slot < map.slots; slot += 1) expect(map.isFree(slot)).toBe(free.has(slot))
    }),
    { seed, numRuns: 150 },
  )
})

test('hands out neighbours after each other, so that a flush writes them together', () => {
  const map = new SlotMap()
  map.grow(1_000)
  for (let slot = 0; slot < 1_000; slot += 1) map.release(slot)
  expect(Array.from({ length: 64 }, () => map.take())).toEqual(
    Array.from({ length: 64 }, (_, n) => n),
  )
})
