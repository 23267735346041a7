/**
 * The search for a path cannot be made to run long, whatever a stranger sends along.
 */
import { expect, test } from 'bun:test'

import { parseCertificate } from '../../src/trust/certificate.ts'
import { PATH_LEVELS_MAX, SIGNATURE_CHECKS_MAX } from '../../src/trust/limits.ts'
import { findPaths } from '../../src/trust/path.ts'
import { keyNamed, makeAuthority, makeChain, makeLeaf, type Issuer } from './made-pki.ts'

const authoritiesAll = (names: readonly string[]): Issuer[] =>
  names.map((commonName) => makeAuthority({ commonName }))

test('authorities that all issued one another are searched within the bounds', () => {
  const nodes = authoritiesAll(['A', 'B', 'C', 'D', 'E', 'F', 'G'])
  const crossed = nodes.flatMap((above) =>
    nodes
      .filter((below) => below !== above)
      .map((below, index) =>
        makeAuthority(
          { commonName: 'ABCDEFG'[nodes.indexOf(below)] ?? `${index}`, key: below.key },
          above,
        ),
      ),
  )
  expect(crossed.length).toBe(42)
  const [first = makeAuthority()] = nodes
  const leaf = parseCertificate(makeLeaf(first))
  const others = crossed.map(({ der }) => parseCertificate(der))
  const start = performance.now()
  const search = findPaths(leaf, others, [
    { certificate: parseCertificate(makeAuthority().der), policies: [] },
  ])
  expect(search.paths).toEqual([])
  expect(search.exhausted).toBe(true)
  expect(performance.now() - start).toBeLessThan(SIGNATURE_CHECKS_MAX * 20)
})

test('many authorities of one name with different keys are searched within the bounds', () => {
  const { root, leaf, issuer, presented } = makeChain()
  const decoys = Array.from({ length: 60 }, (_, i) =>
    parseCertificate(
      makeAuthority({ commonName: 'Issuing 1', key: keyNamed('ec', `decoy ${i}`) }, root).der,
    ),
  )
  const anchors = [{ certificate: parseCertificate(root.der), policies: [] }]
  const swamped = findPaths(parseCertificate(leaf), decoys, anchors)
  expect(swamped.exhausted).toBe(true)
  expect(swamped.paths.every(({ brokenAt }) => brokenAt !== undefined)).toBe(true)
  // The real one first: found.
  const good = findPaths(
    parseCertificate(leaf),
    [parseCertificate(issuer.der), ...decoys.slice(0, 9)],
    anchors,
  )
  expect(good.paths.map(({ certificates }) => certificates.length)).toEqual([presented.length + 1])
})

test('a path has at most six levels', () => {
  for (const levels of [PATH_LEVELS_MAX, PATH_LEVELS_MAX + 1]) {
    const { presented, root } = makeChain('ec', levels)
    const [leaf, ...others] = presented.map(parseCertificate)
    if (!leaf) throw new Error('the chain is empty')
    const search = findPaths(leaf, others, [
      { certificate: parseCertificate(root.der), policies: [] },
    ])
    expect(search.paths.length).toBe(levels === PATH_LEVELS_MAX ? 1 : 0)
    expect(search.exhausted).toBe(levels > PATH_LEVELS_MAX)
  }
})
