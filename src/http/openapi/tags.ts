/**
 * The parts of the reference, in the order in which a reader needs them.
 * @module
 */

/** Name of a part → what it is about, in Dutch. */
export const TAGS = {
  Beschrijving: 'Deze beschrijving, voor mensen en voor programma’s. Open voor iedereen.',
  Identiteit: 'Wie u bent voor dit knooppunt. Begin hier: is dit groen, dan werkt uw certificaat.',
  Adresboek:
    'Wie bereikbaar is, en voor welke modules en versies. De actieve deelnemers zijn openbaar.',
  Catalogus: 'De modules en hun berichttypen, met velden, JSON Schema en voorbeelden. Openbaar.',
  Aanbieden: 'Berichten aan het knooppunt geven.',
  Ontvangen: 'Zien wat er wacht en het ophalen. Een bericht blijft staan tot u het bevestigt.',
  Afronden: 'Bevestigen, afwijzen of intrekken. Daarna is de inhoud gewist.',
  Naslaan:
    'Logboek en conversaties: wat er is gepasseerd en wat er nog wordt verwacht. Nooit inhoud.',
  Foutcodes: 'Wat elke weigering betekent, en wat u eraan doet. Openbaar.',
} as const satisfies Readonly<Record<string, string>>

/** One part of the reference. */
export type Tag = keyof typeof TAGS
