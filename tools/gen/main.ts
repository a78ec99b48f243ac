import { createTestDatabase } from "@/tests/support/postgres.ts";
import { loadRouteTable } from "@/web/app/load_route_table.ts";
import { MATRIX_FILE, writeMatrix } from "./matrix_page.ts";
import { formatted, generateSchema, SCHEMA_FILE } from "./schema.ts";

/** `deno task gen`: what is made from something else is made again. */
await Deno.writeTextFile(MATRIX_FILE, await formatted(writeMatrix(await loadRouteTable()), "md"));
console.log("Wrote docs/matrix.md");
await using database = await createTestDatabase();
await Deno.writeTextFile(SCHEMA_FILE, await formatted(await generateSchema(database.superuserUrl)));
console.log("Wrote web/store/db/schema.ts");
