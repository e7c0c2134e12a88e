// Read the tables of Xinjiang Record in a browser or in Node. Each file is checked against its hash.
//
//   import { connect } from 'xinjiang-record'
//   const record = connect('https://example.org/data')
//   const statements = await record.load('joint-statements', 'statements')

import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

/** An answer that cannot be trusted or found: its message says what was expected and what to do next. */
export class RecordError extends Error {}

const NAME = /^[a-z0-9]+(?:[-_][a-z0-9]+)*$/
// What is known about a list as a whole: a count of its rows alone would say too much.
const COVERAGE = ['declared_count', 'named_count', 'roster_status']
const VERSION = /^[0-9]+\.[0-9]+\.[0-9]+$/

/**
 * Connect to a folder of releases.
 *
 * @param {string} base Address of the folder that holds `<package>/versions.json`.
 * @param {{fetch?: typeof fetch}} [options] Another `fetch`, for tests or for authentication.
 */
export function connect(base, { fetch = globalThis.fetch } = {}) {
  if (!base) throw new RecordError('base: expected the address of a folder of releases, got nothing.')
  const root = base.endsWith('/') ? base : `${base}/`
  const ledgers = new Map()

  async function read(path) {
    const response = await fetch(new URL(path, root))
    if (!response.ok) {
      throw new RecordError(`${path}: expected status 200, got ${response.status}. Check the address ${root}.`)
    }
    return response.arrayBuffer()
  }

  async function ledger(name) {
    check(name, NAME, 'package')
    if (!ledgers.has(name)) {
      const value = JSON.parse(new TextDecoder().decode(await read(`${name}/versions.json`)))
      if (value.package !== name) {
        throw new RecordError(`${name}/versions.json: expected the package ${name}, got ${value.package}.`)
      }
      ledgers.set(name, value)
    }
    return ledgers.get(name)
  }

  /** The releases of a package, oldest first. */
  async function versions(name) {
    const { versions: entries } = await ledger(name)
    return entries.map((entry) => ({
      version: entry.version,
      created: entry.created,
      bump: entry.bump,
      release_id: entry.release_id,
      content_hash: entry.content_hash,
      is_withdrawn: Boolean(entry.withdrawn),
    }))
  }

  async function release(name, version) {
    const { latest, versions: entries } = await ledger(name)
    const wanted = version === 'latest' ? latest : version
    check(wanted, VERSION, 'version')
    const entry = entries.find((item) => item.version === wanted)
    if (!entry) {
      const known = entries.map((item) => item.version).join(', ')
      throw new RecordError(`${name} ${wanted}: no such version. There are: ${known}.`)
    }
    const folder = `${name}/${wanted}`
    const sums = await read(`${folder}/SHA256SUMS`)
    await compare(`${folder}/SHA256SUMS`, sums, entry.release_id)
    const hashes = new Map(
      new TextDecoder().decode(sums).split('\n').filter(Boolean).map((line) => [line.slice(66), line.slice(0, 64)]),
    )
    return { folder, entry, hashes }
  }

  /**
   * Load a table as objects.
   *
   * Whole numbers become numbers, dates stay ISO text, empty cells are null.
   * The result has a property `release` with the version, its hashes, and whether it is withdrawn.
   */
  async function load(name, table, { version = 'latest', columns } = {}) {
    check(table, NAME, 'table')
    const { folder, entry, hashes } = await release(name, version)
    const path = `data/${table}.parquet`
    const expected = hashes.get(path)
    if (!expected) {
      const tables = [...hashes.keys()].filter((key) => key.endsWith('.parquet')).map((key) => key.slice(5, -8))
      throw new RecordError(`${name} ${entry.version}: no table ${table}. There are: ${tables.join(', ')}.`)
    }
    const file = await read(`${folder}/${path}`)
    await compare(`${folder}/${path}`, file, expected)
    const rows = (await parquetReadObjects({ file, columns, compressors })).map(plain)
    rows.release = {
      package: name,
      version: entry.version,
      release_id: entry.release_id,
      content_hash: entry.content_hash,
      withdrawn: entry.withdrawn ?? null,
    }
    return rows
  }

  /**
   * List who stood on a statement at the end of a day, or at the last known state without `asOf`.
   *
   * A date known to the month counts from the last day that it can mean. The list and each of its rows
   * carry declared_count, named_count and roster_status: one that is partial or none is not the whole list.
   */
  async function roster(statementId, { asOf, version = 'latest' } = {}) {
    if (asOf !== undefined && asOf !== null) checkDay(asOf)
    const statements = await load('joint-statements', 'statements', { version })
    const statement = statements.find((row) => row.statement_id === statementId)
    if (!statement) throw new RecordError(`${statementId}: no such statement. The table statements lists them.`)
    const rows = await load('joint-statements', 'signatories', { version })
    const found = rows.filter((row) => row.statement_id === statementId)
    const standing = asOf
      ? found.filter((row) => hadCome(row.signed_edtf, asOf) && !hadCome(row.withdrew_edtf, asOf))
      : found.filter((row) => row.is_current)
    for (const name of COVERAGE) {
      standing[name] = statement[name]
      for (const row of standing) row[name] = statement[name]
    }
    standing.release = rows.release
    return standing
  }

  return { versions, load, roster }
}

/** The last day that an EDTF date can mean, as ISO text; null where it is open or missing. */
export function lastDay(edtf) {
  if (!edtf) return null
  const end = edtf.includes('/') ? edtf.split('/')[1] : edtf
  const match = /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?$/.exec(end)
  if (!match) return null
  const [, year, month = '12', day] = match
  return day ? end : new Date(Date.UTC(Number(year), Number(month), 0)).toISOString().slice(0, 10)
}

function checkDay(day) {
  const isText = typeof day === 'string' && /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(day)
  // The 30 February is read as a day of March.
  if (!isText || Number.isNaN(Date.parse(day)) || new Date(day).toISOString().slice(0, 10) !== day) {
    throw new RecordError(`asOf: expected a day such as 2020-01-31, got ${day}.`)
  }
  // It may be tomorrow elsewhere.
  if (day > new Date(Date.now() + 86400000).toISOString().slice(0, 10)) {
    throw new RecordError(`asOf: expected today or a day before, got ${day}: it is to come.`)
  }
}

function hadCome(edtf, day) {
  const last = lastDay(edtf)
  return last !== null && last <= day
}

function check(value, pattern, what) {
  if (typeof value !== 'string' || !pattern.test(value)) {
    throw new RecordError(`${what}: expected a name such as joint-statements or 1.0.0, got ${value}.`)
  }
}

async function compare(path, buffer, expected) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', buffer))
  const got = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  if (got !== expected) {
    throw new RecordError(`${path}: expected SHA-256 ${expected}, got ${got}. Do not use these bytes; load again.`)
  }
}

function plain(row) {
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === 'bigint') row[name] = Number(value)
    else if (value instanceof Date) row[name] = value.toISOString().slice(0, 10)
    else if (value === undefined) row[name] = null
  }
  return row
}
