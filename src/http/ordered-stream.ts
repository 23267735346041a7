/**
 * A stream of texts that are made at the same time and written in order.
 * @module
 */

/** Where the maker of the texts puts them. */
export interface OrderedSink {
  /**
   * Adds what will be written next. Resolves when there is room for more: too much unwritten, or too many still being made,
   * keep it waiting.
   */
  add(text: Promise<string>): Promise<void>
  /** Whether the reader has gone. */
  readonly isCancelled: boolean
}

export interface OrderedBounds {
  /** Bytes that may wait for a slow reader. */
  readonly bufferBytes: number
  /** Texts that may be in the making together. */
  readonly atOnce: number
}

/**
 * Makes the stream.
 * @param make adds texts and resolves when there are no more; must not reject. It goes on after the reader has gone, until
 *   it sees `isCancelled`
 */
export function orderedStream(
  bounds: OrderedBounds,
  make: (sink: OrderedSink) => Promise<void>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const state = { isCancelled: false, making: 0 }
  let wake: (() => void) | undefined
  const changed = () => {
    wake?.()
    wake = undefined
  }

  const start = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const hasRoom = () =>
      state.isCancelled || (state.making < bounds.atOnce && (controller.desiredSize ?? 0) > 0)
    let written: Promise<void> = Promise.resolve()
    const write = async (before: Promise<void>, text: Promise<string>): Promise<void> => {
      const made = await text
      await before
      if (!state.isCancelled) controller.enqueue(encoder.encode(made))
      state.making -= 1
      changed()
    }
    await make({
      async add(text) {
        state.making += 1
        written = write(written, text)
        while (!hasRoom()) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      },
      get isCancelled() {
        return state.isCancelled
      },
    })
    await written
    if (!state.isCancelled) controller.close()
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        // Not awaited: reading the body must not wait for the first read of the answer.
        void start(controller)
      },
      pull: changed,
      cancel() {
        state.isCancelled = true
        changed()
      },
    },
    { highWaterMark: bounds.bufferBytes, size: (chunk) => chunk?.byteLength ?? 0 },
  )
}
