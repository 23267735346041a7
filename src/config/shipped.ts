/**
 * The module definitions that come with the program, as text inside it: a compiled binary needs no folder beside it.
 * @module
 */
import betalingsregeling from '../../config/modules/betalingsregeling.yaml' with { type: 'text' }
import meldingenBewindvoering from '../../config/modules/meldingen-bewindvoering.yaml' with { type: 'text' }
import schuldinventarisatie from '../../config/modules/schuldinventarisatie.yaml' with { type: 'text' }
import schuldregeling from '../../config/modules/schuldregeling.yaml' with { type: 'text' }
import shared from '../../config/modules/shared.yaml' with { type: 'text' }
import vroegsignalering from '../../config/modules/vroegsignalering.yaml' with { type: 'text' }
import waarborgfonds from '../../config/modules/waarborgfonds-saneringskredieten.yaml' with { type: 'text' }

/** File name without folder, and the YAML. The types of the runtime take every YAML import for data; these are text. */
export const SHIPPED_MODULES: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'shared.yaml', text: shared as string },
  { name: 'betalingsregeling.yaml', text: betalingsregeling as string },
  { name: 'meldingen-bewindvoering.yaml', text: meldingenBewindvoering as string },
  { name: 'schuldinventarisatie.yaml', text: schuldinventarisatie as string },
  { name: 'schuldregeling.yaml', text: schuldregeling as string },
  { name: 'vroegsignalering.yaml', text: vroegsignalering as string },
  { name: 'waarborgfonds-saneringskredieten.yaml', text: waarborgfonds as string },
]
