import pg from "pg";
import type { TestDatabase } from "@/tests/support/postgres.ts";

/** Reads past row level security. */
export async function asSuperuserQuery<Row>({ superuserUrl }: TestDatabase, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}
