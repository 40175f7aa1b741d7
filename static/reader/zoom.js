/* How large the sheets are: by keys, by two fingers, and what lies under the fingers stays there. */
const LEAST = 50
const MOST = 400
const STEP = 25
const $ = id => document.getElementById(id)
const bounded = size => Math.min(MOST, Math.max(LEAST, size))

export class Zoom {
  #room; #sheets; #frame
  constructor(room, sheets, frame) {
    this.#room = room
    this.#sheets = sheets
    this.#frame = frame
    $('smaller').addEventListener('click', () => this.step(-1))
    $('larger').addEventListener('click', () => this.step(1))
  }

  step(way) { this.#to(Math.round(this.#frame.settings.size / STEP + way) * STEP) }

  whole() { this.#to(100) }

  by(factor, at) { this.#to(Math.round(this.#frame.settings.size * factor), at) }

  #to(size, at = this.#middle) {
    const element = document.elementFromPoint(at.x, at.y)?.closest('.sheet')
    const before = element?.getBoundingClientRect()
    this.#frame.choose('size', bounded(size))
    if (!element) return
    const after = element.getBoundingClientRect()
    const [x, y] = [(at.x - before.left) / before.width, (at.y - before.top) / before.height]
    this.#room.scrollLeft += after.left + x * after.width - at.x
    this.#room.scrollTop += after.top + y * after.height - at.y
  }

  get #middle() {
    const { left, top, width, height } = this.#room.getBoundingClientRect()
    return { x: left + width / 2, y: top + height / 2 }
  }
}
