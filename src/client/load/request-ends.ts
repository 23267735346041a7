/**
 * Sees where requests end, for a server that reads nothing else of them.
 * @module
 */

const HEAD_END = Buffer.from('\r\n\r\n')

/** A counter for one connection: takes what came in, and gives how many requests ended with it. */
export function requestEnds(): (data: Uint8Array) => number {
  let head = Buffer.alloc(0)
  let bodyLeft = 0
  return (data) => {
    let ended = 0
    let at = 0
    while (at < data.length) {
      if (bodyLeft > 0) {
        const taken = Math.min(bodyLeft, data.length - at)
        bodyLeft -= taken
        at += taken
        if (bodyLeft === 0) ended += 1
        continue
      }
      const before = head.length
      head = Buffer.concat([head, data.subarray(at)])
      const end = head.indexOf(HEAD_END)
      if (end === -1) return ended
      at += end + HEAD_END.length - before
      const length = /\r\ncontent-length: *(\d+)/i.exec(head.toString('latin1', 0, end))?.[1]
      head = Buffer.alloc(0)
      bodyLeft = Number(length ?? 0)
      if (bodyLeft === 0) ended += 1
    }
    return ended
  }
}
