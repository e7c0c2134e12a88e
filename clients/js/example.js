// The cells of example.html, as in an Observable notebook: each is a function of values and returns one.

import { connect } from './index.js'

/** The statements on Xinjiang whose count of states was declared, oldest first, with the release. */
export async function readStatements(base) {
  const record = connect(base)
  const topics = await record.load('joint-statements', 'statement_topics')
  const about = new Set(topics.filter((row) => row.topic === 'xinjiang').map((row) => row.statement_id))
  const rows = await record.load('joint-statements', 'statements')
  const chosen = rows.filter((row) => row.declared_count !== null && about.has(row.statement_id))
  chosen.release = rows.release
  return chosen
}

/** A bar a statement: the outline is what it declares, the filled part what sources name. */
export function drawChart(rows, { width = 640, rowHeight = 18 } = {}) {
  const left = 300
  const most = Math.max(...rows.map((row) => row.declared_count))
  const scale = (count) => Math.round(((width - left - 40) * count) / most)
  const bars = rows.map((row, index) => {
    const y = index * rowHeight
    return `<text x="${left - 8}" y="${y + 13}" text-anchor="end">${escapeText(row.statement_id)}</text>
<rect x="${left}" y="${y + 3}" width="${scale(row.declared_count)}" height="12" fill="none" stroke="#555"/>
<rect x="${left}" y="${y + 3}" width="${scale(row.named_count)}" height="12" fill="#888"/>
<text x="${left + scale(row.declared_count) + 6}" y="${y + 13}">${row.named_count} of ${row.declared_count}</text>`
  })
  const label = 'Declared signatories (outline) and those that sources name (filled), by statement'
  return `<svg viewBox="0 0 ${width} ${rows.length * rowHeight + 6}" role="img" aria-label="${label}" font-family="sans-serif" font-size="11">${bars.join('\n')}</svg>`
}

/** The same numbers as the rows of a table. */
export function fillTable(rows) {
  const cells = ['statement_id', 'declared_count', 'named_count', 'roster_status']
  return rows
    .map((row) => `<tr>${cells.map((name) => `<td>${escapeText(String(row[name] ?? 'not known'))}</td>`).join('')}</tr>`)
    .join('\n')
}

function escapeText(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
