/**
 * Fuzzers of bodies: one message in JSON, and many in NDJSON.
 * @module
 */
import { canonicalJson } from '../../src/core/canonical.ts'
import { canaryIn } from '../support/canary.ts'
import type { Chance } from '../support/seeded.ts'
import type { Person } from '../support/world.ts'
import { createDoor, faultIn, readAnswer, type Answer, type Door } from './door.ts'
import type { Fuzzer, Outcome } from './fuzzer.ts'
import { mutateBytes, mutateValue } from './mutate.ts'
import { asJson, makeSamples, type Envelope, type Sample } from './samples.ts'

/** A door remembers what has passed; after so many inputs a new one is opened. */
const INPUTS_PER_DOOR = 5_000

/** A new door now and then. */
function doors(): () => Door {
  let door = createDoor()
  let inputs = 0
  return () => {
    inputs += 1
    if (inputs % INPUTS_PER_DOOR === 0) door = createDoor()
    return door
  }
}

/** One message, as bytes: spoilt in its structure, in its bytes, in both or not at all. */
function messageBytes(chance: Chance, samples: readonly Sample[]): Uint8Array<ArrayBuffer> {
  const { envelope } = chance.oneOf(samples)
  const fresh = {
    ...envelope,
    referentienummer: randomUuid(chance),
    conversatieReferentienummer: randomUuid(chance),
  }
  const value = chance.percent(60) ? mutateValue(chance, fresh) : fresh
  const text = JSON.stringify(value)
  const bytes = new Uint8Array(Buffer.from(chance.percent(10) ? withoutQuotes(chance, text) : text))
  return chance.percent(60) ? new Uint8Array(mutateBytes(chance, bytes)) : bytes
}

/** One text of the document without its quotes: what parsers stumble on, and like to quote. */
function withoutQuotes(chance: Chance, text: string): string {
  const texts = text.match(/"[^"\\]*"/g) ?? []
  const one = texts.length === 0 ? '' : chance.oneOf(texts)
  return text.replace(one, () => one.slice(1, -1))
}

function randomUuid(chance: Chance): string {
  const hex = Array.from({ length: 32 }, () => chance.below(16).toString(16)).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** The sender that fits the message; any other when it cannot be told. */
function senderOf(samples: readonly Sample[], input: Uint8Array): Person {
  const text = Buffer.from(input).toString()
  const fits = samples.find(({ envelope }) => text.includes(`"${envelope['berichttype']}"`))
  return (fits ?? samples[0])?.from ?? 'gemeente'
}

export const json: Fuzzer = {
  name: 'json',
  property:
    'A body in JSON is taken or refused with a problem, soon; what is taken reads back the same; nothing of it is in a refusal or the log.',
  planted: 'The refusal of broken JSON repeats what the parser says, which quotes its input.',
  findsWithin: 3_000,
  slowestMs: 2_000,
  async open(isPlanted) {
    const samples = await makeSamples()
    const doorFor = doors()
    return {
      make: (chance) => messageBytes(chance, samples),
      attempt: async (input) => {
        const bytes = new Uint8Array(input)
        const door = doorFor()
        const from = senderOf(samples, bytes)
        const answered = await door.ask(from, 'POST', '/berichten', asJson(bytes))
        const answer = isPlanted ? withWordsOfTheParser(answered, bytes) : answered
        const broken = faultIn(answer) ?? leakIn(answer) ?? door.faultInLog()
        if (broken !== undefined) return { taken: false, broken }
        return answer.status === 201 ? readBack(door, samples, bytes) : { taken: false }
      },
      close: () => {},
    }
  },
}

function withWordsOfTheParser(answer: Answer, body: Uint8Array): Answer {
  if (!answer.text.includes('"json-ongeldig"')) return answer
  try {
    JSON.parse(Buffer.from(body).toString())
    return answer
  } catch (thrown) {
    const { message } = thrown as Error
    const problem = JSON.parse(answer.text) as { detail: string }
    return { ...answer, text: JSON.stringify({ ...problem, detail: message }) }
  }
}

/** A receipt holds references and times, and nothing else. */
function leakIn({ text }: Answer): string | undefined {
  const [leak] = canaryIn(text)
  return leak === undefined ? undefined : `the receipt holds ${leak}`
}

/** Fetches what was taken as its recipient, compares, and confirms it so that the door does not fill up. */
async function readBack(
  door: Door,
  samples: readonly Sample[],
  bytes: Uint8Array,
): Promise<Outcome> {
  const text = Buffer.from(bytes)
    .toString()
    .replace(/^\ufeff/, '')
  const sent = JSON.parse(text) as Envelope
  const to = samples.find(({ envelope }) => envelope['ontvanger'] === sent['ontvanger'])?.to
  if (to === undefined) return { taken: true, broken: 'taken for somebody who is nobody' }
  const path = `/berichten/${sent.referentienummer}`
  const fetched = await door.ask(to, 'GET', path)
  if (fetched.status !== 200) return { taken: true, broken: `taken, and then ${fetched.text}` }
  const got = JSON.parse(fetched.text) as Envelope
  await door.ask(to, 'PUT', `${path}/bevestiging`)
  const isSame = (['inhoud', 'bijlagen'] as const).every(
    (key) => canonicalJson(got[key] ?? []) === canonicalJson(sent[key] ?? []),
  )
  const broken = isSame ? door.faultInLog() : 'what is read back is not what was sent'
  return { taken: true, ...(broken !== undefined && { broken }) }
}

const LF = 0x0a
const CR = 0x0d

export const ndjson: Fuzzer = {
  name: 'ndjson',
  property:
    'Lines have one outcome each, by their numbers and in order, however they are cut into pieces on the way; nothing of them is in an outcome or the log.',
  planted: 'A line feed that is the first byte of a piece is overlooked.',
  findsWithin: 300,
  slowestMs: 2_000,
  async open(isPlanted) {
    const samples = await makeSamples()
    const doorFor = doors()
    return {
      make(chance) {
        const lines = Array.from({ length: chance.below(8) }, () => [
          chance.percent(15) ? new Uint8Array() : messageBytes(chance, samples),
          Buffer.from(chance.percent(20) ? '\r\n' : '\n'),
        ])
        const whole = Buffer.concat(lines.flat())
        return chance.percent(30) ? whole.subarray(0, chance.below(whole.length + 1)) : whole
      },
      async attempt(input) {
        const door = doorFor()
        const pieces = piecesOf(input)
        const request = new Request('https://localhost/api/v1/aanbiedingen', {
          method: 'POST',
          headers: { 'content-type': 'application/x-ndjson', accept: 'application/x-ndjson' },
          body: streamOf(isPlanted ? pieces.map(withoutFirstLineFeed) : pieces),
        })
        const answer = await readAnswer(await door.fetch(request, door.peer('gemeente')))
        const broken =
          faultIn(answer) ?? leakIn(answer) ?? faultInOutcomes(answer, input) ?? door.faultInLog()
        return {
          taken: answer.text.includes('"status":201'),
          ...(broken !== undefined && { broken }),
        }
      },
      close: () => {},
    }
  },
}

/** Cuts bytes into pieces whose lengths follow from the bytes, so that the input alone decides. */
function piecesOf(input: Uint8Array): Uint8Array<ArrayBuffer>[] {
  const pieces: Uint8Array<ArrayBuffer>[] = []
  for (let from = 0; from < input.length;) {
    const size = 1 + (((input[from] ?? 0) * 31 + (input[from + 1] ?? 0)) % 700)
    pieces.push(new Uint8Array(input.subarray(from, from + size)))
    from += size
  }
  return pieces
}

const withoutFirstLineFeed = (piece: Uint8Array<ArrayBuffer>) =>
  piece[0] === LF ? piece.subarray(1) : piece

function streamOf(pieces: readonly Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array> {
  const left = [...pieces]
  return new ReadableStream({
    pull(controller) {
      const piece = left.shift()
      if (piece === undefined) controller.close()
      else controller.enqueue(piece)
    },
  })
}

/** Numbers of lines that are not empty, counted another way than the relay does. */
function lineNumbers(input: Uint8Array): number[] {
  const numbers: number[] = []
  let number = 1
  let length = 0
  let last = -1
  const end = () => {
    if (length > (last === CR ? 1 : 0)) numbers.push(number)
    number += 1
    length = 0
    last = -1
  }
  for (const byte of input) {
    if (byte === LF) end()
    else {
      length += 1
      last = byte
    }
  }
  end()
  return numbers
}

function faultInOutcomes({ text }: Answer, input: Uint8Array): string | undefined {
  const outcomes = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { regel: number; status: number })
  const told = outcomes.map(({ regel }) => regel).join()
  const expected = lineNumbers(input).join()
  if (told !== expected) return `outcomes for the lines ${told} of ${expected}`
  const defect = outcomes.find(({ status }) => status >= 500)
  return defect && `an outcome with status ${defect.status}`
}
