// Prints a Parquet file's rows as hyparquet reads them, one line of JSON per row: integers and times (in microseconds) as
// {"int"}, doubles as {"double"}, bytes as {"base64"}.
//   read_parquet.mjs FILE
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const text = bytes => bytes && decoder.decode(bytes)
const parsers = { stringFromBytes: text, jsonFromBytes: text, timestampFromMicroseconds: micros => micros }

function told(value) {
  if (typeof value === 'bigint') return { int: value.toString() }
  if (typeof value === 'number') return { double: Object.is(value, -0) ? '-0' : String(value) }
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') }
  return value ?? null
}

const file = await asyncBufferFromFile(process.argv[2])
const rows = await parquetReadObjects({ file, compressors, parsers, utf8: false })
let lines = []
for (const row of rows) lines.push(JSON.stringify(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, told(value)]))) + '\n')
process.stdout.write(lines.join(''))
