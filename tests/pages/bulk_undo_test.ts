import assert from "node:assert/strict";
import { storedText } from "@/web/messages/coded_text.ts";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { sql } from "kysely";
import { findBrokenAuditEntry } from "@/web/services/audit.ts";
import { listAuditEntries } from "@/web/store/access/audit.ts";
import type { PageAnswer } from "@/tests/support/web_app.ts";
import { type Scene, withScene } from "../support/scene.ts";

const SUBSCRIBERS = "/admin/subscribers";

/** Asks about these rows and confirms what is asked; gives the address afterwards. */
async function act(
  owner: Scene["owner"],
  action: string,
  id: readonly string[],
  fields: Record<string, string> = {},
  back = SUBSCRIBERS,
): Promise<string> {
  const list = { list: "subscribers", id: [...id], back };
  const ask = await owner.post(`/admin/bulk/${action}`, list);
  const done = await owner.post(`/admin/bulk/${action}`, { ...list, ...confirmed(ask), ...fields });
  assert.equal(done.status, 303, done.text);
  return done.location;
}

function confirmed({ html }: PageAnswer): Record<string, string> {
  const form = html.slice(html.indexOf('class="card confirm"'));
  const value = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(form)?.[1] ?? "";
  return { step: "do", key: value("key"), seen: value("seen"), count: value("count") };
}

function entryOf(location: string): string {
  return new URL(location, "http://linya.test").searchParams.get("undo") ?? "";
}

async function undo(owner: Scene["owner"], location: string): Promise<string> {
  const entry = entryOf(location);
  assert.match(entry, /^\d+$/, location);
  const answer = await owner.post("/admin/undo", { entry });
  return new URL(answer.location, "http://linya.test").searchParams.get("done") ?? "";
}

/** Live holds by connection. */
async function holdsOf({ isp }: Scene): Promise<Record<string, string>> {
  const { rows } = await isp.run((trx) =>
    sql<{ id: string; hold: string }>`select subscription_id as id, until_on::text || ' ' || reason as hold
      from holds where ended_at is null order by subscription_id`.execute(trx)
  );
  return Object.fromEntries(rows.map(({ id, hold }) => [id, hold]));
}

const HOLD = { until: "2026-02-20", reason: "Typhoon" };

Deno.test("a hold of many is taken back for the rows that it changed, whatever the filter means now", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp, owner } = scene;
    const [first, ...rest] = isp.subscriptionIds.slice(0, 5);
    await act(owner, "hold", [first!], { until: "2026-02-12", reason: "Earlier" });
    const location = await act(
      owner,
      "hold",
      isp.subscriptionIds.slice(0, 5),
      HOLD,
      `${SUBSCRIBERS}?service=held`,
    );
    assert.match(location, /n=4&same=1/);
    const page = await owner.get(location);
    assert.match(page.html, /data-toast[\s\S]*4 connections are held[\s\S]*action="\/admin\/undo"/);
    const answers = await Promise.all([undo(owner, location), undo(owner, location)]);
    assert.deepEqual(answers, ["undone", "undone"]);
    assert.deepEqual(await holdsOf(scene), { [first!]: "2026-02-12 Earlier" }, "an earlier hold stays");
    assert.doesNotMatch((await owner.get(location)).html, /action="\/admin\/undo"/);

    const entries = await isp.run((trx) => listAuditEntries(trx, { after: 0n, limit: 1000 }));
    const back = entries.filter(({ details }) =>
      (details as { undoes?: string }).undoes === entryOf(location)
    );
    assert.deepEqual(
      back.filter(({ action }) => action === "subscription.hold_ended").map((entry) => entry.subject_id)
        .sort(),
      [...rest].sort(),
    );
    assert.deepEqual(
      back.filter(({ action }) => action === "bulk.undone").map(({ summary }) =>
        storedText(ENGLISH_WORDS, summary)
      ),
      ["Undid: Held 4 until 20 Feb 2026: Typhoon"],
    );
    assert.equal(await isp.run(findBrokenAuditEntry), null);
  });
});

Deno.test("ended holds come back as they were, excluded connections are in the run again", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp, owner } = scene;
    const [a, b] = isp.subscriptionIds;
    await act(owner, "hold", [a!], { until: "2026-02-12", reason: "One" });
    await act(owner, "hold", [b!], { until: "2026-02-20", reason: "Two" });
    const before = await holdsOf(scene);
    const ended = await act(owner, "end-hold", [a!, b!]);
    assert.deepEqual(await holdsOf(scene), {});
    assert.equal(await undo(owner, ended), "undone");
    assert.deepEqual(await holdsOf(scene), before);

    const excluded = await act(owner, "exclude", isp.subscriptionIds.slice(2, 6), { reason: "Fiber cut" });
    const count = async () =>
      (await isp.run((trx) =>
        sql<{ n: number }>`select count(*)::int as n from cut_exclusions where removed_at is null`.execute(
          trx,
        )
      )).rows[0]?.n;
    assert.equal(await count(), 4);
    assert.equal(await undo(owner, excluded), "undone");
    assert.equal(await count(), 0);
  });
});

Deno.test("a plan change of many goes back to the change that each waited for, or to none", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const planIds: string[] = [];
    for (const name of ["Fiber 100", "Fiber 200"]) {
      await owner.post("/admin/plans/new", { name, price: "1999" });
      const { rows } = await isp.run((trx) =>
        sql<{ id: string }>`select id from plans where name = ${name}`.execute(trx)
      );
      planIds.push(rows[0]!.id);
    }
    const next = async () =>
      (await isp.run((trx) =>
        sql<
          { name: string | null; on: string | null }
        >`select p.name, c.next_plan_on::text as on from subscriptions c
          left join plans p on p.tenant_id = c.tenant_id and p.id = c.next_plan_id
          where c.id = any(${isp.subscriptionIds.slice(0, 3)}::uuid[]) order by c.id`.execute(trx)
      )).rows.map(({ name, on }) => `${name} ${on}`).sort();
    await act(owner, "plan", isp.subscriptionIds.slice(0, 1), { plan: planIds[0]! });
    const before = await next();
    assert.deepEqual(before, ["Fiber 100 2026-03-01", "null null", "null null"]);
    const moved = await act(owner, "plan", isp.subscriptionIds.slice(0, 3), { plan: planIds[1]! });
    assert.deepEqual(await next(), Array(3).fill("Fiber 200 2026-03-01"));
    assert.equal(await undo(owner, moved), "undone");
    assert.deepEqual(await next(), before);
  });
});

Deno.test("when one row has changed since, nothing is taken back and the page says so", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp, owner, app } = scene;
    const location = await act(owner, "hold", isp.subscriptionIds.slice(0, 3), HOLD);
    await act(owner, "end-hold", [isp.subscriptionIds[1]!]);
    await act(owner, "hold", [isp.subscriptionIds[1]!], HOLD);
    const before = await holdsOf(scene);
    assert.equal(await undo(owner, location), "undo_some_changed");
    assert.deepEqual(await holdsOf(scene), before);
    assert.match(
      (await owner.get("/admin?done=undo_some_changed")).text,
      /some of the connections have changed/,
    );

    const own = await act(owner, "hold", isp.subscriptionIds.slice(4, 6), HOLD);
    const other = await app.signIn(isp.tenantId, "Owner");
    assert.equal(await undo(other, own), "undo_gone", "another's action");
    isp.clock.advance({ minutes: 11 });
    assert.equal(await undo(owner, own), "undo_gone", "an old one");
    // Asked while they were free, confirmed when somebody else had held them.
    const late = { list: "subscribers", id: isp.subscriptionIds.slice(6, 8), back: SUBSCRIBERS };
    const ask = await owner.post("/admin/bulk/hold", late);
    await act(owner, "hold", late.id, HOLD);
    const nothing = await owner.post("/admin/bulk/hold", { ...late, ...confirmed(ask), ...HOLD });
    assert.equal(entryOf(nothing.location), "", "what changed nothing is not offered");
  });
});
