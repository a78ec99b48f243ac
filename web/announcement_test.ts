import assert from "node:assert/strict";
import { announcement, READY_LINE, SETUP_CODE_LINE } from "./announcement.ts";

const WEB = { url: "http://127.0.0.1:8400", agentUrl: "http://127.0.0.1:8401", warnings: [] };

Deno.test("the announcement gives the set-up code to people and programs before it says that all is ready", () => {
  const lines = announcement({ ...WEB, setupCode: "ABCD-EFGH" }).split("\n");
  assert.equal(lines.map((line) => SETUP_CODE_LINE.exec(line)?.[1]).find((code) => code), "ABCD-EFGH");
  assert.match(lines.at(-1) ?? "", READY_LINE);
});

Deno.test("the announcement has no set-up code when there is an owner", () => {
  const text = announcement({ ...WEB, setupCode: null });
  assert.equal(text, "Linya is at http://127.0.0.1:8400\nAgents connect to http://127.0.0.1:8401");
});

Deno.test("the announcement says what was set up wrongly before it says that all is ready", () => {
  const lines = announcement({ ...WEB, setupCode: null, warnings: ["PUBLIC_URL is https and …"] }).split(
    "\n",
  );
  assert.deepEqual(lines.map((line) => line.split(" ")[0]), ["Linya", "Warning:", "Agents"]);
  assert.match(lines.at(-1) ?? "", READY_LINE);
});
