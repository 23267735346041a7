/**
 * One request over mutual TLS: kept-alive connections, time limits, and sending again where that is safe.
 *
 * Bun pools connections by certificate: two clients in one process never share one (a test sends thousands of mixed
 * requests to see it).
 * @module
 */
import { X509Certificate, createPrivateKey } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { refusalOf } from './answer.ts'
import { ClientError } from './client-error.ts'
import { asClientError, reachOf } from './network-failure.ts'

const ATTEMPTS_MAX = 4
const BACKOFF_FIRST_MS = 100
const BACKOFF_LAST_MS = 5_000
/** A relay that asks for more patience than this gets none: the caller should know. */
const RETRY_AFTER_MAX_SECONDS = 30

/** Who calls and how the relay is recognised; all PEM. */
export interface Credentials {
  /** The certificate of the connection, with its intermediates. */
  readonly certificate: string
  readonly key: string
  /** Authorities that the relay's own certificate may come from; no others are trusted. */
  readonly ca: string
}

export interface Call {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  /** Path with query, below the address. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  /**
   * `safe`: the same request twice has the effect of one, so it may be sent again when the connection breaks.
   * `once`: sent again only when the relay cannot have acted on it.
   */
  readonly repeat: 'safe' | 'once'
}

/** Sends a call. @throws ClientError for every failure, refusals of the relay included */
export type Transport = <T>(call: Call, read: (answer: Response) => Promise<T>) => Promise<T>

export interface TransportOptions extends Credentials {
  /** For example `https://localhost:8443`. */
  readonly url: string
  /** Waits between attempts; tests do not. */
  readonly pause?: (ms: number, signal?: AbortSignal) => Promise<void>
}

/**
 * Makes a transport; no connection is made yet.
 * @throws ClientError configuration
 */
export function createTransport({
  url,
  pause = wait,
  ...credentials
}: TransportOptions): Transport {
  const origin = originOf(url)
  const tls = tlsOf(credentials)

  const attempt = async <T>(call: Call, read: (answer: Response) => Promise<T>): Promise<T> => {
    const limit = AbortSignal.timeout(call.timeoutMs)
    const answer = await fetch(`${origin}${call.path}`, {
      method: call.method,
      headers: { 'accept-encoding': 'identity', ...call.headers },
      ...(call.body === undefined ? {} : { body: call.body }),
      signal: call.signal === undefined ? limit : AbortSignal.any([call.signal, limit]),
      // A redirect would take the certificate elsewhere.
      redirect: 'manual',
      tls,
    })
    if (answer.status < 200 || answer.status > 299) throw await refusalOf(answer)
    return read(answer)
  }

  return async (call, read) => {
    for (let tried = 1; ; tried += 1) {
      try {
        return await attempt(call, read)
      } catch (error) {
        const ms = tried < ATTEMPTS_MAX ? pauseBefore(error, call, tried) : undefined
        if (ms === undefined) throw asClientError(error, call.signal, call.timeoutMs)
        await pause(ms, call.signal).catch((stopped: unknown) => {
          throw asClientError(stopped, call.signal, call.timeoutMs)
        })
      }
    }
  }
}

/** Milliseconds to wait before the next attempt, or undefined when there must be none. */
function pauseBefore(error: unknown, call: Call, tried: number): number | undefined {
  const backOff = Math.min(BACKOFF_FIRST_MS * 2 ** (tried - 1), BACKOFF_LAST_MS)
  // Callers that failed together should not come back together.
  const jittered = backOff * (0.5 + Math.random() / 2)
  if (error instanceof ClientError) {
    // Both say that nothing was done; any other refusal stays the same however often it is asked.
    if (error.status !== 429 && error.status !== 503) return undefined
    const seconds = error.retryAfter ?? 0
    return seconds > RETRY_AFTER_MAX_SECONDS ? undefined : Math.max(seconds * 1_000, jittered)
  }
  const reach = reachOf(error)
  return reach === 'unsent' || (reach === 'unknown' && call.repeat === 'safe')
    ? jittered
    : undefined
}

async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal })
}

function originOf(url: string): string {
  const parsed = URL.parse(url)
  if (parsed === null || parsed.protocol !== 'https:') {
    throw configuration('The address of the relay must be of the form https://name:port.')
  }
  if (parsed.pathname !== '/' || parsed.search !== '' || parsed.username !== '') {
    throw configuration('The address of the relay takes no path, query or user name.')
  }
  return parsed.origin
}

/** Checks what TLS would only fail on later, without saying why. */
function tlsOf({ certificate, key, ca }: Credentials): { cert: string; key: string; ca: string } {
  const leaf = readable('certificate', () => new X509Certificate(certificate))
  const secret = readable('key', () => createPrivateKey(key))
  readable('authority', () => new X509Certificate(ca))
  if (!leaf.checkPrivateKey(secret))
    throw configuration('The key does not belong to the certificate.')
  return { cert: certificate, key, ca }
}

function readable<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch {
    throw configuration(`The ${what} is not readable PEM.`)
  }
}

function configuration(detail: string): ClientError {
  return new ClientError('configuration', { detail })
}
