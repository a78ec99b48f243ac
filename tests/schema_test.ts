import assert from "node:assert/strict";
import pg from "pg";
import { createTestDatabase } from "./support/postgres.ts";

/** What a column type of PostgreSQL is in schema.ts. Text columns may also be a union of the values of their check. */
const TYPES: Record<string, string> = {
  "uuid": "string",
  "text": "string",
  "time without time zone": "string",
  "bigint": "bigint",
  "integer": "number",
  "smallint": "number",
  "boolean": "boolean",
  "date": "Temporal.PlainDate",
  "timestamp with time zone": "Temporal.Instant",
  "bytea": "Uint8Array",
  "jsonb": "JsonColumn",
  "text[]": "string[]",
  "uuid[]": "string[]",
  "smallint[]": "number[]",
  "date[]": "Temporal.PlainDate[]",
};

const COLUMNS = `
  select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type, a.attnotnull as is_required,
    (a.atthasdef and a.attgenerated = '') or a.attidentity <> '' as has_default, a.attgenerated <> '' as is_generated
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not like 'kysely%'`;

interface Column {
  table: string;
  column: string;
  type: string;
  is_required: boolean;
  has_default: boolean;
  is_generated: boolean;
}

Deno.test("schema.ts names every column of the migrated database with its type, null and default", async () => {
  await using database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  const { rows } = await client.query<Column>(COLUMNS);
  await client.end();
  const source = await Deno.readTextFile(new URL("../web/store/db/schema.ts", import.meta.url));
  assert.deepEqual(describeSource(source), rows.map(describeColumn).sort());
});

function describeColumn(column: Column): string {
  const type = TYPES[column.type] ?? `unknown type ${column.type}`;
  const nullable = column.is_required ? type : `${type} | null`;
  return `${column.table}.${column.column}: ${wrap(column, nullable)}`;
}

function wrap(column: Column, type: string): string {
  if (column.is_generated) return `GeneratedAlways<${type}>`;
  // A null needs no Generated: Kysely lets nullable columns be left out.
  return column.has_default && column.is_required ? `Generated<${type}>` : type;
}

function describeSource(source: string): string[] {
  const tables = new Map(
    [...source.matchAll(/^ {2}(\w+): (\w+Table);$/gm)].map(([, table, name]) => [name, table]),
  );
  return [...source.matchAll(/export interface (\w+Table) \{([^}]*)\}/g)].flatMap(([, name, body]) =>
    [...(body ?? "").matchAll(/^ {2}(\w+):\s*([^;]*);$/gm)].map(([, column, type]) =>
      `${tables.get(name ?? "")}.${column}: ${simplify(type ?? "")}`
    )
  ).sort();
}

/** A union of texts is a string to the database; line breaks are the formatter's. */
function simplify(type: string): string {
  return type.replace(/\s+/g, " ").replace(/(\| )?"\w+"( \| "\w+")*/, "string").replaceAll("< ", "<")
    .replaceAll(" >", ">");
}
