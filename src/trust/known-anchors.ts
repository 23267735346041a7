/**
 * Roots that we know by their fingerprint. The product ships no certificate of others (DESIGN 8).
 * @module
 */

/** Private roots of PKIoverheid, by SHA-256 of the DER; published by Logius at cert.pkioverheid.nl. */
export const PKIOVERHEID_ROOTS: ReadonlyMap<string, string> = new Map([
  [
    '0257ce27b52408e24ee2c0945640b723c5bc66ddbda4ada58c60357604f0e675',
    'Staat der Nederlanden Private Root CA - G1',
  ],
  [
    '4411f67d3d7f4f49d34ff8862249de0d6692adc92df0855fb1dd67a169800484',
    'Staat der Nederlanden - G4 Root Priv G-TLS - 2024',
  ],
])

/** Organisation in the subject of every development authority that `knooppunt certs` makes. */
export const DEVELOPMENT_ORGANISATION = 'Knooppunt ontwikkeling'
