import assert from "node:assert/strict";
import { AGENT_V8_FLAGS } from "./memory.ts";

Deno.test("deno task agent starts with the flags that every other start uses", async () => {
  const text = await Deno.readTextFile(new URL("../deno.json", import.meta.url));
  const { command } = JSON.parse(text).tasks.agent;
  assert.ok(command.includes(`--v8-flags=${AGENT_V8_FLAGS} `), command);
});
