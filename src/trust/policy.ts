/**
 * Certificate policies along a path (RFC 5280, 6.1), for anchors that serve several kinds of certificate.
 * Mappings between policies are not followed: that can only refuse more, never less.
 * @module
 */
import type { Certificate } from './certificate.ts'
import { ANY_POLICY } from './oids.ts'

/** A set of policies; 'any' before anything has narrowed it. */
type Policies = ReadonlySet<string> | 'any'

/**
 * Policies that every certificate below the anchor stands for.
 * @param path leaf first, anchor last
 */
function policiesAlong(path: readonly Certificate[]): Policies {
  let anyCounts = true
  // From below the anchor down to the leaf: each may only narrow what its issuer allowed.
  return path.slice(0, -1).reduceRight<Policies>((allowed, { extensions }) => {
    const own = new Set(extensions.policies)
    const standsForAll = anyCounts && own.has(ANY_POLICY)
    if (extensions.inhibitsAnyPolicy) anyCounts = false
    if (standsForAll) return allowed
    own.delete(ANY_POLICY)
    return allowed === 'any' ? own : own.intersection(allowed)
  }, 'any')
}

/**
 * Why a path does not stand for one of the policies that are asked, in English; undefined when it does.
 * @param asked policies of the anchor; empty when the anchor asks none
 */
export function policyProblem(
  path: readonly Certificate[],
  asked: readonly string[],
): string | undefined {
  const valid = policiesAlong(path)
  const demanded = path.some(({ extensions }) => extensions.requiresPolicy)
  if (demanded && valid !== 'any' && valid.size === 0) {
    return 'an issuer demands a policy that its certificates do not share'
  }
  if (asked.length === 0) return undefined
  const named = path[0]?.extensions.policies ?? []
  // The leaf has to name the policy itself; `anyPolicy` on a leaf says nothing.
  const fits = asked.some(
    (policy) => named.includes(policy) && (valid === 'any' || valid.has(policy)),
  )
  return fits ? undefined : 'the certificate does not stand for a policy of this anchor'
}
