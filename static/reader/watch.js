/* A film begins at the second where its viewer stopped, on any device, and keeps it while it plays. */
import { PlaceKeeper } from './place.js'

const EVERY = 5
const SPEED = 'film-speed'
const root = document.getElementById('film')
const film = document.getElementById('picture')
const speed = document.getElementById('speed')
const say = word => {
  document.getElementById('said').textContent = word ? root.dataset[`words${word[0].toUpperCase()}${word.slice(1)}`] : ''
}

const keeper = new PlaceKeeper(root, say)
const start = Number(keeper.ours?.place?.seconds ?? root.dataset.seconds) || 0
let keptAt = start
let isPlaced = false
keeper.begin(start ? { seconds: start } : {})

function begin() {
  if (isPlaced) return
  isPlaced = true
  if (start && start < film.duration - 1) film.currentTime = start
}
if (film.readyState >= 1) begin()
else film.addEventListener('loadedmetadata', begin)

function keep(fraction) {
  if (!isPlaced || !film.duration) return
  keptAt = film.currentTime
  keeper.keep({ seconds: Math.round(keptAt * 10) / 10 }, fraction ?? keptAt / film.duration)
}

film.addEventListener('timeupdate', () => {
  if (!film.paused && Math.abs(film.currentTime - keptAt) >= EVERY) keep()
})
film.addEventListener('pause', () => keep(film.ended ? 1 : undefined))
film.addEventListener('ended', () => keep(1))
film.addEventListener('error', () => say('failed'), true)
film.addEventListener('play', () => say(''))

speed.closest('label').hidden = false
try {
  const wanted = localStorage.getItem(SPEED)
  if (wanted && [...speed.options].some(each => each.value === wanted)) speed.value = wanted
} catch { /* the usual speed */ }
const setSpeed = () => { film.playbackRate = film.defaultPlaybackRate = Number(speed.value) }
setSpeed()
speed.addEventListener('change', () => {
  setSpeed()
  try { localStorage.setItem(SPEED, speed.value) } catch { /* next time at the usual speed */ }
})
document.documentElement.dataset.reader = 'ready'
