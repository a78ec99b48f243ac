import assert from "node:assert/strict";
import fc from "fast-check";
import type { DesiredSecret } from "@/shared/protocol/mod.ts";
import type { CutMark } from "../../journal/marks_store.ts";
import { observationOf } from "./observe.ts";
import { guardLimit, type PlanInput, planPass } from "./plan.ts";

const RUN = "0198c0de-0000-7000-8000-000000000001";
const MANUAL = "0198c0de-0000-7000-8000-000000000002";
const NOW = 1_000_000_000_000;

const names = ["ana", "ben", "cai", "dot", "eli", "flo"];
const secretArbitrary = fc.record({
  name: fc.constantFrom(...names),
  profile: fc.constantFrom(null, "p1", "p2"),
  disabled: fc.boolean(),
  authorisation: fc.constantFrom(null, RUN, MANUAL, "0198c0de-0000-7000-8000-00000000dead"),
});
const rowArbitrary = fc.record({
  name: fc.constantFrom(...names),
  profile: fc.constantFrom("p1", "p2"),
  disabled: fc.boolean(),
  isOnline: fc.boolean(),
});
const inputArbitrary = fc.record({
  desired: fc.uniqueArray(secretArbitrary, { selector: (item) => item.name }),
  rows: fc.uniqueArray(rowArbitrary, { selector: (item) => item.name }),
  marked: fc.subarray(names),
  allowed: fc.subarray(names, { maxLength: 2 }),
}).map(({ desired, rows, marked, allowed }) =>
  inputOf(desired, rows, {
    cuts: Object.fromEntries(marked.map((name) => [name, mark(RUN)])),
    allowed: new Set(allowed),
  })
);

function mark(authorisation: string, confirmed = true): CutMark {
  return { authorisation, generation: 1n, at_ms: NOW - 1, confirmed };
}

function inputOf(
  secrets: DesiredSecret[],
  rows: { name: string; profile: string; disabled: boolean; isOnline?: boolean }[],
  more: Partial<PlanInput> = {},
): PlanInput {
  const observed = observationOf(
    rows.map((row) => ({
      id: "*1",
      ...row,
      service: "pppoe",
      comment: null,
      callerId: null,
      remoteAddress: null,
    })),
    rows.filter((row) => row.isOnline === true)
      .map(({ name }) => ({ name, service: "pppoe", address: null, callerId: null, uptimeSeconds: 1 })),
  );
  const kinds = [{ id: RUN, kind: "run" as const }, { id: MANUAL, kind: "manual" as const }];
  return {
    desired: {
      lineage: RUN,
      generation: 2n,
      hash: "",
      secrets,
      authorisations: kinds.map((item) => ({ ...item, run_id: null, generation: 2n, count: 1 })),
    },
    observed,
    cuts: {},
    guarded: [],
    byLooks: [],
    allowed: new Set(),
    profiles: null,
    nowMs: NOW,
    ...more,
  };
}

function cutOf(name: string, authorisation: string | null = RUN): DesiredSecret {
  return { name, profile: null, disabled: true, authorisation };
}

function up(name: string) {
  return { name, profile: "p1", disabled: false, isOnline: true };
}

Deno.test("planPass never disables or kicks whom no list covers", () => {
  fc.assert(fc.property(inputArbitrary, (input) => {
    const plan = planPass(input);
    const listed = new Set(
      input.desired.secrets
        .filter((item) => item.disabled && (item.authorisation === RUN || item.authorisation === MANUAL))
        .map((item) => item.name),
    );
    for (const name of [...plan.disables.map((item) => item.name), ...plan.kicks]) {
      assert.ok(listed.has(name));
      assert.ok(!input.allowed.has(name));
    }
  }));
});

Deno.test("planPass never drops an enable", () => {
  fc.assert(fc.property(inputArbitrary, (input) => {
    const enables = new Set(planPass(input).enables);
    for (const { name, disabled } of input.desired.secrets) {
      const found = input.observed.accounts.get(name);
      if (!disabled && found?.hasDisabled === true) assert.ok(enables.has(name));
    }
  }));
});

Deno.test("planPass touches no unmanaged secret", () => {
  fc.assert(fc.property(inputArbitrary, (input) => {
    const plan = planPass(input);
    const managed = new Set(input.desired.secrets.map((item) => item.name));
    const touched = [
      ...plan.enables,
      ...plan.kicks,
      ...plan.disables.map((item) => item.name),
      ...plan.profiles.map((item) => item.name),
    ];
    for (const name of touched) assert.ok(managed.has(name));
  }));
});

Deno.test("planPass kicks only sessions whose secret reads disabled", () => {
  fc.assert(fc.property(inputArbitrary, (input) => {
    for (const name of planPass(input).kicks) {
      assert.equal(input.observed.accounts.get(name)?.isDisabled, true);
    }
  }));
});

Deno.test("planPass leaves enabled what a person enabled by hand, until another list names it", () => {
  const input = inputOf([cutOf("ana")], [up("ana")], { cuts: { ana: mark(RUN) } });
  const plan = planPass(input);
  assert.deepEqual(plan.disables, []);
  assert.equal(plan.drift.get("ana"), "enabled_by_hand");
  const again = planPass(inputOf([cutOf("ana", MANUAL)], [up("ana")], { cuts: { ana: mark(RUN) } }));
  assert.deepEqual(again.disables.map((item) => item.name), ["ana"]);
});

Deno.test("planPass finishes a disable that a crash interrupted", () => {
  const plan = planPass(inputOf([cutOf("ana")], [up("ana")], { cuts: { ana: mark(RUN, false) } }));
  assert.deepEqual(plan.disables.map((item) => item.name), ["ana"]);
});

Deno.test("planPass holds a disable without authorisation and reports a missing secret", () => {
  const plan = planPass(inputOf([cutOf("ana", null), cutOf("ben")], [up("ana")]));
  assert.deepEqual(plan.held, ["ana"]);
  assert.equal(plan.drift.get("ben"), "missing");
});

Deno.test("the guard holds manual disables beyond the limit over 24 hours; an approved run passes", () => {
  const many = Array.from({ length: 100 }, (_, i) => `user-${i}`);
  const rows = many.map(up);
  const manual = planPass(inputOf(many.map((name) => cutOf(name, MANUAL)), rows));
  assert.equal(manual.disables.length, 20);
  assert.equal(manual.held.length, 80);
  const guarded = many.slice(0, 15).map((name) => ({
    name: `x-${name}`,
    authorisation: MANUAL,
    at_ms: NOW - 1,
  }));
  assert.equal(
    planPass(inputOf(many.map((name) => cutOf(name, MANUAL)), rows, { guarded })).disables.length,
    5,
  );
  const old = guarded.map((entry) => ({ ...entry, at_ms: NOW - 25 * 3_600_000 }));
  const later = planPass(inputOf(many.map((name) => cutOf(name, MANUAL)), rows, { guarded: old }));
  assert.equal(later.disables.length, 20);
  assert.equal(planPass(inputOf(many.map((name) => cutOf(name)), rows)).disables.length, 100);
  assert.equal(guardLimit(5_000), 500);
});

Deno.test("a break-glass name is enabled, and when it is on forgotten as cut, whatever the books say", () => {
  const more = { allowed: new Set(["ana"]), cuts: { ana: mark(RUN) } };
  const off = planPass(inputOf([cutOf("ana")], [{ ...up("ana"), disabled: true }], more));
  assert.deepEqual(off.enables, ["ana"]);
  assert.deepEqual(off.staleCuts, [], "until it is read as on, that it is off may be our cut");
  assert.equal(off.seenCut.get("ana")?.confirmed, false, "and that it is on is nobody's hand");
  const on = planPass(inputOf([cutOf("ana")], [up("ana")], more));
  assert.deepEqual(on.staleCuts, ["ana"]);
});

Deno.test("a profile that the router does not have is written for nobody, and counted by its name", () => {
  const wanting = ["ana", "ben", "cai"].map((name): DesiredSecret => ({
    name,
    profile: name === "cai" ? "p3" : "p2",
    disabled: false,
    authorisation: null,
  }));
  const rows = ["ana", "ben", "cai"].map(up);
  const plan = planPass(inputOf(wanting, rows, { profiles: new Set(["p1", "p3"]) }));
  assert.deepEqual(plan.profiles, [{ name: "cai", profile: "p3" }]);
  assert.deepEqual([...plan.missingProfiles], [["p2", 2]]);
  assert.deepEqual([...plan.drift.values()], ["profile_missing", "profile_missing", "profile"]);
});

Deno.test("the guard at its edges: the least number, the share of all enabled, and a day to the millisecond", () => {
  for (
    const [enabled, limit] of [[0, 20], [199, 20], [200, 20], [209, 20], [210, 21], [5_000, 500]] as const
  ) {
    assert.equal(guardLimit(enabled), limit, String(enabled));
  }
  const day = 24 * 60 * 60_000;
  const lets = (count: number, at_ms: number) => {
    const names = Array.from({ length: 30 }, (_, i) => `user-${i}`);
    const guarded = names.slice(0, count).map((name) => ({
      name: `x-${name}`,
      authorisation: MANUAL,
      at_ms,
    }));
    const plan = planPass(inputOf(names.map((name) => cutOf(name, MANUAL)), names.map(up), { guarded }));
    assert.equal(plan.disables.length + plan.held.length, 30);
    return plan.disables.length;
  };
  assert.equal(lets(19, NOW), 1);
  assert.equal(lets(20, NOW), 0);
  assert.equal(lets(21, NOW), 0);
  assert.equal(lets(20, NOW - day + 1), 0, "a moment before a day is over");
  assert.equal(lets(20, NOW - day), 20, "after a day they count no more");
});

Deno.test("an account that the guard let through once does not count twice", () => {
  const names = Array.from({ length: 25 }, (_, i) => `user-${i}`);
  const guarded = names.slice(0, 20).map((name) => ({ name, authorisation: MANUAL, at_ms: NOW - 1 }));
  const plan = planPass(inputOf(names.map((name) => cutOf(name, MANUAL)), names.map(up), { guarded }));
  assert.deepEqual(plan.disables.map(({ name }) => name), names.slice(0, 20));
});
