import pg from "pg";
import type { TestDatabase } from "@/tests/support/postgres.ts";

/** Does to the database what neither the web nor its owner may. */
export async function asSuperuser({ superuserUrl }: TestDatabase, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    for (const text of statements) await client.query(text);
  } finally {
    await client.end();
  }
}
