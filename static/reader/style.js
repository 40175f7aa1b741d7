/* How a book's pages look: before the book's own style what it may change, after it what was chosen. */
const THEMES = {
  paper: { page: '#fffdfa', ink: '#211f1d', link: '#1d4f91' },
  sepia: { page: '#f3e7cf', ink: '#3b2f20', link: '#7a3e12' },
  night: { page: '#15161a', ink: '#cfcbc4', link: '#9dbcf0' },
}
const FONTS = {
  serif: '"Frank Ruhl Libre", Georgia, serif',
  sans: 'Assistant, "Segoe UI", sans-serif',
  clear: 'Heebo, Arial, sans-serif',
}
const KEPT = 'pre, pre *, code, kbd, samp, svg, svg *, math, math *'

const themed = theme => (theme in THEMES && theme !== 'paper' ? `
    body :not(a, a *, svg, svg *, img) { color: inherit !important; border-color: currentColor !important; }
    body :not(svg, svg *, img) { background-color: transparent !important; }` : '')

const lettered = font => (font in FONTS
  ? `body, body :not(${KEPT}) { font-family: ${FONTS[font]} !important; }` : '')

const spaced = line => (line
  ? `body, body :is(p, li, dd, dt, td, th, div, blockquote) { line-height: ${line / 100} !important; }` : '')

export const styles = ({ theme, size, font, line }, fonts) => {
  const { page, ink, link } = THEMES[theme] ?? THEMES.paper
  return [
    `@import url("${fonts}");
    @namespace epub "http://www.idpf.org/2007/ops";
    html { font-family: ${FONTS.serif}; line-height: 1.55; }
    img, svg { max-width: 100%; }
    img[width][height] { height: auto; }
    aside[epub|type~="footnote"], aside[role~="doc-footnote"] { display: none; }`,
    `html, body { background: ${page} !important; color: ${ink} !important; }
    html { --theme-bg-color: ${page}; font-size: ${size}% !important; color-scheme: ${theme === 'night' ? 'dark' : 'light'}; }
    a:any-link { color: ${link} !important; }
    p, li { text-wrap: pretty; orphans: 2; widows: 2; }
    pre { white-space: pre-wrap; }
    [data-enlarges] { cursor: zoom-in; }
    ${themed(theme)} ${lettered(font)} ${spaced(line)}`,
  ]
}

/* Sizes fixed in pixels or points would not follow the reader's own size. */
const PER_REM = { px: 16, pt: 12 }
const STYLED = /\sstyle\s*=\s*("[^"]*"|'[^']*')|<style[\s\S]*?<\/style>/gi
const relative = css => css.replace(
  /(font-size\s*:\s*)(\d*\.?\d+)(px|pt)\b/gi,
  (_, name, number, unit) => `${name}${Number((number / PER_REM[unit.toLowerCase()]).toFixed(4))}rem`,
)

/* In a page, only what is style: its words stay its words. */
export const withRelativeSizes = (text, type) => {
  if (type.includes('css')) return relative(text)
  return type.includes('html') ? text.replace(STYLED, relative) : text
}
