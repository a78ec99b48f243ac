import { createTestDatabase } from "@/tests/support/postgres.ts";
import { formatted, generateSchema, SCHEMA_FILE } from "./schema.ts";

/** `deno task gen`: what is made from something else is made again. */
await using database = await createTestDatabase();
await Deno.writeTextFile(SCHEMA_FILE, await formatted(await generateSchema(database.superuserUrl)));
console.log("Wrote web/store/db/schema.ts");
