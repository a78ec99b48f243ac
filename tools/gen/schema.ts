import pg from "pg";

/** Where the types of the tables stand. */
export const SCHEMA_FILE = new URL("../../web/store/db/schema.ts", import.meta.url);

/** What a column type of PostgreSQL is where rows arrive (web/store/db/column_types.ts). */
const TYPES: Readonly<Record<string, string>> = {
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
  // As the driver reads it: no page needs the numbers.
  "bigint[]": "string[]",
  "smallint[]": "number[]",
  "date[]": "Temporal.PlainDate[]",
};

const HEAD = `import type { Generated, GeneratedAlways } from "kysely";

/**
 * Rows of the migrated database as Kysely sees them: made by \`deno task gen\`, and a test says when to make them again.
 * Unions are the words that a check allows, comments those of the columns. \`*_centavos\` are integer centavos, \`*_on\`
 * dates in the tenant's zone, \`*_at\` instants.
 */

/** A jsonb column: parsed by zod where it is read. */
export type JsonColumn = unknown;
`;

const COLUMNS = `
  select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type, a.attnotnull as is_required,
    (a.atthasdef and a.attgenerated = '') or a.attidentity <> '' as has_default, a.attgenerated <> '' as is_generated,
    col_description(c.oid, a.attnum) as comment
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not like 'kysely%'
  order by c.relname, a.attnum`;

const CHECKS = `
  select c.relname as table, pg_get_constraintdef(k.oid) as definition
  from pg_constraint k join pg_class c on c.oid = k.conrelid
  where k.contype = 'c' and c.relnamespace = 'public'::regnamespace`;

interface Column {
  table: string;
  column: string;
  type: string;
  is_required: boolean;
  has_default: boolean;
  is_generated: boolean;
  comment: string | null;
}

/** The text of schema.ts for a migrated database, before it is formatted. */
export async function generateSchema(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: columns } = await client.query<Column>(COLUMNS);
    const { rows: checks } = await client.query<{ table: string; definition: string }>(CHECKS);
    return write(
      columns,
      new Map(checks.flatMap(({ table, definition }) => allowedWords(table, definition))),
    );
  } finally {
    await client.end();
  }
}

/** The text as the formatter leaves it, which is how the file stands in the repository. */
export async function formatted(text: string, ext: "ts" | "md" = "ts"): Promise<string> {
  const formatter = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", `--ext=${ext}`, "--line-width=110", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = formatter.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout } = await formatter.output();
  if (!success) throw new Error("Cannot format what was made: the formatter refused it");
  return new TextDecoder().decode(stdout);
}

function write(columns: readonly Column[], words: ReadonlyMap<string, readonly string[]>): string {
  const tables = Map.groupBy(columns, (column) => column.table);
  const interfaces = [...tables].map(([table, rows]) =>
    `export interface ${interfaceOf(table)} {\n${rows.map((row) => describe(row, words)).join("\n")}\n}\n`
  );
  const all = [...tables.keys()].map((table) => `  ${table}: ${interfaceOf(table)};`).join("\n");
  return [
    HEAD,
    ...interfaces,
    `/** Every table, for \`Kysely<Database>\`. */\nexport interface Database {\n${all}\n}\n`,
  ]
    .join("\n");
}

function describe(row: Column, words: ReadonlyMap<string, readonly string[]>): string {
  const union = words.get(`${row.table}.${row.column}`)?.map((word) => JSON.stringify(word)).join(" | ");
  const type = union ?? TYPES[row.type];
  if (type === undefined) throw new Error(`Cannot type ${row.table}.${row.column}: unknown type ${row.type}`);
  const comment = row.comment === null ? "" : `  /** ${row.comment} */\n`;
  return `${comment}  ${row.column}: ${wrap(row, row.is_required ? type : `${type} | null`)};`;
}

function wrap(row: Column, type: string): string {
  if (row.is_generated) return `GeneratedAlways<${type}>`;
  // A null needs no Generated: Kysely lets nullable columns be left out.
  return row.has_default && row.is_required ? `Generated<${type}>` : type;
}

/** `check (column in ('a', 'b'))`, as PostgreSQL writes it down. */
function allowedWords(table: string, definition: string): [string, string[]][] {
  const match = /^CHECK \(\((\w+) = (?:ANY \(ARRAY\[(.*)\]\)|('[^']*'::text))\)\)$/.exec(definition);
  const [, column, list, one] = match ?? [];
  const words = [...(list ?? one ?? "").matchAll(/'([^']*)'::text/g)].map(([, word]) => word ?? "");
  return column === undefined || words.length === 0 ? [] : [[`${table}.${column}`, words]];
}

function interfaceOf(table: string): string {
  return `${table.split("_").map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join("")}Table`;
}
