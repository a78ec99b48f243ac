import assert from "node:assert/strict";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import { createIsp, liveUntil, pay } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp, type PageAnswer, type PageUser } from "@/tests/support/web_app.ts";
import { FILIPINO } from "@/web/messages/mod.ts";
import { listAuditEntries } from "@/web/store/access/audit.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { withScene } from "../support/scene.ts";
import { planEnd } from "@/tests/billing/ends.ts";

const SUBSCRIBERS = "/admin/subscribers";

/** Hidden fields of the form that asks. */
function fieldsOf(page: string, names: readonly string[]): Record<string, string> {
  const html = page.slice(page.indexOf('class="card confirm"'));
  const value = (name: string) =>
    new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1]?.replaceAll("&amp;", "&") ?? "";
  return Object.fromEntries(names.map((name) => [name, value(name)]));
}

function confirmed(ask: PageAnswer): Record<string, string> {
  return { ...fieldsOf(ask.html, ["key", "seen", "count", "filter", "back", "list"]), step: "do" };
}

async function namesOf(user: PageUser, path: string): Promise<string[]> {
  const { html } = await user.get(path);
  return [...html.matchAll(/class="row-link"[^>]*>([^<]+)</g)].map((match) => match[1] ?? "");
}

Deno.test("every filter of an address is a chip that can be taken away, and an empty list keeps its bar", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, owner }) => {
    const { html, text } = await owner.get(
      `${SUBSCRIBERS}?aging=1-7&plan=${isp.planId}&q=00003&sort=-balance`,
    );
    assert.match(text, /1–7 days late/);
    assert.match(text, /Plan: Fiber 50/);
    assert.match(text, /Has “00003”/);
    assert.match(html, /aria-label="Take away the filter 1–7 days late"/);
    const without = /href="([^"]+)"[^>]*aria-label="Take away the filter 1–7 days late"/.exec(html)?.[1] ??
      "";
    assert.equal(without.replaceAll("&amp;", "&"), `${SUBSCRIBERS}?plan=${isp.planId}&q=00003&sort=-balance`);
    assert.match(html, /href="\/admin\/subscribers\?sort=-balance">Clear all</);
    const none = await owner.get(`${SUBSCRIBERS}?bill=overdue&connection=online&service=cancelled`);
    assert.match(none.text, /Bill: Overdue.*Link: Online.*Service: Cancelled.*Clear all.*Nothing matches/);
    assert.match((await owner.get("/admin/payments?on=2026-02-01&method=gcash")).text, /Recorded 1 Feb 2026/);
  });
});

Deno.test("a heading sorts up, then down, and paging keeps the sort and visits every row once", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 120 });
  await liveUntil(isp, "2026-02-03T10:00");
  for (const n of [3, 5, 7]) await pay(isp, n, 100 * n);
  const owner = await (await createWebApp(isp.context)).signIn(isp.tenantId, "Owner");
  for (const sort of ["", "-name", "balance", "-balance", "-account", "user", "plan", "-site", "due"]) {
    const seen: string[] = [];
    let path: string | undefined = `${SUBSCRIBERS}?sort=${sort}`;
    while (path !== undefined) {
      const { html } = await owner.get(path);
      seen.push(...[...html.matchAll(/class="row-link"[^>]*>([^<]+)</g)].map((match) => match[1] ?? ""));
      path = /href="([^"]*[?&](?:amp;)?after=[^"]+)"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
    }
    assert.equal(seen.length, 120, sort);
    assert.equal(new Set(seen).size, 120, sort);
  }
  const { html } = await owner.get(`${SUBSCRIBERS}?sort=-balance`);
  assert.match(html, /aria-sort="descending"><a href="\/admin\/subscribers\?sort=balance">Balance/);
  assert.match(html, /<a href="\/admin\/subscribers\?sort=-name">|>Name</);
  assert.equal((await namesOf(owner, `${SUBSCRIBERS}?sort=balance`))[0], "Subscriber 00008");
  assert.equal((await namesOf(owner, `${SUBSCRIBERS}?per=100`)).length, 100);
  assert.equal((await namesOf(owner, `${SUBSCRIBERS}?per=7&sort=drop`)).length, 50);
});

Deno.test("the file has exactly the rows of the list, in its order, whatever the filter", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, owner }) => {
    await pay(isp, 2, 300);
    await isp.run((trx) =>
      trx.updateTable("subscribers").set({ phone: "09170000001", account_number: "00042" })
        .where("tenant_id", "=", isp.tenantId).where("id", "=", isp.subscriberIds[4]!).execute()
    );
    for (const query of ["", "sort=-balance", "bill=overdue", "q=0000&sort=-name", "service=disconnected"]) {
      const csv = await owner.get(`${SUBSCRIBERS}.csv?${query}`);
      const rows = csv.html.trim().split("\r\n").slice(1).map((line) => line.split('","')[1]);
      assert.deepEqual(rows, await namesOf(owner, `${SUBSCRIBERS}?${query}`), query);
    }
    assert.match((await owner.get(`${SUBSCRIBERS}.csv`)).html, /"00042","Subscriber 00005","09170000001"/);
    for (const list of ["bills", "payments", "runs", "tonight", "plans"]) {
      const csv = await owner.get(`/admin/${list}.csv`);
      assert.equal(csv.headers.get("content-type"), "text/csv; charset=utf-8", list);
    }
    const chosen = await owner.post(`${SUBSCRIBERS}.csv`, {
      id: isp.subscriptionIds.slice(0, 2),
      back: SUBSCRIBERS,
    });
    assert.equal(chosen.html.trim().split("\r\n").length, 3);
    const nothing = await owner.post(`${SUBSCRIBERS}.csv`, { back: "//evil.example/x" });
    assert.equal(nothing.location, "/admin?done=nothing_ticked");
  });
});

Deno.test("all that match are meant by their filter: a list that changed is said, and nothing is done", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const bar = { list: "subscribers", all: "yes", filter: "bill=grace", back: `${SUBSCRIBERS}?bill=grace` };
    const ask = await owner.post("/admin/bulk/hold", bar);
    assert.match(ask.text, /Hold 12 connections\?.*They owe ₱12,000\.00/);
    await pay(isp, 0, 1000);
    const form = { ...confirmed(ask), all: "yes", until: "2026-02-20", reason: "Typhoon" };
    const changed = await owner.post("/admin/bulk/hold", form);
    assert.equal(changed.status, 409);
    assert.match(changed.text, /The list changed: nothing was done yet You confirmed 12, now it is 11\./);
    assert.deepEqual(await namesOf(owner, `${SUBSCRIBERS}?service=held`), []);
    const done = await owner.post("/admin/bulk/hold", {
      ...confirmed(changed),
      all: "yes",
      until: "2026-02-20",
      reason: "Typhoon",
    });
    assert.match(done.location, /^\/admin\/subscribers\?bill=grace&done=bulk_held&n=11&undo=\d+$/);
    assert.match((await owner.get(done.location)).text, /11 connections are held\./);
    assert.equal((await namesOf(owner, `${SUBSCRIBERS}?service=held`)).length, 11);
  });
});

Deno.test("an action on many that is sent twice is done once, audited per subject and as a whole", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const bar = { list: "subscribers", id: isp.subscriptionIds.slice(0, 3), back: SUBSCRIBERS };
    const ask = await owner.post("/admin/bulk/hold", bar);
    const form = { ...confirmed(ask), id: bar.id, until: "2026-02-20", reason: "Pays on Friday" };
    const [one, two] = await Promise.all([
      owner.post("/admin/bulk/hold", form),
      owner.post("/admin/bulk/hold", form),
    ]);
    assert.equal(one?.location, two?.location);
    assert.match(one?.location ?? "", /n=3&undo=\d+$/);
    const entries = await isp.run((trx) => listAuditEntries(trx, { after: 0n, limit: 1000 }));
    assert.equal(entries.filter(({ action }) => action === "subscription.held").length, 3);
    const whole = entries.filter(({ action }) => action === "bulk.hold");
    assert.deepEqual(whole.map(({ summary }) => storedText(ENGLISH_WORDS, summary)), [
      "Held 3 until 20 Feb 2026: Pays on Friday",
    ]);
    const more = await owner.post("/admin/bulk/hold", {
      ...bar,
      id: isp.subscriptionIds.slice(0, 5),
    });
    assert.match(more.text, /Hold 2 connections\?.*3 are held already and keep their holds\./);
    const mixed = await owner.post("/admin/bulk/hold", {
      ...confirmed(more),
      id: isp.subscriptionIds.slice(0, 5),
      until: "2026-02-21",
      reason: "x",
    });
    assert.match((await owner.get(mixed.location)).text, /2 connections are held\. 3 were so already\./);
    const end = await owner.post("/admin/bulk/end-hold", { ...bar, all: "yes", filter: "service=held" });
    assert.match(end.text, /End 5 holds now\?/);
    const ended = await owner.post("/admin/bulk/end-hold", { ...confirmed(end), all: "yes" });
    assert.match((await owner.get(ended.location)).text, /5 holds are over/);
    const none = await owner.post("/admin/bulk/end-hold", { ...bar, id: isp.subscriptionIds.slice(0, 2) });
    assert.match(none.text, /No hold to end: none of these connections is held.*Nothing was changed/);
    assert.doesNotMatch(none.html, /End 0 holds|class="card confirm"/);
    const nobody = await owner.post("/admin/bulk/exclude", { ...bar, all: "yes", filter: "service=held" });
    assert.match(nobody.text, /Nobody to exclude: no connection is left that matches/);
  });
});

Deno.test("many move to a plan from their next cycle; nobody is moved by a stranger or to a stranger's plan", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner, app, database }) => {
    const other = await createIsp(database, { subscribers: 2 });
    const stranger = await app.signIn(other.tenantId, "Owner");
    await owner.post("/admin/plans/new", { name: "Fiber 100", price: "1999" });
    const bar = { list: "subscribers", id: isp.subscriptionIds.slice(0, 4), back: SUBSCRIBERS };
    const ask = await owner.post("/admin/bulk/plan", bar);
    assert.match(ask.text, /Fiber 100: ₱1,999\.00 each, ₱7,996\.00 in total/);
    assert.equal((await owner.post("/admin/bulk/plan", { ...confirmed(ask), id: bar.id })).status, 422);
    const planId = /value="([0-9a-f-]{36})"[^>]*>Fiber 100/.exec(ask.html)?.[1] ?? "";
    const theirs = await owner.post("/admin/bulk/plan", {
      ...confirmed(ask),
      id: bar.id,
      plan: other.planId,
    });
    assert.equal(theirs.status, 422);
    const done = await owner.post("/admin/bulk/plan", { ...confirmed(ask), id: bar.id, plan: planId });
    assert.equal(done.status, 303, done.text);
    assert.match((await owner.get(done.location)).text, /4 connections move to their new plan/);
    const rows = await isp.run((trx) =>
      trx.selectFrom("subscriptions").select(["next_plan_id", "next_plan_on"])
        .where("tenant_id", "=", isp.tenantId).where("next_plan_id", "is not", null).execute()
    );
    assert.deepEqual(rows.map((row) => String(row.next_plan_on)), Array(4).fill("2026-03-01"));
    // Whose service ends before its next cycle is named, and stays.
    const call = [isp.context, isp.tenantId, isp.actor] as const;
    const day = Temporal.PlainDate.from;
    for (const [n, lastDay] of [[5, day("2026-02-20")], [6, day("2026-03-10")]] as const) {
      const subscriptionId = isp.subscriptionIds[n]!;
      assertOk(await planEnd(...call, { subscriptionId, lastDay, unused: "credit" }));
    }
    const ends = { ...bar, id: isp.subscriptionIds.slice(5, 7) };
    const named = await owner.post("/admin/bulk/plan", ends);
    assert.match(
      named.text,
      /1 ends before its next cycle.*user6 Its service ends with (?:Fri, )?20 Feb 2026/,
    );
    const some = await owner.post("/admin/bulk/plan", { ...confirmed(named), id: ends.id, plan: planId });
    assert.match((await owner.get(some.location)).text, /1 connection moves.*1 was left as it is/);
    assert.match(
      (await owner.post("/admin/bulk/plan", { ...ends, id: [isp.subscriptionIds[5]!] })).text,
      /Nobody to move/,
    );
    // Ids of another tenant are no rows: there is nothing to ask about, and nothing is done.
    const foreign = await stranger.post("/admin/bulk/hold", bar);
    assert.match(foreign.text, /Nobody to hold/);
    const held = await stranger.post("/admin/bulk/hold", {
      ...confirmed(ask),
      id: bar.id,
      until: "2026-02-20",
      reason: "x",
    });
    assert.match(held.location, /done=nobody_left/);
    const reader = await app.signIn(isp.tenantId, "Read-only");
    for (const action of ["hold", "end-hold", "exclude", "plan"]) {
      assert.equal((await reader.post(`/admin/bulk/${action}`, bar)).status, 404, action);
    }
    assert.doesNotMatch((await reader.get(SUBSCRIBERS)).html, /\/admin\/bulk\//);
  });
});

Deno.test("views, columns and row height are a person's own", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, owner, app, database }) => {
    const colleague = await app.signIn(isp.tenantId, "Owner");
    const stranger = await app.signIn((await createIsp(database, { subscribers: 1 })).tenantId, "Owner");
    const views = "/admin/lists/subscribers/views";
    const saved = await owner.post(views, {
      name: "Late <b>ones</b>",
      query: "sort=-balance&bill=overdue&evil=1&per=200",
    });
    assert.equal(saved.location, `${SUBSCRIBERS}?bill=overdue&sort=-balance`);
    const page = await owner.get(saved.location);
    assert.match(page.html, /aria-current="page">Late &lt;b>ones&lt;\/b>/);
    const id = /name="id" value="([^"]+)"/.exec((await owner.get(views)).html)?.[1] ?? "";
    for (const user of [colleague, stranger]) {
      assert.doesNotMatch((await user.get(SUBSCRIBERS)).text, /Late/);
      const change = "/admin/lists/subscribers/change-view";
      assert.equal((await user.post(change, { intent: "rename", id, name: "Mine" })).status, 404);
      assert.equal((await user.post(change, { intent: "delete", id })).status, 303);
    }
    assert.match((await owner.get(views)).text, /Late/);
    assert.equal((await owner.post(views, { name: " ", query: "bill=due" })).status, 422);
    assert.equal((await owner.post("/admin/lists/unknown/views", { name: "x" })).status, 404);
    const nameless = await owner.post("/admin/lists/subscribers/change-view", {
      intent: "rename",
      id,
      name: " ",
    });
    assert.equal(nameless.status, 422);
    assert.match(nameless.html, new RegExp(`<a href="#f-name-${id}">[^<]*Late[^<]*: `));
    assert.match(nameless.html, new RegExp(`id="f-name-${id}"`));
    const look = {
      columns: ["account", "phone", "<script>"],
      density: "compact",
      back: `${SUBSCRIBERS}?q=0`,
    };
    assert.equal((await owner.post("/admin/lists/subscribers/look", look)).location, `${SUBSCRIBERS}?q=0`);
    const again = await app.signIn(isp.tenantId, "Owner");
    const mine = await owner.get(SUBSCRIBERS);
    assert.match(mine.html, /class="table table-compact"/);
    assert.match(mine.html, /<th[^>]*><a[^>]*>Account<\/a>|>Phone<\/th>/);
    assert.doesNotMatch(mine.html, /<th[^>]*>(<a[^>]*>)?Balance/);
    assert.match((await again.get(SUBSCRIBERS)).html, /<th[^>]*>(<a[^>]*>)?Balance/);
    const evil = await owner.post("/admin/lists/bills/look", { back: "/\\evil.example" });
    assert.equal(evil.location, "/admin");
    await owner.post("/admin/lists/subscribers/change-view", { intent: "delete", id });
    assert.match((await owner.get(views)).text, /No saved view yet/);
  });
});

Deno.test("who may not see balances cannot learn them from the order of a list, its file or its cursors", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, app }) => {
    await pay(isp, 3, 999);
    await pay(isp, 7, 500);
    const technician = await app.signIn(isp.tenantId, "Technician");
    const names = ({ html }: PageAnswer) => html.match(/Subscriber \d{5}/g)?.join() ?? "";
    for (const path of ["/admin/subscribers?per=50", "/admin/subscribers.csv?"]) {
      const byName = names(await technician.get(path));
      assert.ok(byName.includes("Subscriber 00004"));
      for (const sort of ["balance", "-balance", "due", "-due"]) {
        assert.equal(names(await technician.get(`${path}&sort=${sort}`)), byName, `${path} ${sort}`);
      }
    }
    const file = await technician.post("/admin/subscribers.csv", { all: "yes", filter: "sort=balance" });
    assert.equal(names(file), names(await technician.get("/admin/subscribers.csv")));
  });
});

Deno.test("what an address narrows by is said in the page's language", async () => {
  await withScene("2026-02-10T10:00", async ({ owner }) => {
    await owner.post("/admin/preferences", { locale: "fil", back: SUBSCRIBERS });
    const { html } = await owner.get(`${SUBSCRIBERS}?bill=partly_paid&service=cancelled&connection=offline`);
    for (const word of [FILIPINO["words.bill_partly_paid"], FILIPINO["words.service_cancelled"]]) {
      assert.ok(html.includes(`: ${word}`), `${word} is missing`);
    }
    assert.doesNotMatch(html, /: (Partly paid|Cancelled)</);
  });
});
