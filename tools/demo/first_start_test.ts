import assert from "node:assert/strict";
import { assertFilled, markFilled } from "./first_start.ts";

Deno.test("a demo whose first start was interrupted is refused with the way out, a filled one goes on", async () => {
  const dataDir = await Deno.makeTempDir();
  try {
    await assert.rejects(
      assertFilled(dataDir),
      (error: Error) => error.message.includes(`remove "${dataDir}"`),
    );
    await markFilled(dataDir);
    await assertFilled(dataDir);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
