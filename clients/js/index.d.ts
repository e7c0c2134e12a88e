export type Cell = string | number | boolean | null
export type Row = Record<string, Cell>
export interface ReleaseInfo {
  package: string
  version: string
  release_id: string
  content_hash: string
  withdrawn: { on: string; reason: string } | null
}
export type Table = Row[] & { release: ReleaseInfo }
/** A roster and each of its rows say how much of the list is known. */
export type Roster = Table & {
  declared_count: number | null
  named_count: number
  roster_status: 'complete' | 'partial' | 'none'
}
export interface Version {
  version: string
  created: string
  bump: string
  release_id: string
  content_hash: string
  is_withdrawn: boolean
}
export class RecordError extends Error {}
export interface Connection {
  versions(name: string): Promise<Version[]>
  load(name: string, table: string, options?: { version?: string; columns?: string[] }): Promise<Table>
  roster(statementId: string, options?: { asOf?: string; version?: string }): Promise<Roster>
}
export function connect(base: string, options?: { fetch?: typeof fetch }): Connection
export function lastDay(edtf: string | null): string | null
