import assert from "node:assert/strict";
import { stateHash } from "@/shared/protocol/mod.ts";
import type { StateRows } from "./agent_records.ts";
import { pppoeOnly } from "./pppoe_state.ts";

const ID = "0198c0de-0000-4000-8000-000000000b01";
const RUN = "0198c0de-0000-7000-8000-000000000c01";

Deno.test("an agent that knows PPPoE only is told the rest of a state, with its hash", async () => {
  const juan = { name: "juan", profile: "p", disabled: false, authorisation: null };
  const others = [
    { ...juan, service: "l2tp" as const, disabled: true, authorisation: RUN },
    { ...juan, service: "sstp" as const },
  ];
  const whole: StateRows = {
    routerId: ID,
    lineage: ID,
    generation: 3n,
    hash: await stateHash([juan, ...others]),
    secrets: [juan, others[0]!],
    removed: ["ana", "l2tp//ana"],
    others,
    authorisations: [{ id: RUN, kind: "manual", run_id: null, generation: 3n, count: 1 }],
  };
  const told = pppoeOnly(whole);
  assert.deepEqual(told.secrets, [juan]);
  assert.deepEqual(told.removed, ["ana"]);
  assert.deepEqual(told.authorisations, []);
  assert.equal(told.hash, await stateHash([juan]));
});

Deno.test("a state of PPPoE accounts is told as it is", () => {
  const rows = { routerId: ID, lineage: ID, generation: 1n, hash: "h", secrets: [], removed: ["ana"] };
  const whole: StateRows = { ...rows, others: [], authorisations: [] };
  assert.equal(pppoeOnly(whole), whole);
});
