import assert from "node:assert/strict";
import { type Isp, type IspOptions, liveUntil, pay } from "@/tests/billing/isp.ts";
import type { TestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp, type PageAnswer, type PageUser, type WebApp } from "@/tests/support/web_app.ts";
import { createMorning, DAY, playedMorning } from "./tonight_isp.ts";

interface Scene {
  database: TestDatabase;
  isp: Isp;
  app: WebApp;
  owner: PageUser;
}

/** A test on the morning of a cut run, with the owner signed in. */
function tonight(name: string, work: (scene: Scene) => Promise<void>, options: IspOptions = {}): void {
  Deno.test(name, async () => {
    await using past = await playedMorning(options);
    const { database, isp } = past;
    const app = await createWebApp(isp.context);
    await work({ database, isp, app, owner: await app.signIn(isp.tenantId, "Owner") });
  });
}

/** Names in the list of a page: `Subscriber 00001` is number 0. */
function listed({ html }: PageAnswer): number[] {
  return [...html.matchAll(/class="row-link"[^>]*>Subscriber (\d+)</g)].map((match) => Number(match[1]) - 1)
    .sort((a, b) => a - b);
}

function path(isp: Isp, n: number, action: string): string {
  return `/admin/tonight/${isp.subscriptionIds[n]}/${action}`;
}

async function listNow(user: PageUser, view = "cut"): Promise<number[]> {
  return listed(await user.get(`/admin/tonight?view=${view}`));
}

async function scheduledRunId({ isp }: Scene): Promise<string> {
  const run = await isp.run((trx) =>
    trx.selectFrom("runs").select("id").where("tenant_id", "=", isp.tenantId).where("kind", "=", "cut")
      .where("business_on", "=", Temporal.PlainDate.from(DAY)).where("trigger", "=", "scheduled")
      .executeTakeFirstOrThrow()
  );
  return run.id;
}

function assertDone(answer: PageAnswer, done: string): void {
  assert.equal(answer.status, 303, answer.text);
  assert.match(answer.location, new RegExp(`[?&]done=${done}`));
}

tonight(
  "each row stands in the part of the list that the rules put it in, with its reason",
  async ({ owner }) => {
    const page = await owner.get("/admin/tonight");
    assert.equal(page.status, 200);
    assert.deepEqual(listed(page), [0, 1, 2, 3, 4, 5]);
    assert.match(page.text, /6 of 12 connected subscribers will be cut today, Sat 14 Feb, 09:00/);
    assert.match(page.text, /₱8,994\.00/);
    assert.match(page.text, /Due 8 Feb, grace ended 13 Feb/);
    const held = await owner.get("/admin/tonight?view=held");
    assert.deepEqual(listed(held), [6]);
    assert.match(held.text, /Promised to pay on payday \(Maria Santos\)/);
    const excluded = await owner.get("/admin/tonight?view=excluded");
    assert.deepEqual(listed(excluded), [7]);
    assert.match(excluded.text, /Line was down for a week/);
    assert.deepEqual(await listNow(owner, "kept"), [8, 9]);
    assert.match(held.html, /href="\/admin\/tonight\.csv\?view=held"[^>]*>(?:<svg.*?<\/svg>)?CSV</);
  },
);

tonight("a list that the run will follow: what is shown to be cut is what is cut", async (scene) => {
  const { owner, isp } = scene;
  const shown = await listNow(owner);
  await liveUntil(isp, "2026-02-14T09:00:00");
  const later = await scene.app.signIn(isp.tenantId, "Owner");
  const evidence = await later.get(`/admin/runs/${await scheduledRunId(scene)}?outcome=cut`);
  assert.deepEqual(listed(evidence), shown);
});

tonight("hold, more days, end: each form changes the row and the page says so", async ({ owner, isp }) => {
  const form = await owner.get(path(isp, 0, "hold"));
  assert.equal(form.status, 200);
  assert.match(form.text, /no run cuts this connection up to and including that day/);
  assertDone(
    await owner.post(path(isp, 0, "hold"), { until: "2026-02-18", reason: "Pays on Wednesday" }),
    "held",
  );
  assert.deepEqual(await listNow(owner), [1, 2, 3, 4, 5]);
  assert.deepEqual(await listNow(owner, "held"), [0, 6]);
  const more = { view: "held", site: "", on: DAY, held: "2026-02-18", days: "7" };
  assertDone(await owner.post(path(isp, 0, "more-time"), more), "extended");
  assert.match((await owner.get("/admin/tonight?view=held")).text, /Wed 25 Feb/);
  assertDone(await owner.post(path(isp, 0, "end-hold"), { view: "held" }), "hold_ended");
  assert.deepEqual(await listNow(owner), [0, 1, 2, 3, 4, 5]);
  assertDone(await owner.post(path(isp, 1, "more-time"), { on: DAY, held: "", days: "3" }), "held");
  assert.match((await owner.get("/admin/tonight?view=held")).text, /Mon 16 Feb/);
});

tonight("exclude and include again", async ({ owner, isp }) => {
  assertDone(await owner.post(path(isp, 2, "exclude"), { on: DAY, reason: "Paid at the gate" }), "excluded");
  assert.deepEqual(await listNow(owner), [0, 1, 3, 4, 5]);
  assertDone(await owner.post(path(isp, 2, "include"), { on: DAY, view: "excluded" }), "included");
  assertDone(await owner.post(path(isp, 7, "include"), { on: DAY, view: "excluded" }), "included");
  assert.deepEqual(await listNow(owner), [0, 1, 2, 3, 4, 5, 7]);
});

tonight("bulk: one row, everyone, and rows that somebody else has held", async ({ owner, isp }) => {
  const base = {
    list: "tonight",
    filter: "",
    back: "/admin/tonight",
    until: "2026-02-20",
    reason: "Typhoon",
  };
  const one = await sendBulk(owner, "hold", { ...base, id: isp.subscriptionIds[3]! });
  assertDone(one, "bulk_held");
  assert.deepEqual(await listNow(owner), [0, 1, 2, 4, 5]);
  const everyone = await sendBulk(owner, "hold", { ...base, all: "yes" });
  assertDone(everyone, "bulk_held");
  assert.match(everyone.location, /n=5/);
  assert.deepEqual(await listNow(owner), []);
  const again = await sendBulk(owner, "hold", { ...base, id: isp.subscriptionIds[3]! });
  assert.match(again.text, /Nobody to hold: these connections are held or disconnected already/);
});

/** Asks as the list does, then sends what the question's form holds. */
async function sendBulk(
  user: PageUser,
  action: string,
  fields: Record<string, string | string[]>,
): Promise<PageAnswer> {
  const ask = await user.post(`/admin/bulk/${action}`, fields);
  const value = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(ask.html)?.[1] ?? "";
  const confirmed = { key: value("key"), seen: value("seen"), count: value("count"), step: "do" };
  return await user.post(`/admin/bulk/${action}`, { ...fields, ...confirmed });
}

tonight(
  "absurd dates, no reason, nothing ticked: a message at the field, values kept, never a fault",
  async ({ owner, isp }) => {
    const cases: [Record<string, string>, RegExp][] = [
      [{ until: "2026-02-13", reason: "x" }, /Enter a date from 14 Feb 2026 on/],
      [{ until: "2026-02-31", reason: "x" }, /There is no day 31: Feb 2026 has 28 days/],
      [{ until: "2026-04-16", reason: "x" }, /60 days from today/],
      [{ until: "9999-12-31", reason: "x" }, /60 days from today/],
      [{ until: "tomorrow", reason: "x" }, /year-month-day/],
      [{ until: "", reason: "x" }, /Enter a date/],
      [{ until: "2026-02-20", reason: "  " }, /Write a reason/],
      [{ until: "2026-02-20", reason: "y".repeat(201) }, /200 characters/],
    ];
    for (const [fields, message] of cases) {
      const row = await owner.post(path(isp, 0, "hold"), fields);
      assert.equal(row.status, 422, JSON.stringify(fields));
      assert.match(row.text, message);
      assert.match(row.html, /aria-invalid="true"/);
      const bulk = await sendBulk(owner, "hold", { ...fields, list: "tonight", id: isp.subscriptionIds[0]! });
      assert.equal(bulk.status, 422, JSON.stringify(fields));
      assert.match(bulk.text, message);
      assert.match(bulk.html, new RegExp(`name="id" value="${isp.subscriptionIds[0]}"`));
    }
    const none = await owner.post("/admin/bulk/hold", { list: "tonight", back: "/admin/tonight" });
    assert.equal(none.location, "/admin/tonight?done=nothing_ticked");
    assert.match((await owner.get(none.location)).text, /tick at least one row/);
    for (const days of ["0", "-3", "1e9", ""]) {
      assert.equal((await owner.post(path(isp, 0, "more-time"), { on: DAY, days })).status, 422);
    }
    assert.deepEqual(await listNow(owner), [0, 1, 2, 3, 4, 5]);
  },
);

tonight(
  "ids that are unknown, mangled or another tenant's answer 404, and a mangled address shows the page",
  async (scene) => {
    const { owner, app } = scene;
    const other = await createMorning(scene.database);
    const stranger = await app.signIn(other.tenantId, "Owner");
    const runId = await scheduledRunId(scene);
    for (const id of ["11111111-1111-7111-8111-111111111111", "x", other.subscriptionIds[0]!]) {
      assert.equal((await owner.get(`/admin/tonight/${id}/hold`)).status, 404);
      const hold = { until: "2026-02-20", reason: "x" };
      assert.equal((await owner.post(`/admin/tonight/${id}/hold`, hold)).status, 404);
      assert.equal((await owner.post(`/admin/tonight/${id}/exclude`, { on: DAY, reason: "x" })).status, 404);
      assert.equal((await owner.post(`/admin/tonight/${id}/include`, { on: DAY })).status, 404);
      assert.equal((await owner.post(`/admin/tonight/${id}/end-hold`, {})).status, 404);
      assert.equal((await owner.post(`/admin/tonight/${id}/more-time`, { on: DAY, days: "3" })).status, 404);
    }
    for (
      const page of [
        `/admin/runs/${runId}`,
        `/admin/runs/${runId}/rows.csv`,
        `/admin/tonight/run?run=${runId}`,
      ]
    ) {
      assert.equal((await stranger.get(page)).status, 404, page);
    }
    assert.equal((await stranger.post("/admin/tonight/run", { run: runId })).status, 404);
    assert.equal((await stranger.post("/admin/tonight/approve", { run: runId })).status, 404);
    assert.equal((await owner.get("/admin/tonight?view=zzz&site=1&after=x&done=<b>&n=-1")).status, 200);
  },
);

tonight("two people on one row: the later one is told who was first", async ({ app, owner, isp }) => {
  const clerk = await app.signIn(isp.tenantId, "Billing");
  assertDone(await clerk.post(path(isp, 0, "hold"), { until: "2026-02-18", reason: "Called" }), "held");
  const late = await owner.post(path(isp, 0, "hold"), { until: "2026-02-19", reason: "Came by" });
  assert.equal(late.status, 422);
  assert.match(late.text, /Held until 18 Feb 2026 already/);
  const more = await owner.post(path(isp, 0, "more-time"), { on: DAY, held: "", days: "3" });
  assert.equal(more.status, 422);
  assert.match(more.text, /Ana Reyes changed this first: Subscriber 00001 is held until Wed, 18 Feb 2026/);
  assertDone(await clerk.post(path(isp, 0, "end-hold"), {}), "hold_ended");
  assert.equal((await owner.post(path(isp, 0, "end-hold"), {})).status, 422);
  assertDone(await clerk.post(path(isp, 1, "exclude"), { on: DAY, reason: "Called" }), "excluded");
  assert.match((await owner.post(path(isp, 1, "exclude"), { on: DAY, reason: "x" })).text, /already/);
  assertDone(await clerk.post(path(isp, 1, "include"), { on: DAY }), "included");
  assert.equal((await owner.post(path(isp, 1, "include"), { on: DAY })).status, 422);
});

tonight(
  "run now says the effect in numbers, respects a payment in between, and leaves evidence",
  async (scene) => {
    const { owner, isp } = scene;
    const runId = await scheduledRunId(scene);
    const ask = await owner.get(`/admin/tonight/run?run=${runId}`);
    assert.match(ask.text, /6 subscribers will be cut on 2 routers\. ₱8,994\.00 is owed by them\./);
    await pay(isp, 5, 1499);
    const ran = await owner.post("/admin/tonight/run", { run: runId });
    assert.equal(ran.status, 303);
    const evidence = await owner.get(ran.location);
    assert.match(evidence.text, /Cut run of Sat, 14 Feb 2026 Done/);
    assert.deepEqual(listed(await owner.get(`/admin/runs/${runId}?outcome=cut`)), [0, 1, 2, 3, 4]);
    assert.deepEqual(listed(await owner.get(`/admin/runs/${runId}?outcome=paid`)), [5]);
    assert.match(evidence.text, /Waiting The router does not answer/);
    await pay(isp, 0, 1499);
    assert.match((await owner.get(`/admin/runs/${runId}`)).text, /Being enabled/);
    const again = await owner.post("/admin/tonight/run", { run: runId });
    assert.equal(again.status, 422);
    assert.match(again.text, /over already/);
  },
);

tonight("the CSV of a run has every row, and no cell that a spreadsheet would run", async (scene) => {
  const { owner, isp } = scene;
  await isp.run((trx) =>
    trx.updateTable("subscribers").set({ name: '=HYPERLINK("http://x")' }).where(
      "tenant_id",
      "=",
      isp.tenantId,
    )
      .where("id", "=", isp.subscriberIds[0]!).execute()
  );
  const csv = await owner.get(`/admin/runs/${await scheduledRunId(scene)}/rows.csv`);
  assert.equal(csv.headers.get("content-type"), "text/csv; charset=utf-8");
  assert.equal(csv.html.trim().split("\r\n").length, 11);
  assert.match(csv.html, /"'=HYPERLINK\(""http:\/\/x""\)"/);
});

tonight(
  "a run above the brake waits, says why in numbers, and goes on once the owner approves",
  async (scene) => {
    const { app, owner, isp } = scene;
    const runId = await scheduledRunId(scene);
    const page = await owner.get("/admin/tonight");
    assert.match(page.text, /This run waits for approval: nobody is cut before that/);
    assert.match(
      page.text,
      /6 cuts are more than 20 % of 12 active connections\. Approving cuts 6 subscribers, 50 %/,
    );
    const forced = await owner.post("/admin/tonight/run", { run: runId });
    assert.equal(forced.status, 422);
    assert.match(forced.text, /waits for approval/);
    const clerk = await app.signIn(isp.tenantId, "Billing");
    assert.equal((await clerk.get(`/admin/tonight/approve?run=${runId}`)).status, 404);
    assert.equal((await clerk.post("/admin/tonight/approve", { run: runId })).status, 404);
    const ask = await owner.get(`/admin/tonight/approve?run=${runId}`);
    assert.match(
      ask.text,
      /Approving cuts 6 of 12 connected subscribers \(50 %\) on 2 routers, at 09:00/,
    );
    assertDone(await owner.post("/admin/tonight/approve", { run: runId }), "approved");
    assert.match((await owner.get("/admin/tonight")).text, /Approved by Ana Reyes/);
    assert.equal((await owner.post("/admin/tonight/approve", { run: runId })).status, 422);
    await liveUntil(isp, "2026-02-14T09:00:00");
    const later = await app.signIn(isp.tenantId, "Owner");
    assert.equal(listed(await later.get(`/admin/runs/${runId}?outcome=cut`)).length, 6);
  },
  { brakePercent: 20 },
);

tonight(
  "a hold that ends after the day's run may be cut at once, from a list made by hand",
  async ({ app, isp }) => {
    await liveUntil(isp, "2026-02-14T09:30:00");
    const owner = await app.signIn(isp.tenantId, "Owner");
    assertDone(await owner.post(path(isp, 6, "end-hold"), { view: "held" }), "hold_ended");
    assert.match((await owner.get("/admin/tonight")).text, /1 subscriber may be cut already today/);
    const list = await owner.post("/admin/tonight/list", {});
    assert.match(list.location, /^\/admin\/tonight\/run\?run=/);
    const runId = new URL(list.location, "http://x").searchParams.get("run")!;
    assert.match((await owner.get(list.location)).text, /1 subscriber will be cut on 1 router/);
    assert.equal((await owner.post("/admin/tonight/run", { run: runId })).status, 303);
    assert.deepEqual(listed(await owner.get(`/admin/runs/${runId}?outcome=cut`)), [6]);
  },
);

tonight(
  "permissions: who only reads sees no way to change, and is refused when asking anyway",
  async (scene) => {
    const { app, isp } = scene;
    const runId = await scheduledRunId(scene);
    const expected: [string, Record<string, number>][] = [
      ["Billing", {
        "/admin/tonight": 200,
        hold: 200,
        "/admin/tonight/run": 200,
        "/admin/runs": 200,
        bulk: 303,
      }],
      ["Cashier", {
        "/admin/tonight": 200,
        hold: 404,
        "/admin/tonight/run": 404,
        "/admin/runs": 200,
        bulk: 404,
      }],
      ["Read-only", {
        "/admin/tonight": 200,
        hold: 404,
        "/admin/tonight/run": 404,
        "/admin/runs": 200,
        bulk: 404,
      }],
      ["Technician", {
        "/admin/tonight": 404,
        hold: 404,
        "/admin/tonight/run": 404,
        "/admin/runs": 404,
        bulk: 404,
      }],
    ];
    for (const [role, statuses] of expected) {
      const user = await app.signIn(isp.tenantId, role);
      for (const [what, status] of Object.entries(statuses)) {
        const answer = what === "bulk"
          ? await sendBulk(user, "hold", {
            list: "tonight",
            back: "/admin/tonight",
            id: isp.subscriptionIds[0]!,
            until: "2026-02-20",
            reason: "x",
          })
          : await user.get(what === "hold" ? path(isp, 1, "hold") : what);
        assert.equal(answer.status, status, `${role} ${what}`);
      }
      assert.equal((await user.get("/admin")).status, 200);
      if (role === "Billing") continue;
      assert.equal((await user.post(path(isp, 1, "hold"), { until: "2026-02-20", reason: "x" })).status, 404);
      assert.equal((await user.post("/admin/tonight/run", { run: runId })).status, 404);
      assert.doesNotMatch((await user.get("/admin/tonight")).html, /\/more-time|Run now|name="id"/);
    }
    assert.doesNotMatch(
      (await (await app.signIn(isp.tenantId, "Technician")).get("/admin")).text,
      /₱|Cut today/,
    );
  },
);

tonight(
  "every action is a form or a link: the pages carry no script to depend on",
  async ({ owner, isp }) => {
    for (const page of ["/admin/tonight", "/admin", "/admin/runs", path(isp, 0, "hold")]) {
      const { html } = await owner.get(page);
      assert.doesNotMatch(html, /<script[^>]+src|onclick|javascript:/, page);
    }
  },
);
