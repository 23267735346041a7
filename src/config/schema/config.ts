/**
 * The configuration file: every key, what it is for, what it needs and what it is when left out. This is the one place
 * where a setting is declared; reading, annotated example and manual are made from it.
 * @module
 */
import * as v from 'valibot'
import { ENVIRONMENTS } from '../../core/settings.ts'
import { directoryEntries, uuid } from './directory.ts'
import {
  choice,
  days,
  duration,
  file,
  files,
  line,
  list,
  optional,
  pattern,
  read,
  required,
  section,
  size,
  usual,
  whole,
  workingDays,
} from './leaf.ts'
import { limits } from './limits.ts'

const host = () => pattern('an address or host name', /^[\w.:-]{1,253}$/)
const port = () => whole('a port (1 to 65535; 0 for any free one)', 0, 65_535)
const oid = () =>
  pattern('an object identifier such as "2.16.528.1.1003.1.2.5.6"', /^\d+(?:\.\d+)+$/)

const origin = () =>
  read('an https address without a path, such as "https://relay.example.nl:8443"', (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined
    return url?.protocol === 'https:' && url.origin === text ? text : undefined
  })

const realDay = () =>
  read('a day such as 2026-12-24', (text) => {
    const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN
    // JavaScript takes 31 February for 3 March; a real day comes back as it was written.
    return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text) ? text : undefined
  })

const secret = (about: string, example: unknown) => {
  const refusal = 'must be { file: … } or { env: … }; the secret itself never goes in this file'
  const entries = {
    file: v.exactOptional(file()),
    env: v.exactOptional(pattern('the name of an environment variable', /^[A-Z_][A-Z\d_]{0,99}$/)),
  }
  return required(
    about,
    v.pipe(
      v.object(entries, refusal),
      v.check(({ file, env }) => (file === undefined) !== (env === undefined), refusal),
      v.metadata({ form: '{ file: … } or { env: … }' }),
    ),
    example,
  )
}

const node = section('This relay.', {
  id: required(
    'Its own entry in the directory, the sender of notices. Make it once and never change it.',
    uuid(),
    '0b7e4c52-6f1a-4f0e-8d3b-1a2b3c4d5e6f',
  ),
  name: required('Name that participants see.', line('a name'), 'Pilotregio Noord'),
  url: required(
    'Public address of the REST door, https, without a path.',
    origin(),
    'https://relay.example.nl:8443',
  ),
  email: optional(
    'Where integrators reach whoever runs it; shown in the description of the API. Left out: postmaster at the host of url.',
    pattern('an e-mail address', /^[^\s@]{1,64}@[\w.-]{1,253}$/),
    'beheer@relay.example.nl',
  ),
  environment: required(
    'demo and test refuse PKIoverheid production anchors; productie refuses test OINs, development anchors and the test login.',
    choice(ENVIRONMENTS),
    'test',
  ),
})

const listen = section('Addresses to listen on.', {
  api: section('The REST door, with mutual TLS.', {
    host: usual('Address; 0.0.0.0 is every IPv4 address, "::" every address.', host(), '0.0.0.0'),
    port: usual('Port; 0 takes any free one.', port(), 8443),
    certificate: required(
      'Server certificate followed by its issuing certificates, PEM. Watched: a new one is taken without a restart.',
      file(),
      'certs/server.pem',
    ),
    key: required(
      'Private key of the certificate, PEM. Readable by the relay alone (chmod 600).',
      file(),
      'certs/server.key',
    ),
  }),
  portal: v.exactOptional(
    section('Web pages and public information, without client certificates. Left out: no portal.', {
      host: usual('Address.', host(), '0.0.0.0'),
      port: usual('Port.', port(), 8444),
      certificate: optional(
        'Its own certificate; left out: that of api.',
        file(),
        'certs/portal.pem',
      ),
      key: optional('The private key with it.', file(), 'certs/portal.key'),
    }),
  ),
  ops: v.optional(
    section(
      'Health, metrics and the command line. Without login: keep it on this machine or a closed network.',
      {
        host: usual('Address.', host(), '127.0.0.1'),
        port: usual('Port.', port(), 9090),
      },
    ),
    {},
  ),
})

const trust = section('Whose certificates count.', {
  anchors: required(
    'Certificates at the top of the chains that are accepted; at least one.',
    v.pipe(
      list(
        section('A certificate at the top of a chain.', {
          file: required('The certificate, PEM; exactly one.', file(), 'certs/ca.pem'),
          identity: usual(
            'oin: callers below it are known by their OIN or HRN.',
            choice(['oin']),
            'oin',
          ),
          policies: usual(
            'Certificate policies of which one must be in the chain; empty: any.',
            list(oid(), 50),
            [],
          ),
        }),
        50,
      ),
      v.minLength(1, 'must name at least one anchor'),
      v.metadata({ form: 'a list of certificates, as in [{ file: certs/ca.pem }]' }),
    ),
  ),
  intermediates: usual(
    'Issuing certificates, PEM, for callers that do not send them along.',
    list(files(), 100),
    [],
  ),
  revocation: v.optional(
    section('Revoked certificates.', {
      crl: usual('Revocation lists, PEM or DER.', list(files(), 100), []),
      refresh: usual('How often the lists are read again.', duration('1m', '7d'), '4h'),
      maxAge: usual(
        'How old a list may be, even when it says that it is valid longer.',
        duration('10m', '90d'),
        '24h',
      ),
      onUnknown: usual(
        'When no valid list of an issuer is at hand: refuse the caller, or accept.',
        choice(['refuse', 'accept']),
        'refuse',
      ),
    }),
    {},
  ),
})

const store = section('Where messages wait. Cannot change while the relay runs.', {
  engine: usual('Kind of store.', choice(['lmdb']), 'lmdb'),
  path: usual(
    'Folder on a local disk, for this relay alone. Not on a network, copy-on-write or overlay file system.',
    file('the name of a folder'),
    'data',
  ),
  map: usual(
    'The most that the store may hold; takes address space, not memory.',
    size(),
    '64 GiB',
  ),
  readers: usual(
    'Readers at one time, 16 to 8192.',
    whole('a number from 16 to 8192', 16, 8_192),
    512,
  ),
  ballast: usual(
    'Space kept back so that messages can still end on a full disk.',
    size(),
    '256 MiB',
  ),
})

const vault = section('The keys that make erased mean gone. Cannot change while the relay runs.', {
  masterKey: secret(
    'Thirty-two random bytes as 64 hexadecimal digits or base64 (openssl rand -hex 32), readable by the relay alone (chmod 600). In no backup of the data.',
    { file: 'keys/master.key' },
  ),
  ring: section('The file with the keys of this epoch.', {
    driver: usual('Where it is kept.', choice(['file']), 'file'),
    path: required(
      'Its name. Outside store.path and in no backup: an old copy of it can bring back what was erased.',
      file(),
      'keys/ring',
    ),
  }),
  epoch: usual(
    'How long one key protects the others; older copies are dead after it.',
    duration('1h', '7d'),
    '24h',
  ),
})

const retention = section('How long what is kept.', {
  removal: usual(
    'An unconfirmed message is erased after this; counted from its acceptance.',
    workingDays(),
    '5 werkdagen',
  ),
  log: usual('What passed, without content.', days(), '180 dagen'),
  conversation: v.optional(
    section('Who spoke with whom about which step, without content.', {
      afterEnd: usual('After its end.', days(), '1 jaar'),
      atMost: usual('In any case, from its start.', days(), '5 jaar'),
    }),
    {},
  ),
})

const calendar = section(
  'Working days are those of the Algemene termijnenwet, with Goede Vrijdag and 5 mei.',
  { closed: usual('Further days on which nothing is expected.', list(realDay(), 1_000), []) },
)

/** The file as a whole. */
export const configSchema = section('Configuration of Knooppunt.', {
  node,
  listen,
  trust,
  store: v.optional(store, {}),
  vault,
  retention: v.optional(retention, {}),
  calendar: v.optional(calendar, {}),
  modules: usual(
    'Message definitions: files, and the word shipped for those that come with the program.',
    list(files(), 100),
    ['shipped'],
  ),
  ...directoryEntries,
  limits: v.optional(limits, {}),
})

/** What may be written in the file. */
export type ConfigInput = v.InferInput<typeof configSchema>
/** The file after reading: units computed, defaults filled in, references not yet followed. */
export type ConfigData = v.InferOutput<typeof configSchema>
