import assert from "node:assert/strict";
import type { DesiredSecret } from "@/shared/protocol/mod.ts";
import { observationOf } from "./observe.ts";
import { planPass } from "./plan.ts";
import type { PortSecret, PortSession } from "./ports.ts";

const RUN = "0198c0de-0000-7000-8000-000000000001";

function row(service: string, disabled: boolean, profile = "p1"): PortSecret {
  return {
    id: `*${service}`,
    name: "juan",
    service,
    disabled,
    profile,
    comment: null,
    callerId: null,
    remoteAddress: null,
  };
}

function session(service: string): PortSession {
  return { name: "juan", service, address: `of ${service}`, callerId: null, uptimeSeconds: 1 };
}

/** What a pass would do for juan over PPPoE, on or cut by an approved run. */
function planFor(
  wanted: "on" | "cut",
  rows: PortSecret[],
  more: { active?: PortSession[]; isMarked?: boolean } = {},
) {
  const disabled = wanted === "cut";
  const secret: DesiredSecret = {
    name: "juan",
    profile: "p1",
    disabled,
    authorisation: disabled ? RUN : null,
  };
  const mark = { authorisation: RUN, generation: 1n, at_ms: 1, confirmed: true };
  const plan = planPass({
    desired: {
      lineage: RUN,
      generation: 2n,
      hash: "",
      secrets: [secret],
      authorisations: [{ id: RUN, kind: "run", run_id: null, generation: 2n, count: 1 }],
    },
    observed: observationOf(rows, more.active ?? []),
    cuts: more.isMarked === true ? { juan: mark } : {},
    guarded: [],
    byLooks: [],
    allowed: new Set(),
    profiles: null,
    nowMs: 1_000,
  });
  return {
    enables: plan.enables,
    disables: plan.disables.map(({ name }) => name),
    kicks: plan.kicks,
    profiles: plan.profiles.map(({ name }) => name),
    drift: plan.drift.get("juan") ?? null,
  };
}

const NOTHING = { enables: [], disables: [], kicks: [], profiles: [], drift: null };

Deno.test("a secret of another service is no state of the account: neither what to enable nor which profile it has", () => {
  for (const service of ["l2tp", "sstp", "pptp", "ovpn", "async", "", "newer"]) {
    const twin = row(service, true, "p2");
    assert.deepEqual(planFor("on", [twin, row("pppoe", false)]), NOTHING, service);
    assert.deepEqual(planFor("cut", [{ ...twin, disabled: false }, row("pppoe", true)]), NOTHING, service);
    assert.equal(planFor("on", [twin]).drift, "missing", service);
  }
});

Deno.test("a session of another service is neither kicked nor shown", () => {
  const active = [session("l2tp"), session("sstp")];
  assert.deepEqual(planFor("cut", [row("pppoe", true)], { active }), NOTHING);
  assert.deepEqual(planFor("cut", [row("pppoe", true)], { active: [...active, session("pppoe")] }).kicks, [
    "juan",
  ]);
  const { sessions } = observationOf([], [...active, session("pppoe")]);
  assert.equal(sessions.get("juan")?.address, "of pppoe");
});

Deno.test("every enabled secret counts for the guard, of whatever service", () => {
  assert.equal(
    observationOf([row("l2tp", false), row("pppoe", false), row("any", true)], []).enabledCount,
    2,
  );
});

Deno.test("a secret for any service alone is the account", () => {
  assert.deepEqual(planFor("on", [row("any", true)]).enables, ["juan"]);
  assert.deepEqual(planFor("cut", [row("any", false)]).disables, ["juan"]);
  assert.deepEqual(planFor("on", [row("any", false, "p2")]).profiles, ["juan"]);
});

Deno.test("with both, the PPPoE secret says whether who paid is on, and which profile it has", () => {
  for (
    const rows of [[row("any", true, "p2"), row("pppoe", false)], [
      row("pppoe", false),
      row("any", true, "p2"),
    ]]
  ) {
    assert.deepEqual(planFor("on", rows), NOTHING, "the admin's own is left as it is");
    assert.deepEqual(
      planFor("on", rows, { isMarked: true }).enables,
      ["juan"],
      "what a cut of ours left is undone",
    );
  }
  assert.deepEqual(planFor("on", [row("any", false), row("pppoe", true)]).enables, ["juan"]);
});

Deno.test("with both, an account is cut only when neither lets it in", () => {
  assert.deepEqual(planFor("cut", [row("any", false), row("pppoe", true)]).disables, ["juan"]);
  assert.deepEqual(planFor("cut", [row("any", true), row("pppoe", false)]).disables, ["juan"]);
  assert.deepEqual(planFor("cut", [row("any", true), row("pppoe", true)]), NOTHING);
});
