/**
 * Checks of what a certificate is for: purpose, extensions that we may not ignore, policies (DESIGN 8).
 * @module
 */
import { failed, passed, which, whichDutch, type Check } from './finding.ts'
import { PURPOSE } from './oids.ts'
import type { PathSubject } from './path-checks.ts'
import { policyProblem } from './policy.ts'

const purpose: Check<PathSubject> = {
  layer: 'doel',
  title: 'The certificate is meant for a client',
  run: ({ path }) => {
    const [leaf, ...above] = path.certificates
    const refuse = (why: string, detail: string) => failed('certificaat-doel', why, detail)
    const { extensions } = leaf ?? {}
    if (!extensions?.purposes?.includes(PURPOSE.client)) {
      const given = extensions?.purposes?.includes(PURPOSE.server) ? 'serverAuth' : 'other purposes'
      return refuse(
        extensions?.purposes ? `it is for ${given}, not for clientAuth` : 'it names no purpose',
        'Het certificaat is niet bedoeld om als client in te loggen: het gebruik clientAuth ontbreekt.',
      )
    }
    if (extensions.isAuthority) {
      return refuse(
        'it is an issuing certificate',
        'Een certificaat van een uitgever is niet bedoeld om als client in te loggen.',
      )
    }
    if (extensions.keyUsage?.digitalSignature === false) {
      return refuse(
        'keyUsage leaves out digitalSignature',
        'Met de sleutel van dit certificaat mag u niet ondertekenen, en dus niet als client inloggen.',
      )
    }
    const place = above.findIndex(({ extensions: { purposes } }) =>
      purposes?.every((oid) => oid !== PURPOSE.client && oid !== PURPOSE.any),
    )
    return place === -1
      ? passed('clientAuth, contradicted by no issuer')
      : refuse(
          `${which(place + 1)} does not allow clientAuth below it`,
          'Een uitgever in de keten mag geen certificaten voor clients uitgeven.',
        )
  },
}

const extensions: Check<PathSubject> = {
  layer: 'doel',
  title: 'Nothing in the chain has to be understood that we do not understand',
  run: ({ path }) => {
    // Name constraints and critical extensions bind us wherever they stand, on the anchor as well.
    const place = path.certificates.findIndex(({ extensions }) => extensions.unhandled.length > 0)
    const found = path.certificates[place]
    if (!found) return passed('no unknown critical extension')
    return failed(
      'certificaat-uitbreiding',
      `${which(place)} has ${found.extensions.unhandled.join(', ')}`,
      `${whichDutch(place)} heeft een kritieke uitbreiding die dit knooppunt niet kent.`,
    )
  },
}

const policies: Check<PathSubject> = {
  layer: 'doel',
  title: 'The certificate policy fits the anchor',
  run: ({ path }) => {
    const asked = path.anchor?.policies ?? []
    const why = policyProblem(path.certificates, asked)
    if (why === undefined) return passed(asked.length > 0 ? 'it does' : 'the anchor asks for none')
    return failed(
      'certificaat-beleid',
      why,
      'Het beleid in het certificaat past niet bij wat dit knooppunt van deze uitgever aanneemt.',
    )
  },
}

export const PURPOSE_CHECKS: readonly Check<PathSubject>[] = [purpose, extensions, policies]
