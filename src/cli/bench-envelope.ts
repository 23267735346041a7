/**
 * Messages to make load with: whole and valid ones, from the samples of the catalogue, of about the size that is asked.
 * @module
 */
import type { Client } from '../client/client.ts'
import type { Envelope } from '../client/wire.ts'
import { CONVERSATION_MARK, REFERENCE_MARK } from '../client/load/prepared-request.ts'

/** A payload: bytes of the whole request body, which message, and who of the demo may send it. */
export interface Payload {
  readonly name: string
  readonly bytes: number
  readonly module: string
  readonly version: string
  readonly sender: string
}

/** 2 KiB is a question about thirty claims; 100 KiB is one with a signed consent as a PDF. */
export const PAYLOADS: readonly Payload[] = [
  {
    name: '2KiB',
    bytes: 2_048,
    module: 'schuldregeling',
    version: '2.0',
    sender: 'gemeente-voorbeeldstad',
  },
  {
    name: '100KiB',
    bytes: 102_400,
    module: 'schuldinventarisatie',
    version: '1.0',
    sender: 'hulp-bij-schulden',
  },
]

/** Who receives every message of the benchmark. */
export const RECEIVER = 'energie-direct'

const PDF_HEAD = '%PDF-1.7\n'
/** From here on a message carries a document: nobody lists that many claims. */
const DOCUMENT_FROM_BYTES = 16_384
const CLAIMS_MAX = 200

/** An envelope as JSON, with marks for reference and conversation, at most as large as the payload says. */
export async function envelopeOf(
  client: Client,
  { bytes, module, version }: Payload,
  recipient: string,
): Promise<string> {
  const { voorbeeld } = await client.messageType(module, version, 'saldoverzoek')
  const bare: Envelope = {
    referentienummer: REFERENCE_MARK,
    conversatieReferentienummer: CONVERSATION_MARK,
    module,
    berichttype: 'saldoverzoek',
    versie: version,
    ontvanger: recipient,
    inhoud: voorbeeld,
  }
  return bytes < DOCUMENT_FROM_BYTES ? withClaims(bare, bytes) : withDocument(bare, bytes)
}

function withClaims(bare: Envelope, bytes: number): string {
  const claims: { FactuurnummerSEVolgensSHV: string }[] = []
  let json = JSON.stringify(bare)
  for (let number = 1; number <= CLAIMS_MAX; number += 1) {
    claims.push({ FactuurnummerSEVolgensSHV: `F-2023-${String(number).padStart(4, '0')}` })
    const next = JSON.stringify({ ...bare, inhoud: { ...bare.inhoud, Vorderingen: claims } })
    if (Buffer.byteLength(next) > bytes) break
    json = next
  }
  return json
}

function withDocument(bare: Envelope, bytes: number): string {
  const withPdf = (size: number) =>
    JSON.stringify({
      ...bare,
      bijlagen: [
        {
          soort: 'toestemmingsverklaring',
          document: {
            bestandsnaam: 'toestemming.pdf',
            mediatype: 'application/pdf',
            inhoud: Buffer.from(PDF_HEAD.padEnd(size, '0')).toString('base64'),
          },
        },
      ],
    })
  const rest = bytes - Buffer.byteLength(withPdf(PDF_HEAD.length))
  // Base64 makes four characters of three bytes.
  return withPdf(PDF_HEAD.length + Math.floor(rest / 4) * 3)
}
