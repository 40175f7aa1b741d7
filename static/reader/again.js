/* When to try to send again: soon at first, since a line that has come back may take a moment, and then
   ever less often. */
const SOON = 1500
const SELDOM = 60_000

export class Again {
  #act; #timer = 0; #tries = 0
  constructor(act) {
    this.#act = act
    addEventListener('online', () => { this.#tries = 0; this.#act() })
  }

  later() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#act(), Math.min(SELDOM, SOON * 2 ** this.#tries))
    this.#tries += 1
  }

  stop() { clearTimeout(this.#timer) }

  done() {
    this.stop()
    this.#tries = 0
  }
}
