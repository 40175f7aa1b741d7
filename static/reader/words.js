/* The words of the page, filled in: "Page {page} of {count}". */
export const say = (root, name, values = {}) =>
  (root.dataset[`words${name[0].toUpperCase()}${name.slice(1)}`] ?? '')
    .replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ''))

const language = document.documentElement.lang || 'en'
const percents = new Intl.NumberFormat(language, { style: 'percent' })

export const percent = fraction => percents.format(Math.floor(fraction * 100) / 100)
