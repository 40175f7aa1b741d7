/* What our server gives of a file, whole or in pieces, and what it means when it gives nothing. */
export class ClosedError extends Error {}

const CLOSED = [401, 403, 404, 410]

export const get = async (url, headers = {}) => {
  const answer = await fetch(url, { headers, credentials: 'same-origin' })
  if (CLOSED.includes(answer.status)) throw new ClosedError(String(answer.status))
  if (!answer.ok) throw new Error(String(answer.status))
  return answer
}

/* The bytes from `first` up to but not including `end`, also where whole files are all there is. */
export const piece = async (url, first, end) => {
  const answer = await get(url, { Range: `bytes=${first}-${end - 1}` })
  const bytes = new Uint8Array(await answer.arrayBuffer())
  return answer.status === 206 ? bytes : bytes.slice(first, end)
}
