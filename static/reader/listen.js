/* The player: one <audio>, our controls, the place kept to the second on every device. */
import { PlaceKeeper } from './place.js'

const root = document.getElementById('player')
const $ = id => document.getElementById(id)
const sound = $('sound')
const bar = $('bar')
const KEEP_EVERY = 15
const BACK = 15
const ON = 30
const TRIES = 3
const SPEED = 'listen:speed'

const words = (name, values = {}) => root.dataset[`words${name[0].toUpperCase()}${name.slice(1)}`]
  .replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ''))
const say = text => { $('said').textContent = text }
const clock = seconds => {
  const whole = Math.max(0, Math.floor(seconds || 0))
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = number => String(number).padStart(2, '0')
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/* Tracks and chapters as the page lists them. */
const tracks = [...document.querySelectorAll('.track[data-id]')].map((button, number) => ({
  button, number, id: button.dataset.id, src: button.dataset.src, title: button.dataset.title,
  seconds: Number(button.dataset.seconds),
  chapters: [...button.parentElement.querySelectorAll('[data-start]')].map(each => ({
    button: each, start: Number(each.dataset.start), title: each.querySelector('.track-name').textContent,
  })),
}))
const total = tracks.reduce((sum, track) => sum + track.seconds, 0) || 1
const before = track => tracks.slice(0, track.number).reduce((sum, each) => sum + each.seconds, 0)

let now = null // the track that is loaded
let wanted = 0 // the second to go to once it is known how long it is
let tries = 0
let keptAt = 0
let sleepAt = 0
let sleepsAtChapter = false
let chapterShown = null

const length = () => (Number.isFinite(sound.duration) && sound.duration > 0 ? sound.duration : now?.seconds || 0)
const at = () => (sound.readyState >= 1 ? sound.currentTime : wanted)
const chapterAt = seconds => now.chapters.findLast(each => each.start <= seconds + 0.25) ?? null
const fraction = () => Math.min(1, (before(now) + Math.min(at(), now.seconds)) / total)

function keep(part = fraction()) {
  if (!now) return
  keptAt = at()
  keeper.keep({ track: now.id, seconds: Math.round(at() * 10) / 10 }, part)
}

addEventListener('pagehide', () => { if (now && !sound.paused) keep() })
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden' && now && !sound.paused) keep()
})
const keeper = new PlaceKeeper(root, trouble => {
  say(trouble ? words(trouble) : '')
  if (trouble === 'closed') sound.pause()
})

function load(track, seconds = 0, plays = false) {
  now = track
  wanted = seconds
  tries = 0
  sound.src = track.src
  sound.playbackRate = sound.defaultPlaybackRate = Number($('speed').value)
  for (const each of tracks) mark(each.button, each === track)
  $('now-track').textContent = tracks.length > 1 ? track.title : ''
  $('after').disabled = $('before').disabled = false
  chapterShown = undefined
  draw()
  tell()
  if (plays) play()
}

function mark(button, isNow) {
  if (isNow) button.setAttribute('aria-current', 'true')
  else button.removeAttribute('aria-current')
}

async function play() {
  say('')
  try {
    await sound.play()
  } catch (error) {
    if (error.name === 'NotAllowedError') root.removeAttribute('data-going')
    else if (error.name !== 'AbortError' && !sound.error) say(words('failed'))
  }
}

function seek(seconds) {
  const to = Math.max(0, Math.min(seconds, length() - 0.1))
  wanted = to
  if (sound.readyState >= 1) sound.currentTime = to
  draw()
  keep()
}

function skip(by) {
  if (!now) return
  if (by > 0 && at() + by >= length()) return next(!sound.paused)
  if (by < 0 && at() + by < 0 && tracks[now.number - 1]) {
    const earlier = tracks[now.number - 1]
    return load(earlier, Math.max(0, earlier.seconds + at() + by), !sound.paused)
  }
  seek(at() + by)
}

function next(plays) {
  const following = tracks[now.number + 1]
  if (following) {
    load(following, 0, plays)
    keep()
  } else {
    sound.pause()
    keep(1)
    say(words('finished'))
  }
}

function chapterOn() {
  const following = now.chapters.find(each => each.start > at() + 0.5)
  if (following) seek(following.start)
  else next(!sound.paused)
}

function chapterBack() {
  const here = now.chapters.findLast(each => each.start < at() - 3)
  if (here) return seek(here.start)
  if (at() > 3 || !tracks[now.number - 1]) return seek(0)
  load(tracks[now.number - 1], 0, !sound.paused)
  keep()
}

/* What is seen, and what a screen reader and the lock screen are told. */
function draw() {
  const all = length()
  bar.max = Math.max(1, Math.floor(all))
  bar.value = Math.floor(at())
  bar.setAttribute('aria-valuetext', words('at', { now: clock(at()), all: clock(all) }))
  $('clock').textContent = clock(at())
  $('left').textContent = `-${clock(all - at())}`
  const chapter = chapterAt(at())
  if (chapter !== chapterShown) {
    const first = chapterShown === undefined
    chapterShown = chapter
    $('now-chapter').textContent = chapter?.title ?? ''
    for (const track of tracks) for (const each of track.chapters) mark(each.button, each === chapter)
    tell()
    if (!first && sleepsAtChapter && !sound.paused) fallAsleep()
  }
  if ('mediaSession' in navigator && all > 0) {
    try {
      navigator.mediaSession.setPositionState({ duration: all, playbackRate: sound.playbackRate, position: Math.min(at(), all) })
    } catch { /* a browser that wants it otherwise */ }
  }
}

function tell() {
  if (!('mediaSession' in navigator) || !now) return
  const { title, maker, cover } = root.dataset
  navigator.mediaSession.metadata = new MediaMetadata({
    title: chapterShown?.title || (tracks.length > 1 ? now.title : title),
    artist: maker, album: title, artwork: cover ? [{ src: cover }] : [],
  })
}

function going() {
  const isGoing = !sound.paused
  root.toggleAttribute('data-going', isGoing)
  $('play-word').textContent = words(isGoing ? 'pause' : 'play')
  if ('mediaSession' in navigator) navigator.mediaSession.playbackState = isGoing ? 'playing' : 'paused'
}

/* Sleep. */
function fallAsleep() {
  sound.pause()
  $('sleep').value = ''
  sleepAt = 0
  sleepsAtChapter = false
  keep()
  say(words('slept'))
}

$('sleep').addEventListener('change', event => {
  const { value } = event.target
  sleepsAtChapter = value === 'chapter'
  sleepAt = Number(value) ? Date.now() + Number(value) * 60_000 : 0
  say(sleepsAtChapter ? words('chapter') : sleepAt ? words('left', { minutes: value }) : '')
})
setInterval(() => { if (sleepAt && Date.now() >= sleepAt && !sound.paused) fallAsleep() }, 1000)

/* The sound itself. */
sound.addEventListener('loadedmetadata', () => {
  if (wanted) sound.currentTime = Math.min(wanted, Math.max(0, sound.duration - 0.1))
  draw()
})
sound.addEventListener('timeupdate', () => {
  draw()
  if (!sound.paused && Math.abs(at() - keptAt) >= KEEP_EVERY) keep()
})
sound.addEventListener('seeked', draw)
sound.addEventListener('play', going)
sound.addEventListener('playing', () => { tries = 0 })
sound.addEventListener('pause', () => { going(); if (!sound.ended) keep() })
sound.addEventListener('ended', () => (sleepsAtChapter ? (next(false), fallAsleep()) : next(true)))
/* An address of the storage grows old within a minute: ours is asked anew, which also says when it is closed. */
sound.addEventListener('error', async () => {
  if (!now || !sound.error) return
  const here = wanted = sound.currentTime || wanted
  const plays = root.hasAttribute('data-going')
  let status = 0
  try {
    status = (await fetch(now.src, { method: 'HEAD', credentials: 'same-origin' })).status
  } catch { /* no line, or the storage does not let scripts ask: tried again below */ }
  if (status === 403 || status === 404) return say(words('closed'))
  if (++tries > TRIES) return say(words('failed'))
  setTimeout(() => {
    sound.src = now.src
    wanted = here
    if (plays) play()
  }, 1000 * tries)
})

/* Hands. */
$('play').addEventListener('click', () => (sound.paused ? play() : sound.pause()))
$('back').addEventListener('click', () => skip(-BACK))
$('on').addEventListener('click', () => skip(ON))
$('before').addEventListener('click', chapterBack)
$('after').addEventListener('click', chapterOn)
bar.addEventListener('input', () => { $('clock').textContent = clock(bar.value) })
bar.addEventListener('change', () => seek(Number(bar.value)))
$('speed').addEventListener('change', event => {
  sound.playbackRate = sound.defaultPlaybackRate = Number(event.target.value)
  try { localStorage.setItem(SPEED, event.target.value) } catch { /* not remembered, then */ }
  draw()
})
for (const track of tracks) {
  track.button.disabled = false
  track.button.addEventListener('click', () => { load(track, 0, true); keep() })
  for (const chapter of track.chapters) {
    chapter.button.disabled = false
    chapter.button.addEventListener('click', () => {
      if (now !== track) load(track, chapter.start, true)
      else { seek(chapter.start); play() }
    })
  }
}
addEventListener('keydown', event => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest('input, select, textarea, button, a')) return
  const acts = { ' ': () => $('play').click(), k: () => $('play').click(), ArrowLeft: () => skip(-BACK), ArrowRight: () => skip(ON), j: () => skip(-BACK), l: () => skip(ON) }
  const act = acts[event.key]
  if (!act || !now) return
  event.preventDefault()
  act()
})
if ('mediaSession' in navigator) {
  const acts = {
    play, pause: () => sound.pause(), previoustrack: chapterBack, nexttrack: chapterOn,
    seekbackward: details => skip(-(details.seekOffset || BACK)),
    seekforward: details => skip(details.seekOffset || ON),
    seekto: details => seek(details.seekTime),
  }
  for (const [name, act] of Object.entries(acts)) {
    try { navigator.mediaSession.setActionHandler(name, act) } catch { /* not known here */ }
  }
}

/* Marks: a moment, with words or without. */
const notesUrl = root.dataset.notesUrl
const marks = []
function listMarks() {
  $('marks').hidden = !marks.length
  marks.sort((a, b) => a.fraction - b.fraction)
  $('marks-list').replaceChildren(...marks.map(note => {
    const track = tracks.find(each => each.id === note.anchor.track)
    const row = document.createElement('li')
    row.className = 'mark'
    const go = document.createElement('button')
    go.type = 'button'
    go.className = 'track'
    go.disabled = !track
    const [name, when] = [document.createElement('span'), document.createElement('span')]
    name.className = 'track-name'
    name.dir = 'auto'
    name.textContent = note.text || note.chapter
    when.className = 'num soft'
    when.dir = 'ltr'
    when.textContent = clock(note.anchor.seconds)
    go.append(name, when)
    go.addEventListener('click', () => {
      if (now !== track) load(track, note.anchor.seconds, true)
      else { seek(note.anchor.seconds); play() }
    })
    const out = document.createElement('button')
    out.type = 'button'
    out.className = 'mark-out'
    out.textContent = '×'
    out.setAttribute('aria-label', words('gone', { now: clock(note.anchor.seconds) }))
    out.addEventListener('click', () => dropMark(note))
    row.append(go, out)
    return row
  }))
}
const post = (url, body) => fetch(url, {
  method: 'POST', credentials: 'same-origin', body: body && JSON.stringify(body),
  headers: { 'Content-Type': 'application/json', 'X-CSRFToken': root.dataset.csrf },
})
async function dropMark(note) {
  const answer = await post(`${notesUrl}${note.name}/out/`).catch(() => null)
  if (!answer?.ok) return say(words('failed'))
  marks.splice(marks.indexOf(note), 1)
  listMarks()
  $('play').focus()
}
async function addMark(text) {
  const note = {
    kind: text ? 'note' : 'bookmark', colour: 'yellow', fraction: fraction(), quote: '', text,
    anchor: { track: now.id, seconds: Math.round(at() * 10) / 10 },
    chapter: (chapterShown?.title || now.title).slice(0, 200),
  }
  const name = crypto.randomUUID ? crypto.randomUUID().slice(0, 18) : String(Date.now())
  const answer = await post(`${notesUrl}${name}/`, note).catch(() => null)
  if (!answer?.ok) return say(words(answer?.status === 403 ? 'closed' : 'failed'))
  marks.push({ ...note, name })
  listMarks()
  say(words('marked', { now: clock(note.anchor.seconds) }))
}
if (notesUrl) {
  $('mark').addEventListener('submit', event => {
    event.preventDefault()
    const input = event.target.elements.words
    addMark(input.value.trim())
    input.value = ''
  })
  fetch(notesUrl, { credentials: 'same-origin' }).then(answer => answer.json()).then(({ notes }) => {
    marks.push(...notes.filter(note => note.anchor.track))
    listMarks()
  }).catch(() => {})
}

/* Begin. */
try {
  const speed = localStorage.getItem(SPEED)
  if (speed && [...$('speed').options].some(each => each.value === speed)) $('speed').value = speed
} catch { /* the usual speed */ }
if (tracks.length) {
  const ours = keeper.ours?.place
  const place = ours?.track ? ours : { track: root.dataset.track, seconds: Number(root.dataset.seconds) }
  const track = tracks.find(each => each.id === place.track)
  keeper.begin(track ? { track: track.id, seconds: place.seconds } : {})
  load(track ?? tracks[0], track ? place.seconds : 0)
  keptAt = wanted
  $('board').hidden = false
  if (notesUrl) $('mark').hidden = false
}
document.documentElement.dataset.reader = 'ready'
