/* The list of notes, and the sheet on which one is written. It knows notes, not books: `go` is called
   with a note, `compare` says which of two stands first, `where` how far along one stands, in words. */
import { percent, say } from './words.js'

const $ = id => document.getElementById(id)
const make = (name, className, text = '') => {
  const element = document.createElement(name)
  element.className = className
  element.textContent = text
  if (text) element.dir = 'auto'
  return element
}

export class Notebook {
  #root; #notes; #go; #compare; #where; #edited = null
  constructor(root, notes, { go, compare, where = ({ fraction }) => percent(fraction) }) {
    this.#root = root
    this.#notes = notes
    this.#go = go
    this.#compare = compare
    this.#where = where
    notes.addEventListener('change', () => this.#list())
    notes.addEventListener('refused', ({ detail: note }) => {
      if (note?.text) this.edit({ ...note, name: undefined })
    })
    $('note-form').addEventListener('submit', event => this.#save(event))
    $('note-out').addEventListener('click', () => this.#takeOut())
    this.#list()
  }

  #list() {
    const notes = this.#notes.all.sort(this.#compare)
    $('notes-list').replaceChildren(...notes.map(note => this.#line(note)))
    $('notes-none').hidden = notes.length > 0
    $('notes-export').hidden = !notes.length || this.#notes.isOnDevice
    $('notes-here').hidden = !notes.length || !this.#notes.isOnDevice
  }

  #line(note) {
    const item = document.createElement('li')
    const line = make('button', 'note-line')
    line.type = 'button'
    line.dataset.kind = note.kind
    line.dataset.colour = note.colour
    line.append(
      make('span', 'note-kind', say(this.#root, note.kind)),
      make('span', 'note-where', [note.chapter, this.#where(note)].filter(Boolean).join(' · ')),
    )
    if (note.quote) line.append(make('q', 'note-quote', note.quote))
    if (note.text) line.append(make('span', 'note-text', note.text))
    if (note.earlier) line.append(make('span', 'note-where', note.earlier))
    line.disabled = Boolean(note.earlier)
    line.addEventListener('click', () => { $('notes').close(); this.#go(note) })
    const change = make('button', 'note-change', say(this.#root, 'change'))
    change.type = 'button'
    change.setAttribute('aria-label', `${change.textContent}: ${note.quote || note.chapter || this.#where(note)}`.slice(0, 90))
    change.addEventListener('click', () => this.edit(note))
    item.append(line, change)
    return item
  }

  /* Open a note to be written; it is kept only when saved. */
  edit(note) {
    this.#edited = note
    const form = $('note-form')
    $('note-quote').textContent = note.quote
    $('note-quote').hidden = !note.quote
    form.elements.text.value = note.text
    form.elements.colour.value = note.colour
    $('note-colours').hidden = note.kind === 'bookmark'
    $('note-out').hidden = !note.name
    if (!$('note').open) $('note').showModal()
    if (!note.name) form.elements.text.focus()
  }

  #save(event) {
    event.preventDefault()
    const { text, colour } = event.target.elements
    const words = text.value.trim()
    const marked = words ? 'note' : 'highlight'
    const kind = this.#edited.kind === 'bookmark' ? 'bookmark' : marked
    this.#notes.put({ ...this.#edited, kind, text: words, colour: colour.value })
    $('note').close()
  }

  #takeOut() {
    this.#notes.drop(this.#edited.name)
    $('note').close()
  }
}
