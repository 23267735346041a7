/**
 * The listener: mutual TLS in front, Fetch handlers behind. The runtime's HTTP server tells no handler who is at the other end
 * of TLS; so TLS is ended here, and each connection gets an HTTP server of its own behind it (`front/`).
 * @module
 */
import type { Limits } from '../core/limits.ts'
import { Connections, DEFAULT_PATIENCE, type Patience } from './connections.ts'
import { createSocketFolder } from './front/folder.ts'
import { Link, type LinkOptions } from './front/link.ts'
import { TICKET_SECONDS, tlsContext, upgradeToTls, type TlsMaterial } from './front/tls.ts'
import { Peer, presentedBy, type ClosesConnections, type PeerEnv } from './peer.ts'

export type { TlsMaterial } from './front/tls.ts'

export interface ListenOptions {
  readonly host: string
  /** 0 for any free port. */
  readonly port: number
  readonly tls: TlsMaterial
  readonly fetch: (request: Request, env: PeerEnv) => Response | Promise<Response>
  /** The limits of this moment; header size is read once, and the runtime takes no head beyond 16 KiB. */
  readonly limits: () => Limits
  /** False for a door that people open with a browser. Default true; a certificate is asked for and never required. */
  readonly askCertificate?: boolean
  readonly patience?: Partial<Patience>
  /** How often overdue connections are looked for. */
  readonly sweepMs?: number
}

export interface Listening extends ClosesConnections {
  readonly port: number
  readonly connections: number
  /**
   * Takes other certificates, key or anchors into use for new handshakes; tickets of before are worthless.
   * @throws when they do not fit together; the old ones stay
   */
  reload(tls: TlsMaterial): void
  /** Accepts nothing new, lets what is in progress finish for so long, then cuts off. */
  stop(graceMs: number): Promise<void>
  /** Makes new ticket keys now; done every hour. Earlier sessions cannot be resumed. */
  renewTicketKeys(): void
}

const SWEEP_MS = 1_000
/** How soon all connections are seen to be closed, when the listener stops. */
const CLOSED_LOOK_MS = 5

/**
 * Opens the door.
 * @throws what the operating system says when host or port cannot be had, and when certificate and key do not fit
 */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { host: hostname, port, limits, askCertificate = true, sweepMs = SWEEP_MS } = options
  let material = options.tls
  let context = tlsContext(material)
  const patience = { ...DEFAULT_PATIENCE, ...options.patience }
  const connections = new Connections(limits, patience, () => performance.now())
  const folder = createSocketFolder()
  const linkOptions: LinkOptions = {
    socketPath: folder.next,
    headBytesMax: limits().headerBytes,
    fetch: (request, peer) => options.fetch(request, { peer }),
  }
  const outerHandlers = handlersOf(connections)

  const accept = (socket: Bun.Socket<unknown>) => {
    const address = socket.remoteAddress
    if (!connections.mayArrive(address)) {
      socket.terminate()
      return
    }
    const holder: Holder = { link: undefined }
    const secured = upgradeToTls(socket, { context, askCertificate }, holder, outerHandlers)
    holder.link = new Link(secured, address, linkOptions)
    connections.arrive(holder.link)
  }
  let listener
  try {
    // The other end may stop sending and still read; whether that is wanted is decided per connection.
    const socket = { open: accept, data: () => {}, error: () => {} }
    listener = Bun.listen({ hostname, port, allowHalfOpen: true, socket })
  } catch (reason) {
    folder.remove()
    throw reason
  }

  // A new context has new keys for its tickets; the runtime has no other way to change them.
  const renewTicketKeys = () => void (context = tlsContext(material))
  const sweeper = setInterval(() => connections.sweep(), sweepMs)
  const ticketRenewer = setInterval(renewTicketKeys, TICKET_SECONDS * 1_000)
  sweeper.unref()
  ticketRenewer.unref()

  return {
    port: listener.port,
    get connections() {
      return connections.size
    },
    renewTicketKeys,
    reload(next) {
      context = tlsContext(next)
      material = next
    },
    closeWhere: (predicate) => connections.endWhere(predicate),
    async stop(graceMs) {
      listener.stop(false)
      connections.endAll(graceMs)
      const cutOff = setTimeout(() => connections.cutAll(), graceMs)
      while (connections.size > 0) await Bun.sleep(CLOSED_LOOK_MS)
      clearTimeout(cutOff)
      clearInterval(sweeper)
      clearInterval(ticketRenewer)
      folder.remove()
    },
  }
}

/** What a socket carries: its connection, from the moment that both exist. */
interface Holder {
  link: Link | undefined
}

/** What happens on a socket inside TLS. Nothing that happens on one may reach the process. */
function handlersOf(connections: Connections): Bun.SocketHandler<Holder> {
  return {
    handshake(socket, isDone) {
      const { link } = socket.data
      // The alert that says why is on its way; to cut off now would take it back.
      if (!isDone || link === undefined) {
        socket.end()
        return
      }
      const peer = new Peer(presentedBy(socket))
      if (connections.identify(link, peer)) link.identify(peer)
      else socket.terminate()
    },
    data: (socket, chunk) => socket.data.link?.received(chunk),
    drain: (socket) => socket.data.link?.drained(),
    end: (socket) => socket.data.link?.receivedEnd(),
    error: () => {},
    close({ data: { link } }) {
      if (link === undefined) return
      link.closed()
      connections.leave(link)
    },
  }
}
