/**
 * `identiteit`: what the relay sees of the caller, or which layer failed first. Works for every status of a participant.
 * @module
 */
import { json } from '../answer.ts'
import { refusalOf } from '../peer.ts'
import { problemAnswer } from '../problem.ts'
import { route, type Route } from '../route.ts'
import { certificateWire, participantWire } from './wire.ts'

export function identityRoutes(): readonly Route[] {
  return [
    route(
      {
        method: 'GET',
        path: '/identiteit',
        id: 'toonIdentiteit',
        tag: 'Identiteit',
        // Refusing is this call's own work: it is the one that shows the certificate.
        access: 'public',
        summary: 'Toont wat het knooppunt van u ziet, of waarom u er niet in komt.',
        query: {},
        answers: { 200: 'Certificaat, aansluiting, deelnemers en omgeving.' },
        answer: 'Identiteit',
        identifies: true,
        codes: [],
      },
      ({ judge, settings }) => {
        const verdict = judge()
        const { environment, name, url } = settings.node
        if (!verdict.ok) {
          return problemAnswer(refusalOf(verdict), url, {
            laag: verdict.layer,
            ...(verdict.certificate !== undefined && {
              certificaat: certificateWire(verdict.certificate),
            }),
          })
        }
        const { connection, certificate } = verdict
        const { directory } = settings
        const participants = connection.participants.flatMap((id) => {
          const participant = directory.participants.get(id)
          return participant === undefined
            ? []
            : [participantWire(directory, participant, [connection.oin])]
        })
        return json(200, {
          knooppunt: name,
          omgeving: environment,
          certificaat: certificateWire(certificate),
          aansluiting: {
            naam: connection.name,
            oin: connection.oin,
            soort: KINDS[connection.kind],
          },
          deelnemers: participants,
        })
      },
    ),
  ]
}

const KINDS = { own: 'eigen', supplier: 'leverancier' } as const
