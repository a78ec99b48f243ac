import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type ApprovalPolicy,
  isLooser,
  needsApproval,
  nextState,
  NO_APPROVAL,
  REQUEST_STATES,
  type RequestEvent,
  type RequestTimes,
  wayOf,
  whyNotDecide,
} from "./mod.ts";
import { accessOf } from "../access/mod.ts";

const START = Temporal.Instant.from("2026-12-01T00:00:00Z");
const hours = (n: number) => START.add({ hours: n });
const event = fc.constantFrom<RequestEvent>(
  { kind: "approve" },
  { kind: "fail" },
  { kind: "decline" },
  { kind: "withdraw" },
  { kind: "time" },
);

Deno.test("whatever happens to a request, in whatever order: it is decided once, and never after its time", () => {
  fc.assert(fc.property(
    fc.array(fc.tuple(event, fc.integer({ min: 0, max: 50 })), { maxLength: 20 }),
    fc.integer({ min: 1, max: 40 }),
    fc.option(fc.integer({ min: 1, max: 40 }), { nil: null }),
    (happens, expires, runs) => {
      const request: RequestTimes = {
        state: "asked",
        expiresAt: hours(expires),
        runsAt: runs === null ? null : hours(runs),
      };
      let [at, closed] = [0, 0];
      for (const [what, later] of happens) {
        at += later;
        const next = nextState(request, what, hours(at));
        if (next === null) continue;
        assert.ok(REQUEST_STATES.includes(next) && next !== "asked");
        closed++;
        if (what.kind === "approve" || what.kind === "decline") assert.ok(at < expires);
        if (next === "expired") assert.ok(at >= expires && what.kind === "time");
        request.state = next;
      }
      assert.ok(closed <= 1, "decided once");
    },
  ));
});

Deno.test("a policy keeps what it says, and nothing needs an approval where none is set", () => {
  const above: ApprovalPolicy = { ...NO_APPROVAL, mode: "above", fromCentavos: 50_000n, binds: "everyone" };
  const asks = { mayDecide: false };
  assert.equal(needsApproval(NO_APPROVAL, { ...asks, amountCentavos: 1_000_000n }), false);
  assert.equal(needsApproval(above, { ...asks, amountCentavos: 49_999n }), false);
  assert.equal(needsApproval(above, { ...asks, amountCentavos: 50_000n }), true, "from the amount on");
  assert.equal(needsApproval(above, { ...asks, amountCentavos: null }), true, "no amount is as much as any");
  const others: ApprovalPolicy = { ...above, mode: "always", binds: "others" };
  assert.equal(needsApproval(others, { mayDecide: true, amountCentavos: null }), false);
});

Deno.test("only somebody whom nobody else could approve goes by the setting for sole owners", () => {
  const policy: ApprovalPolicy = { ...NO_APPROVAL, mode: "always", binds: "everyone" };
  const [atOnce, cooling] = [
    { mode: "at_once", coolingHours: 24 },
    { mode: "cooling_off", coolingHours: 24 },
  ] as const;
  const asking = { amountCentavos: null, mayDecide: true, hasOthers: false };
  assert.equal(wayOf(policy, atOnce, asking), "own_at_once");
  assert.equal(wayOf(policy, cooling, asking), "own_cooling_off");
  assert.equal(wayOf(policy, atOnce, { ...asking, hasOthers: true }), "ask");
  assert.equal(
    wayOf(policy, atOnce, { ...asking, mayDecide: false }),
    "ask",
    "who may not decide is no sole owner",
  );
});

Deno.test("looser is what lets anything through that was kept", () => {
  const kept: ApprovalPolicy = { ...NO_APPROVAL, mode: "above", fromCentavos: 500n, binds: "everyone" };
  assert.ok(isLooser(kept, NO_APPROVAL));
  assert.ok(isLooser(kept, { ...kept, fromCentavos: 501n }));
  assert.ok(isLooser(kept, { ...kept, binds: "others" }));
  assert.ok(isLooser({ ...kept, mode: "always", fromCentavos: null }, kept));
  assert.equal(isLooser(kept, { ...kept, fromCentavos: 400n }), false);
  assert.equal(isLooser(kept, { ...kept, mode: "always", fromCentavos: null }), false);
  assert.equal(isLooser(NO_APPROVAL, kept), false);
});

Deno.test("who decides: by person, permission, site and limit", () => {
  const rule = { permission: "refund:post", limit: "refund_centavos" } as const;
  const person = (
    id: string,
    role: Partial<Parameters<typeof accessOf>[0][number]> = {},
    isActive = true,
  ) => ({
    id,
    name: id,
    isActive,
    access: accessOf([{ permissions: ["refund:post"], siteIds: null, limits: {}, ...role }]),
  });
  const request = { askedById: "ana", askedBy: "Ana", amountCentavos: 10_000n, siteIds: ["north"] };
  const why = (who: ReturnType<typeof person>, more = {}) => whyNotDecide(who, { ...request, ...more }, rule);
  assert.equal(why(person("ben")), null);
  assert.deepEqual(why(person("ana")), { kind: "own" });
  assert.deepEqual(
    why({ ...person("x"), name: "Ana" }, { askedById: null }),
    { kind: "own" },
    "only the name was kept",
  );
  assert.deepEqual(why(person("ben", {}, false)), { kind: "no_permission" }, "disabled");
  assert.deepEqual(why(person("ben", { permissions: ["memo:post"] })), { kind: "no_permission" });
  assert.deepEqual(why(person("ben", { siteIds: ["south"] })), { kind: "elsewhere" });
  assert.equal(why(person("ben", { siteIds: ["south", "north"] })), null);
  assert.deepEqual(
    why(person("ben", { siteIds: ["north"] }), { siteIds: null }),
    { kind: "elsewhere" },
    "the company's",
  );
  const limited = person("ben", { limits: { refund_centavos: 9_999n } });
  assert.deepEqual(why(limited), { kind: "above_limit", most: 9_999n });
});
