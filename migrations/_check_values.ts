import { sql } from "kysely";
import { type MigrationDatabase, run } from "./_tenant_table.ts";

/** Lets a column take further words, whatever other migrations have added to its check. */
export async function allowWords(
  db: MigrationDatabase,
  column: { table: string; name: string },
  words: readonly string[],
): Promise<void> {
  await changeWords(db, column, (known) => [...new Set([...known, ...words])]);
}

/** Takes words away again. No row may hold them. */
export async function forbidWords(
  db: MigrationDatabase,
  column: { table: string; name: string },
  words: readonly string[],
): Promise<void> {
  await changeWords(db, column, (known) => known.filter((word) => !words.includes(word)));
}

async function changeWords(
  db: MigrationDatabase,
  { table, name }: { table: string; name: string },
  change: (known: readonly string[]) => readonly string[],
): Promise<void> {
  const constraint = `${table}_${name}_check`;
  const { rows: [found] } = await sql<{ definition: string }>`
    select pg_get_constraintdef(oid) as definition from pg_constraint
    where conname = ${constraint} and conrelid = ${table}::regclass`.execute(db);
  if (found === undefined) {
    throw new Error(`Cannot change what ${table}.${name} takes: it has no ${constraint}`);
  }
  const known = [...found.definition.matchAll(/'([a-z0-9_]+)'::text/g)].map((match) => match[1]!);
  const words = change(known).map((word) => `'${word}'`).join(", ");
  await run(db, `alter table ${table} drop constraint ${constraint}`);
  await run(db, `alter table ${table} add constraint ${constraint} check (${name} in (${words}))`);
}
