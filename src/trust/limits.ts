/**
 * Bounds on what strangers and issuers may hand us. All are far above what PKIoverheid issues.
 * @module
 */

/** One certificate; those of PKIoverheid are about 2 KiB. */
export const CERTIFICATE_BYTES_MAX = 64 * 1024

/** One revocation list; 100,000 entries are about 4 MiB. */
export const CRL_BYTES_MAX = 64 * 1024 * 1024

export const CRL_ENTRIES_MAX = 2_000_000

/** Nesting of DER values; a certificate needs 9. */
export const DER_DEPTH_MAX = 24

/** Certificates that a peer may present, the leaf included. */
export const PRESENTED_MAX = 10

/** Certificates from leaf to anchor, both included: PKIoverheid has four layers (DESIGN 8). */
export const PATH_LEVELS_MAX = 6

/**
 * Signature checks for one judgement; a path needs at most five, the rest is room for cross-signing. Together with the
 * levels it bounds the search: 40 pairs of certificates make no more than a few hundred ways.
 */
export const SIGNATURE_CHECKS_MAX = 40

/** Revocation lists and issuing certificates may come from a machine whose clock is slightly ahead. */
export const CLOCK_SKEW_MS = 5 * 60 * 1000

/** Refused and accepted verdicts that are kept, each. */
export const VERDICTS_KEPT = 10_000

/** Octets of a serial number (RFC 5280, 4.1.2.2), with room for a sign octet. */
export const SERIAL_BYTES_MAX = 21

export const EXTENSIONS_MAX = 40

/** Attributes of one name. */
export const NAME_ATTRIBUTES_MAX = 40

export const RSA_BITS_MIN = 2048
export const RSA_BITS_MAX = 8192
