import assert from "node:assert/strict";
import { type Isp, todayOf } from "@/tests/billing/isp.ts";
import { until } from "@/tests/support/until.ts";
import { createWebApp, type PageUser } from "@/tests/support/web_app.ts";
import { playedMorning } from "../cuts/tonight_isp.ts";
import { FakeControl } from "./fake_control.ts";

interface Scene {
  isp: Isp;
  owner: PageUser;
  cashier: PageUser;
  control: FakeControl;
  app: { visit(path: string): Promise<{ html: string }> };
}

/** A test on the morning of a cut run of a demo. */
function demo(name: string, work: (scene: Scene) => Promise<void>): void {
  Deno.test(name, async () => {
    await using past = await playedMorning();
    const { isp } = past;
    const control = new FakeControl();
    const app = await createWebApp(isp.context, { demo: control });
    const owner = await app.signIn(isp.tenantId, "Owner");
    const cashier = await app.signIn(isp.tenantId, "Cashier");
    const visit = async (path: string) => {
      const answer = await app.handler(new Request(`http://linya.test${path}`));
      return { html: await answer.text() };
    };
    await work({ isp, owner, cashier, control, app: { visit } });
  });
}

demo("the bar shows business time, moves it and says what the days brought", async ({ owner, cashier }) => {
  assert.match((await owner.get("/admin")).text, /Demo clock Sat, 14 Feb 2026, 08:00/);
  const moved = await owner.post("/admin/demo/clock", { to: "cut_run", back: "/admin/tonight" });
  assert.equal(moved.location, "/admin/tonight");
  assert.match(
    (await owner.get("/admin")).text,
    /14 Feb 2026 to 14 Feb 2026: no bills, no payments, 6 cuts decided, 0 restored in the books/,
  );
  assert.doesNotMatch((await cashier.get("/admin")).html, /action="\/admin\/demo\/clock"/);
  assert.equal((await cashier.post("/admin/demo/clock", { to: "day", back: "/admin" })).status, 404);
});

demo("each day leads to its runs and lists", async ({ owner, isp, control }) => {
  await owner.post("/admin/demo/clock", { to: "month", back: "/admin" });
  const isDone = async () =>
    (await isp.run((trx) =>
      trx.selectFrom("clock_moves").select("status").where("tenant_id", "=", isp.tenantId).executeTakeFirst()
    ))?.status === "done";
  await until(isDone, { timeoutMs: 30_000, what: "the month is played" });
  const page = await owner.get("/admin/demo/days");
  assert.match(page.text, /Sun, 1 Mar 2026 ?12 bills, ₱17,988\.00/);
  assert.match(page.html, /href="\/admin\/payments\?on=2026-02-13"/);
  assert.match(page.html, /href="\/admin\/bills\?run=[0-9a-f-]{36}"/);
  assert.match(page.html, /href="\/admin\/runs\/[0-9a-f-]{36}"/);
  const [, earlier] = /href="(\/admin\/demo\/days\?until=[^"]+)"/.exec(page.html) ?? [];
  const before = await owner.get(earlier ?? "");
  assert.match(before.text, /Sun, 1 Feb 2026 ?12 bills/);
  assert.equal(control.acted, 28 * 2 + 1, "people act at every stop of the clock");
});

demo("each day says how many of its mails went", async ({ owner, isp }) => {
  const today = todayOf(isp);
  const states = ["sent", "sent", "queued", "skipped"] as const;
  await isp.run((trx) =>
    trx.insertInto("mail_messages").values(states.map((state, i) => ({
      tenant_id: isp.tenantId,
      id: crypto.randomUUID(),
      occasion: "bill_issued" as const,
      dedupe_key: `bill_issued:${i}`,
      priority: 3,
      subscriber_id: isp.subscriberIds[0]!,
      state,
      next_attempt_at: isp.clock.now(),
      created_at: isp.clock.now(),
      created_on: today,
      created_by: "Ana",
    }))).execute()
  );
  assert.match((await owner.get("/admin/demo/days")).text, /Mails.*Sat, 14 Feb 2026.*2 of 3 sent/s);
});

demo(
  "while the first start plays the past, every page shows how far it is and the clock stands",
  async (scene) => {
    const { owner, control } = scene;
    control.current.preparing = { label: "history", done: 120, total: 365 };
    const page = await owner.get("/admin/subscribers");
    assert.match(page.text, /Playing the year so far, day by day ?120 of 365/);
    assert.doesNotMatch(page.html, /action="\/admin\/demo\/clock"|New here\?/);
    const answer = await owner.post("/admin/demo/clock", { to: "day", back: "/admin" });
    assert.equal(answer.location, "/admin");
    assert.match((await owner.get("/admin")).text, /14 Feb 2026, 08:00/);
  },
);

demo("the sign-in page of a demo has its logins ready to press", async ({ app }) => {
  const { html } = await app.visit("/login");
  assert.match(html, /name="email" value="ana@bayan\.test"/);
  assert.match(html, /Or open the demo as.*Ana Reyes.*Owner/s);
});

demo("each agent is killed and started by its site", async ({ owner, control }) => {
  await owner.post("/admin/demo/agent", { site: "Ilaya", action: "kill" });
  assert.equal(control.current.agents[0]?.running, false);
  assert.match(
    (await owner.get("/admin/demo?done=agent_killed")).text,
    /gone as in a power cut.*Not running/s,
  );
});

demo(
  "the tour is offered, can be left and resumed, and is none of a cashier's",
  async ({ owner, cashier }) => {
    assert.match((await owner.get("/admin")).text, /New here\?.*Start the tour/s);
    assert.doesNotMatch((await cashier.get("/admin")).text, /New here\?/);
    await owner.post("/admin/demo/tour", { action: "leave", back: "/admin" });
    assert.doesNotMatch((await owner.get("/admin")).text, /New here\?/);
    assert.match((await owner.get("/admin/demo/tour")).text, /Go on with the tour/);
    const resumed = await owner.post("/admin/demo/tour", { action: "start", back: "/admin" });
    assert.equal(resumed.location, "/admin/tonight");
    assert.match(
      (await owner.get("/admin/bills")).text,
      /Step 1 of 7: Who is cut tonight, and why\. 6 people/,
    );
  },
);

demo("each step of the tour waits until the books and routers say that it is done", async (scene) => {
  const { owner, isp } = scene;
  const tour = (fields: Record<string, string>) =>
    owner.post("/admin/demo/tour", { back: "/admin", ...fields });
  const next = async () => (await tour({ action: "next" })).location;
  assert.equal((await tour({ action: "start" })).location, "/admin/tonight");
  assert.equal(await next(), "/admin/tonight", "on to the hold, on the same page");

  assert.equal(await next(), "/admin", "nobody is held yet");
  const held = isp.subscriptionIds[0]!;
  await owner.post(`/admin/tonight/${held}/hold`, { until: "2026-02-20", reason: "Pays on Friday" });
  // Nobody is cut yet, so there is nobody to lead to.
  assert.equal(await next(), "/admin/subscribers?service=disconnected");

  await owner.post("/admin/demo/clock", { to: "cut_run", back: "/admin" });
  await isp.run((trx) =>
    trx.updateTable("routers").set({ status: "online" }).where("tenant_id", "=", isp.tenantId).execute()
  );
  const shown = await tour({ action: "open", step: "pay" });
  const [, subscriber = ""] = /subscriber=([0-9a-f-]{36})$/.exec(shown.location) ?? [];
  assert.match((await owner.get(shown.location)).text, /Subscriber \d+ is disconnected and has come to pay/);
  const form = await owner.get(shown.location);
  const [, key = ""] = /name="key" value="([^"]+)"/.exec(form.html) ?? [];
  const posted = await owner.post("/admin/payments/new", {
    key,
    subscriber,
    amount: "1499",
    method: "cash",
    received: "2026-02-14",
  });
  assert.equal(posted.status, 303, posted.text);
  assert.equal(await next(), "/admin", "the router has not answered");
  await isp.run(async (trx) => {
    const rows = await trx.selectFrom("subscriptions").select(["router_id", "ppp_name"])
      .where("tenant_id", "=", isp.tenantId).where("subscriber_id", "=", subscriber).execute();
    for (const row of rows) {
      await trx.insertInto("observed_secrets").values({
        ...row,
        tenant_id: isp.tenantId,
        is_present: true,
        is_disabled: false,
        observed_at: isp.clock.now(),
      }).execute();
    }
  });
  assert.equal(await next(), "/admin/demo/mailbox");
  assert.match(
    (await owner.get("/admin/demo/mailbox")).text,
    /Step 4 of 7: The mail that a bill or a payment sends/,
  );
  assert.equal(await next(), "/admin/demo", "the Mailbox was opened on the way");

  await owner.post("/admin/demo/router", { router: "Router 1", plugged: "no" });
  assert.equal(await next(), "/admin", "the agent has not noticed yet");
  await isp.run((trx) =>
    trx.updateTable("routers").set({ status: "unreachable" }).where("tenant_id", "=", isp.tenantId)
      .where("name", "=", "Router 1").execute()
  );
  await owner.post("/admin/demo/router", { router: "Router 1", plugged: "yes" });
  await isp.run((trx) =>
    trx.updateTable("routers").set({ status: "online" }).where("tenant_id", "=", isp.tenantId).execute()
  );
  assert.equal(await next(), "/admin/tonight", "it was seen, though it is back");
  const receipt = await next();
  assert.match(receipt, /^\/admin\/payments\/[0-9a-f-]{36}$/, "the clock has moved already");
  assert.match((await owner.get(receipt)).text, /Step 7 of 7.*Debit equals credit/s);
  assert.equal(await next(), "/admin/demo/tour");
  assert.match(
    (await owner.get("/admin/demo/tour")).text,
    /from end to end.*Start your own.*Take it again|Take it again.*Start your own/s,
  );
  assert.doesNotMatch((await owner.get("/admin")).text, /Step \d of 7/);
});
