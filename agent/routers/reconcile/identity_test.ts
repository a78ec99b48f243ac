import assert from "node:assert/strict";
import type { RouterIdentityMessage } from "@/shared/protocol/mod.ts";
import type { BoundIdentity } from "../../journal/marks_store.ts";
import { judgeIdentity, type RouterMark } from "./identity.ts";

function found(identity: string, more: Partial<RouterIdentityMessage> = {}): RouterIdentityMessage {
  return {
    identity,
    version: "7.15",
    board_name: null,
    serial_number: null,
    software_id: null,
    uptime_seconds: 1,
    ...more,
  };
}

const NOBODY: RouterMark = { serial_number: null, software_id: null };
const SERIAL = { serial_number: "S1", software_id: "X1" };
const SYSTEM = { serial_number: null, software_id: "X1" };

function bound(mark: RouterMark, identity: string | null): BoundIdentity {
  return { ...mark, identity };
}

Deno.test("first contact binds, with the name; what tells nothing of itself is taken as it is", () => {
  assert.deepEqual(judgeIdentity(NOBODY, null, found("R1", SYSTEM)), {
    kind: "same",
    learn: { ...SYSTEM, identity: "R1" },
  });
  assert.deepEqual(judgeIdentity(NOBODY, null, found("R1")), { kind: "same", learn: null });
});

Deno.test("a journal or settings from before names were kept learn the name without a question", () => {
  for (const told of [NOBODY, SYSTEM]) {
    for (const before of [bound(SYSTEM, null), told === SYSTEM ? null : bound(SYSTEM, null)]) {
      const verdict = judgeIdentity(told, before, found("R7", SYSTEM));
      assert.deepEqual(verdict, { kind: "same", learn: { ...SYSTEM, identity: "R7" } });
    }
  }
});

Deno.test("an equal serial number is the same router under any name, which is remembered", () => {
  for (const told of [NOBODY, SERIAL]) {
    assert.deepEqual(judgeIdentity(told, bound(SERIAL, "R1"), found("tower", SERIAL)), {
      kind: "same",
      learn: { ...SERIAL, identity: "tower" },
    });
    assert.deepEqual(judgeIdentity(told, bound(SERIAL, "R1"), found("R1", SERIAL)), {
      kind: "same",
      learn: null,
    });
  }
});

Deno.test("an equal id under another name may be a clone, also where only one side has a serial number", () => {
  const doubt = { kind: "in_doubt", known: "R1", found: "R1-copy" };
  assert.deepEqual(judgeIdentity(SYSTEM, bound(SYSTEM, "R1"), found("R1-copy", SYSTEM)), doubt);
  assert.deepEqual(judgeIdentity(NOBODY, bound(SYSTEM, "R1"), found("R1-copy", SYSTEM)), doubt);
  assert.deepEqual(judgeIdentity(NOBODY, bound(SERIAL, "R1"), found("R1-copy", SYSTEM)), doubt);
  assert.deepEqual(judgeIdentity(NOBODY, bound(SYSTEM, "R1"), found("R1-copy", SERIAL)), doubt);
});

Deno.test("what is told for the first time is learnt too, and what is not told any more is kept", () => {
  assert.deepEqual(judgeIdentity(NOBODY, bound(SYSTEM, "R1"), found("R1", SERIAL)), {
    kind: "same",
    learn: { ...SERIAL, identity: "R1" },
  });
  assert.deepEqual(judgeIdentity(NOBODY, bound(SERIAL, "R1"), found("R1", SYSTEM)), {
    kind: "same",
    learn: null,
  });
});

Deno.test("another serial number or id is another router, whatever it is called", () => {
  const other = { serial_number: "S2", software_id: "X2" };
  for (const told of [NOBODY, SERIAL]) {
    const verdict = judgeIdentity(told, bound(SERIAL, "R1"), found("R1", other));
    assert.equal(verdict.kind, "other");
  }
});

Deno.test("what was bound before the settings named another router says nothing of that one", () => {
  const other = { serial_number: null, software_id: "X2" };
  assert.deepEqual(judgeIdentity(other, bound(SYSTEM, "R1"), found("R2", other)), {
    kind: "same",
    learn: { ...other, identity: "R2" },
  });
});
