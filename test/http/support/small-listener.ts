/**
 * A listener as a process, for what a system limits per process. Prints port and anchor, and answers with the path.
 */
import { DEFAULT_LIMITS } from '../../../src/core/limits.ts'
import { listen } from '../../../src/http/listen.ts'
import { createPki } from './pki.ts'

const pki = createPki()
pki.remove()
const { port } = await listen({
  host: '127.0.0.1',
  port: 0,
  tls: { certificate: pki.server.cert, key: pki.server.key, anchors: [pki.anchor] },
  fetch: (request) => new Response(new URL(request.url).pathname),
  limits: () => DEFAULT_LIMITS,
})
console.log(JSON.stringify({ port, anchor: pki.anchor }))
