import assert from "node:assert/strict";
import { formatted, generateSchema, SCHEMA_FILE } from "@/tools/gen/schema.ts";
import { createTestDatabase } from "./support/postgres.ts";

Deno.test("schema.ts is what the migrated database makes of it; else run deno task gen", async () => {
  await using database = await createTestDatabase();
  assert.equal(
    await Deno.readTextFile(SCHEMA_FILE),
    await formatted(await generateSchema(database.superuserUrl)),
  );
});
