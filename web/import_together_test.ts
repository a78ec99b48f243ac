import assert from "node:assert/strict";
import { importTogether } from "./import_together.ts";

const here = (path: string) => new URL(path, import.meta.url);

Deno.test("importTogether gives the modules in the order of their addresses, the same ones that import() gives", async () => {
  const [clock, format] = await importTogether([here("system_clock.ts"), here("format.ts")]);
  assert.equal(clock, await import("./system_clock.ts"));
  assert.equal(format, await import("./format.ts"));
  assert.deepEqual(await importTogether([]), []);
});

Deno.test("importTogether names the module that is not there", async () => {
  await assert.rejects(
    importTogether([here("system_clock.ts"), here("no_such_file.ts")]),
    /no_such_file\.ts/,
  );
});
