/* Search in the whole book, chapter by chapter, while one reads what was found. */
import { percent, say } from './words.js'

const MOST = 300
const $ = id => document.getElementById(id)

export class Finder {
  #root; #view; #go; #turn = 0
  constructor(root, view, go) {
    this.#root = root
    this.#view = view
    this.#go = go
    $('search-form').addEventListener('submit', event => {
      event.preventDefault()
      this.#search($('search-words').value.trim())
    })
    $('search-words').addEventListener('input', event => {
      if (!event.target.value) this.#clear()
    })
  }

  open() {
    if (!$('search').open) $('search').showModal()
    $('search-words').select()
  }

  #clear() {
    this.#turn += 1
    this.#view.clearSearch()
    $('search-list').replaceChildren()
    $('search-said').textContent = ''
  }

  async #search(query) {
    this.#clear()
    if (!query) return
    const turn = this.#turn
    const said = $('search-said')
    let count = 0
    for await (const found of this.#view.search({ query })) {
      if (turn !== this.#turn) return
      if (found.progress !== undefined) said.textContent = say(this.#root, 'searching', { percent: percent(found.progress) })
      if (!found.subitems) continue
      const lines = found.subitems.slice(0, MOST - count)
      count += lines.length
      $('search-list').append(this.#chapter(found.label, lines))
      if (count >= MOST) break
    }
    const none = this.#view.isWordless ? 'foundNoWords' : 'foundNone'
    const word = count >= MOST ? 'foundMany' : count === 1 ? 'foundOne' : count ? 'found' : none
    said.textContent = say(this.#root, word, { count, query })
  }

  #chapter(label, lines) {
    const item = document.createElement('li')
    const heading = document.createElement('h3')
    heading.textContent = label
    heading.dir = 'auto'
    const list = document.createElement('ol')
    list.append(...lines.map(line => this.#line(line)))
    item.append(...(label ? [heading] : []), list)
    return item
  }

  #line({ cfi, excerpt: { pre, match, post } }) {
    const item = document.createElement('li')
    const line = document.createElement('button')
    const mark = document.createElement('mark')
    mark.textContent = match
    line.type = 'button'
    line.dir = 'auto'
    line.append(pre, mark, post)
    line.addEventListener('click', () => { $('search').close(); this.#go(cfi) })
    item.append(line)
    return item
  }
}
