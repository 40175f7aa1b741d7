/* Read a zip from afar piece by piece, so that a large book opens before it has all arrived. */
import { BlobReader, BlobWriter, TextWriter, ZipReader, configure } from '../built/foliate/vendor/zip.js'
import { get, piece } from './served.js'

const BLOCK = 256 * 1024
const KEPT = 48
const WHOLE = 2 * 1024 * 1024

configure({ useWebWorkers: false })

class RangeReader extends BlobReader {
  #blocks = new Map()
  constructor(url, size) {
    super(new Blob())
    this.url = url
    this.size = size
  }
  init() {
    this.initialized = true
  }
  async readUint8Array(start, length) {
    const end = Math.min(start + length, this.size)
    const bytes = new Uint8Array(Math.max(0, end - start))
    for (let at = start; at < end;) {
      const number = Math.floor(at / BLOCK)
      const block = await this.#block(number)
      const inside = at - number * BLOCK
      const piece = block.subarray(inside, Math.min(block.length, inside + end - at))
      bytes.set(piece, at - start)
      at += piece.length
    }
    return bytes
  }
  #block(number) {
    if (!this.#blocks.has(number)) {
      if (this.#blocks.size >= KEPT) this.#blocks.delete(this.#blocks.keys().next().value)
      this.#blocks.set(number, this.#fetch(number).catch(error => {
        this.#blocks.delete(number)
        throw error
      }))
    }
    return this.#blocks.get(number)
  }
  #fetch(number) {
    const first = number * BLOCK
    return piece(this.url, first, Math.min(first + BLOCK, this.size))
  }
}

/* What foliate-js asks of a book's files. */
export const openZip = async (url, size) => {
  const source = size > WHOLE
    ? new RangeReader(url, size)
    : new BlobReader(await (await get(url)).blob())
  const entries = await new ZipReader(source).getEntries()
  const files = new Map(entries.map(entry => [entry.filename, entry]))
  return {
    loadText: name => files.get(name)?.getData(new TextWriter()) ?? null,
    loadBlob: (name, type) => files.get(name)?.getData(new BlobWriter(type)) ?? null,
    getSize: name => files.get(name)?.uncompressedSize ?? 0,
  }
}
