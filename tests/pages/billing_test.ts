import assert from "node:assert/strict";
import { createIsp, type Isp, liveUntil, offNow, pay } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp, type PageUser, type WebApp } from "@/tests/support/web_app.ts";
import { statusOf } from "@/web/routes/admin/(_billing)/due_words.ts";
import { voidBill } from "@/web/services/void_bill.ts";
import { listBills } from "@/web/store/bills.ts";
import { countBillsByStatus, listBillPage } from "@/web/store/bills_page.ts";
import { listPayments } from "@/web/store/payments.ts";

interface Scene {
  database: TestDatabase;
  isp: Isp;
  app: WebApp;
  owner: PageUser;
}

/** Twelve subscribers, one bill each, nobody has paid; the first is a credit customer after the cut of 14 Feb. */
async function withScene(local: string, work: (scene: Scene) => Promise<void>): Promise<void> {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 12 });
  await liveUntil(isp, local);
  const app = await createWebApp(isp.context);
  await work({ database, isp, app, owner: await app.signIn(isp.tenantId, "Owner") });
}

function paymentFields(html: string) {
  const key = /name="key" value="([^"]+)"/.exec(html)?.[1] ?? "";
  const subscriber = /name="subscriber" value="([^"]+)"/.exec(html)?.[1] ?? "";
  const amount = /name="amount"[^>]*value="([^"]*)"/.exec(html)?.[1] ?? "";
  const received = /name="received"[^>]*value="([^"]*)"/.exec(html)?.[1] ?? "";
  return {
    key,
    subscriber,
    amount,
    received,
    method: "cash",
    tendered: "",
    reference: "",
    note: "",
    intent: "post",
  };
}

Deno.test("every page of the desk renders", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, owner }) => {
    const subscriber = isp.subscriberIds[0]!;
    const bill = (await isp.run((trx) => listBills(trx, { subscriberId: subscriber }, { limit: 1 })))
      .rows[0]!;
    await pay(isp, 1, 300);
    const payment = (await isp.run((trx) => listPayments(trx, {}, { limit: 1 }))).rows[0]!;
    const paths = [
      "/admin/subscribers",
      "/admin/subscribers?q=00003&service=disconnected",
      "/admin/subscribers.csv",
      `/admin/subscribers/${subscriber}`,
      `/admin/subscribers/${subscriber}/edit`,
      `/admin/subscribers/${isp.subscriberIds[1]}/hold`,
      `/admin/subscribers/${subscriber}/disconnect`,
      `/admin/subscribers/${subscriber}/reconnect`,
      "/admin/bills",
      "/admin/bills?status=overdue&q=SOA",
      `/admin/bills?subscriber=${subscriber}`,
      `/admin/bills/${bill.id}`,
      `/admin/bills/${bill.id}/void`,
      "/admin/payments",
      "/admin/payments?method=cash&on=2026-02-14",
      "/admin/payments/new",
      "/admin/payments/new?q=Subscriber",
      `/admin/payments/new?subscriber=${subscriber}&bill=${bill.id}`,
      `/admin/payments/${payment.id}`,
      `/admin/payments/${payment.id}/reverse`,
      "/admin/plans",
      "/admin/plans/new",
      `/admin/plans/${isp.planId}/edit`,
      `/admin/plans/${isp.planId}/archive`,
    ];
    for (const path of paths) {
      const answer = await owner.get(path);
      assert.equal(answer.status, 200, `${path}: ${answer.text.slice(0, 300)}`);
      assert.doesNotMatch(answer.text, /undefined|NaN|\[object|Invoice|Official Receipt/, path);
      if (Deno.env.get("SHOW")) console.log(path, "\n   ", answer.text.slice(0, 3000), "\n");
    }
  });
});

Deno.test("a cashier posts a payment in two forms, and the cut connection comes back at once", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, app }) => {
    const cashier = await app.signIn(isp.tenantId, "Cashier");
    const found = await cashier.get("/admin/payments/new?q=User1");
    assert.equal(found.status, 303, "user1 in full, although user10, user11 and user12 begin with it");
    const form = await cashier.get(found.location);
    assert.match(form.text, /₱1,000\.00 goes to SOA-\d+/);
    assert.match(form.text, /Internet comes back at once/);
    const fields = paymentFields(form.html);
    assert.equal(fields.amount, "1000.00");
    assert.equal((await offNow(isp)).includes(0), true);

    const posted = await cashier.post("/admin/payments/new", { ...fields, tendered: "1,500" });
    assert.equal(posted.status, 303);
    const receipt = await cashier.get(posted.location);
    assert.match(receipt.text, /The payment is posted\. Change due: ₱500\.00/);
    assert.match(receipt.text, /Acknowledgement receipt.*Change due ₱500\.00/);
    assert.match(receipt.text, /Internet comes back Fiber 50 Queued/);
    assert.equal((await offNow(isp)).includes(0), false);
  });
});

Deno.test("the same payment form sent twice is one payment", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const form = await owner.get(`/admin/payments/new?subscriber=${isp.subscriberIds[0]}`);
    const fields = paymentFields(form.html);
    const [first, second] = await Promise.all([
      owner.post("/admin/payments/new", fields),
      owner.post("/admin/payments/new", fields),
    ]);
    assert.equal(first.location.split("?")[0], second.location.split("?")[0]);
    const again = await owner.post("/admin/payments/new", fields);
    assert.match((await owner.get(again.location)).text, /It is one payment, shown here/);
    assert.equal((await isp.run((trx) => listPayments(trx, {}, { limit: 9 }))).rows.length, 1);
    const changed = await owner.post("/admin/payments/new", { ...fields, amount: "5" });
    assert.equal(changed.status, 422);
    assert.match(changed.text, /became RCPT-000001/);
  });
});

Deno.test("a preview shows where the money goes and posts nothing", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const form = await owner.get(`/admin/payments/new?subscriber=${isp.subscriberIds[0]}`);
    const fields = { ...paymentFields(form.html), amount: "1,200.50", tendered: "1300", intent: "preview" };
    const preview = await owner.post("/admin/payments/new", fields);
    assert.equal(preview.status, 200);
    assert.match(preview.text, /₱1,200\.50 goes to.*₱1,000\.00 Credit left.*₱200\.50 Change due ₱99\.50/);
    assert.match(preview.html, /name="amount"[^>]*value="1,200\.50"/);
    assert.equal(paymentFields(preview.html).key, fields.key);
    assert.equal((await isp.run((trx) => listPayments(trx, {}, { limit: 9 }))).rows.length, 0);
  });
});

Deno.test("a refused payment keeps what was typed and says what is wrong beside the field", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const form = await owner.get(`/admin/payments/new?subscriber=${isp.subscriberIds[0]}`);
    const fields = { ...paymentFields(form.html), note: "counter 2" };
    const cases: [Record<string, string>, string, RegExp][] = [
      [{ amount: "abc" }, "amount", /digits/],
      [{ amount: "-5" }, "amount", /minus/],
      [{ amount: "1.234" }, "amount", /2 digits/],
      [{ amount: "1e9" }, "amount", /digits/],
      [{ amount: "9".repeat(60) }, "amount", /at most/],
      [{ amount: "0" }, "amount", /above ₱0\.00/],
      [{ amount: "" }, "amount", /Enter an amount/],
      [{ received: "2026-02-31" }, "received", /Feb 2026 has 28 days/],
      [{ received: "2026-02-11" }, "received", /in the future/],
      [{ received: "1999-01-01" }, "received", /from/],
      [{ tendered: "20" }, "tendered", /less than/],
      [{ method: "gcash" }, "reference", /reference number/],
      [{ method: "gcash", tendered: "2000", reference: "1" }, "tendered", /cash only/],
      [{ method: "bitcoin" }, "method", /how it was paid/],
      [{ bill: "not-a-bill" }, "bill", /./],
      [{ note: "x".repeat(201) }, "note", /200/],
    ];
    for (const [changes, field, message] of cases) {
      const answer = await owner.post("/admin/payments/new", { ...fields, ...changes });
      const label = JSON.stringify(changes).slice(0, 80);
      assert.equal(answer.status, 422, label);
      const error = new RegExp(`id="f-${field}-error"[^>]*>.*?</div>`, "s").exec(answer.html)?.[0] ??
        answer.text;
      assert.match(error, message, label);
      if (changes.note === undefined) assert.match(answer.html, /value="counter 2"/, label);
    }
    assert.equal((await isp.run((trx) => listPayments(trx, {}, { limit: 9 }))).rows.length, 0);
  });
});

Deno.test("a large amount and a reference seen before are doubted once, for that value only", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const start = async (n: number) =>
      paymentFields((await owner.get(`/admin/payments/new?subscriber=${isp.subscriberIds[n]}`)).html);
    const large = { ...await start(0), amount: "2000000" };
    const doubted = await owner.post("/admin/payments/new", large);
    assert.equal(doubted.status, 422);
    assert.match(doubted.html, /name="confirm_large" value="2000000"[^>]*>|Post anyway/);
    const other = { ...large, amount: "3000000", confirm_large: "2000000" };
    assert.equal((await owner.post("/admin/payments/new", other)).status, 422);
    const confirmed = await owner.post("/admin/payments/new", { ...large, confirm_large: "2000000" });
    assert.equal(confirmed.status, 303);

    const gcash = { method: "gcash", reference: "GC-1" };
    assert.equal((await owner.post("/admin/payments/new", { ...await start(1), ...gcash })).status, 303);
    const twin = { ...await start(2), ...gcash };
    assert.match((await owner.post("/admin/payments/new", twin)).text, /GC-1 is on RCPT-\d+.*Post anyway/);
    const sure = await owner.post("/admin/payments/new", { ...twin, confirm_reference: "GC-1" });
    assert.equal(sure.status, 303);
  });
});

Deno.test("reversing says its effect in numbers, needs a reason, and cuts nobody", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, owner }) => {
    const { paymentId } = await pay(isp, 0, 1250);
    const path = `/admin/payments/${paymentId}/reverse`;
    assert.match(
      (await owner.get(path)).text,
      /₱1,000\.00 is owed again on SOA-\d+\. ₱250\.00 of credit goes away/,
    );
    const refused = await owner.post(path, { reason: "  " });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /Write a reason/);
    const off = await offNow(isp);
    const done = await owner.post(path, { reason: "Check bounced" });
    assert.equal(done.status, 303);
    assert.match((await owner.get(done.location)).text, /Nobody is cut by this.*Reversed.*Check bounced/);
    assert.deepEqual(await offNow(isp), off);
    assert.equal((await owner.get(path)).status, 303);
  });
});

Deno.test("voiding a bill needs a reason and takes what is owed away", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const subscriberId = isp.subscriberIds[0]!;
    const bill = (await isp.run((trx) => listBills(trx, { subscriberId }, { limit: 1 }))).rows[0]!;
    const path = `/admin/bills/${bill.id}/void`;
    assert.equal((await owner.post(path, {})).status, 422);
    const done = await owner.post(path, { reason: "Wrong plan" });
    const after = await owner.get(done.location);
    assert.match(after.text, /Void: Wrong plan\. Nothing is owed on it\. The bill is void/);
    assert.match((await owner.get(`/admin/subscribers/${subscriberId}`)).text, /Balance ₱0\.00/);
  });
});

Deno.test("a bill says when it is due and when it is cut", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, owner }) => {
    const subscriberId = isp.subscriberIds[0]!;
    const bill = (await isp.run((trx) => listBills(trx, { subscriberId }, { limit: 1 }))).rows[0]!;
    const { text } = await owner.get(`/admin/bills/${bill.id}`);
    assert.match(text, /Due Sun, 8 Feb 2026\. Cut on 14 Feb at 9:00 if unpaid\./);
  });
});

Deno.test("a hold, its extension and its end, with refusals at their fields", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const base = `/admin/subscribers/${isp.subscriberIds[0]}`;
    const connection = isp.subscriptionIds[0]!;
    const post = (until: string, reason = "Pays on Friday") =>
      owner.post(`${base}/hold`, { connection, until, reason });
    for (const until of ["", "2026-02-31", "2026-02-09", "2027-01-01", "soon"]) {
      const refused = await post(until);
      assert.equal(refused.status, 422, until);
      assert.match(refused.html, /id="f-until-error"/, until);
      assert.match(refused.html, /value="Pays on Friday"/, until);
    }
    assert.equal((await post("2026-02-13", "")).status, 422);
    assert.equal((await post("2026-02-13")).status, 303);
    assert.match((await owner.get(base)).text, /Held until 13 Feb/);
    assert.match((await post("2026-02-12")).text, /Choose a day after Fri, 13 Feb 2026/);
    assert.equal((await post("2026-02-16")).status, 303);
    assert.match((await owner.get(`/admin/subscribers?service=held`)).text, /Held until 16 Feb/);
    const ended = await owner.post(`${base}/end-hold`, { connection });
    assert.match((await owner.get(ended.location)).text, /The hold has ended/);
  });
});

Deno.test("disconnecting by hand and reconnecting say why, and a payment does not bring it back", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, owner }) => {
    const base = `/admin/subscribers/${isp.subscriberIds[0]}`;
    const connection = isp.subscriptionIds[0]!;
    assert.equal(
      (await owner.post(`${base}/disconnect`, { connection, kind: "nonpayment", note: "x" })).status,
      422,
    );
    assert.equal((await owner.post(`${base}/disconnect`, { connection, kind: "abuse" })).status, 422);
    const off = await owner.post(`${base}/disconnect`, { connection, kind: "abuse", note: "Resells" });
    assert.equal(off.status, 303);
    const page = await owner.get(base);
    assert.match(page.text, /Disconnected: Abuse \(Resells\) since 3 Feb, by Ana Reyes\. A payment does not/);
    assert.deepEqual(await offNow(isp), [0]);
    await pay(isp, 0, 1000);
    assert.deepEqual(await offNow(isp), [0]);
    assert.match((await owner.get(`${base}/reconnect`)).text, /1 connection goes on again: user1/);
    assert.equal((await owner.post(`${base}/reconnect`, { connection, reason: "abuse" })).status, 303);
    assert.deepEqual(await offNow(isp), []);
    assert.equal((await owner.post(`${base}/reconnect`, { connection, reason: "abuse" })).status, 422);
  });
});

Deno.test("contact data is changed, and a wrong address keeps the rest", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, owner }) => {
    const path = `/admin/subscribers/${isp.subscriberIds[0]}/edit`;
    const fields = {
      name: "Juan <b>Cruz</b>",
      phone: "0917 555 0101",
      email: "juan@",
      address: "",
      notes: "",
    };
    const refused = await owner.post(path, fields);
    assert.equal(refused.status, 422);
    assert.match(refused.html, /value="0917 555 0101"/);
    assert.doesNotMatch(refused.html, /<b>Cruz/);
    assert.equal((await owner.post(path, { ...fields, email: "juan@example.com" })).status, 303);
    assert.match((await owner.get("/admin/subscribers?q=0917")).text, /Juan <b>Cruz<\/b>/);
  });
});

Deno.test("plans are added, changed and archived, with their prices checked", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, owner }) => {
    const fields = { name: "Fiber 100", price: "1,999", profile: "100M", speed: "100 Mbps" };
    for (const price of ["", "abc", "-1", "1.999", "9".repeat(20)]) {
      const refused = await owner.post("/admin/plans/new", { ...fields, price });
      assert.equal(refused.status, 422, price);
      assert.match(refused.html, /id="f-price-error"/, price);
    }
    assert.equal((await owner.post("/admin/plans/new", fields)).status, 303);
    assert.match((await owner.post("/admin/plans/new", fields)).text, /There is a plan Fiber 100 already/);
    const path = `/admin/plans/${isp.planId}`;
    const edit = { name: "Fiber 50", price: "1100", profile: "50M", speed: "" };
    assert.equal((await owner.post(`${path}/edit`, edit)).status, 303);
    assert.match((await owner.get("/admin/plans")).text, /Fiber 50 ₱1,100\.00/);
    assert.equal((await owner.post(`${path}/archive`, {})).status, 422);
  });
});

Deno.test("lists page by keyset, filter by address, and survive mangled addresses", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 60 });
  await liveUntil(isp, "2026-02-03T10:00");
  const owner = await (await createWebApp(isp.context)).signIn(isp.tenantId, "Owner");
  for (const path of ["/admin/subscribers", "/admin/bills"]) {
    const first = await owner.get(path);
    const next = /href="([^"]*after=[^"]+)"/.exec(first.html)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const second = await owner.get(next);
    assert.match(second.text, /\b10 (of 60 connections|bills on this page)/, path);
    const back = /href="([^"]*before=[^"]+)"/.exec(second.html)?.[1]?.replaceAll("&amp;", "&") ?? "";
    assert.equal(
      (await owner.get(back)).text.replace(/Previous|Next/g, ""),
      first.text.replace(/Previous|Next/g, ""),
    );
    for (
      const query of [
        "after=nonsense",
        "q=%25_'\\",
        "site=x",
        "status=x&bill=y",
        "q=a&q=b",
      ]
    ) {
      assert.equal((await owner.get(`${path}?${query}`)).status, 200, query);
    }
  }
  assert.match((await owner.get("/admin/subscribers?q=nobody")).text, /No subscriber matches.*Reset filters/);
  assert.match((await owner.get("/admin/bills?status=void")).text, /No bill matches/);
  assert.equal((await owner.get("/admin/subscribers.csv")).text.match(/"A-\d+"/g)?.length, 60);
});

Deno.test("the CSV keeps cells from becoming formulas", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, owner }) => {
    const name = '=HYPERLINK("x")';
    await owner.post(`/admin/subscribers/${isp.subscriberIds[0]}/edit`, { name, phone: "+63 917" });
    const csv = await owner.get("/admin/subscribers.csv");
    assert.match(csv.html, /"'=HYPERLINK\(""x""\)","'\+63 917"/);
    assert.match(csv.headers.get("content-disposition") ?? "", /attachment/);
  });
});

Deno.test("what is not there, and what is another tenant's, is the same page that does not exist", async () => {
  await withScene("2026-02-03T10:00", async ({ database, isp, owner, app }) => {
    const other = await createIsp(database, { subscribers: 1 });
    await liveUntil(other, "2026-02-03T10:00");
    const { paymentId } = await pay(other, 0, 100);
    const theirs = other.subscriberIds[0]!;
    const bill = (await other.run((trx) => listBills(trx, { subscriberId: theirs }, { limit: 1 }))).rows[0]!;
    const nobody = "00000000-0000-7000-8000-000000000000";
    for (const id of [theirs, nobody, "1", "99999999999999999999", "%00", "..%2f", "null"]) {
      for (const path of [`subscribers/${id}`, `subscribers/${id}/edit`, `subscribers/${id}/hold`]) {
        assert.equal((await owner.get(`/admin/${path}`)).status, 404, path);
      }
    }
    for (const path of [`bills/${bill.id}`, `payments/${paymentId}`, `plans/${other.planId}/edit`]) {
      assert.equal((await owner.get(`/admin/${path}`)).status, 404, path);
    }
    const posts: [string, Record<string, string>][] = [
      [`bills/${bill.id}/void`, { reason: "x" }],
      [`payments/${paymentId}/reverse`, { reason: "x" }],
      [`plans/${other.planId}/archive`, {}],
      [`subscribers/${theirs}/hold`, {
        connection: other.subscriptionIds[0]!,
        until: "2026-02-05",
        reason: "x",
      }],
      [`subscribers/${isp.subscriberIds[0]}/hold`, {
        connection: other.subscriptionIds[0]!,
        until: "2026-02-05",
        reason: "x",
      }],
      [`subscribers/${isp.subscriberIds[0]}/end-hold`, { connection: isp.subscriptionIds[1]! }],
    ];
    for (const [path, fields] of posts) {
      assert.equal((await owner.post(`/admin/${path}`, fields)).status, 404, path);
    }
    const form = paymentFields(
      (await owner.get(`/admin/payments/new?subscriber=${isp.subscriberIds[0]}`)).html,
    );
    const stolen = await owner.post("/admin/payments/new", { ...form, subscriber: theirs });
    assert.equal(stolen.status, 404);
    const crossed = await owner.post("/admin/payments/new", { ...form, bill: bill.id });
    assert.match(crossed.text, /This bill does not exist/);
    assert.equal(
      (await (await app.signIn(other.tenantId, "Owner")).get(`/admin/bills/${bill.id}`)).status,
      200,
    );
  });
});

Deno.test("each role reaches its pages, and a page that is refused looks like one that does not exist", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, app }) => {
    const subscriberId = isp.subscriberIds[0]!;
    const bill = (await isp.run((trx) => listBills(trx, { subscriberId }, { limit: 1 }))).rows[0]!;
    const { paymentId } = await pay(isp, 1, 300);
    const pages: Record<string, string[]> = {
      [`/admin/subscribers/${subscriberId}`]: ["Billing", "Cashier", "Technician", "Read-only"],
      [`/admin/subscribers/${subscriberId}/edit`]: ["Billing", "Technician"],
      [`/admin/subscribers/${subscriberId}/hold`]: ["Billing"],
      [`/admin/subscribers/${subscriberId}/disconnect`]: ["Billing"],
      [`/admin/bills/${bill.id}`]: ["Billing", "Cashier", "Read-only"],
      [`/admin/bills/${bill.id}/void`]: ["Billing"],
      "/admin/payments": ["Billing", "Cashier", "Read-only"],
      "/admin/payments/new": ["Billing", "Cashier"],
      [`/admin/payments/${paymentId}/reverse`]: ["Billing"],
      "/admin/plans": ["Billing", "Cashier", "Technician", "Read-only"],
      "/admin/plans/new": ["Billing"],
    };
    for (const role of ["Billing", "Cashier", "Technician", "Read-only"]) {
      const user = await app.signIn(isp.tenantId, role);
      for (const [path, roles] of Object.entries(pages)) {
        assert.equal((await user.get(path)).status, roles.includes(role) ? 200 : 404, `${role} ${path}`);
      }
      const mayVoid = role === "Billing";
      assert.equal(
        (await user.post(`/admin/bills/${bill.id}/void`, { reason: "" })).status,
        mayVoid ? 422 : 404,
      );
      const { html } = await user.get(`/admin/subscribers/${subscriberId}`);
      assert.equal(/payments\/new/.test(html), role === "Billing" || role === "Cashier", role);
      assert.equal(/\/edit"/.test(html), role === "Billing" || role === "Technician", role);
      assert.equal(/₱/.test(html), role !== "Technician", `${role} sees money`);
    }
    const technician = await app.signIn(isp.tenantId, "Technician");
    assert.doesNotMatch((await technician.get("/admin/subscribers.csv")).html, /Balance|Overdue|Grace/);
    assert.doesNotMatch((await technician.get("/admin/subscribers?bill=grace")).text, /₱|Grace/);
  });
});

Deno.test("the status that bills are listed under is the one that their page shows", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 5 });
  await liveUntil(isp, "2026-02-03T10:00");
  await pay(isp, 0, 1000);
  await pay(isp, 1, 300);
  const { billId } = await isp.run(async (trx) => {
    const { rows } = await listBills(trx, { subscriberId: isp.subscriberIds[4]! }, { limit: 1 });
    return { billId: rows[0]!.id };
  });
  assertOk(await voidBill(isp.context, isp.tenantId, isp.actor, { billId, reason: "Wrong plan" }));
  const seen = new Set<string>();
  for (const day of ["2026-02-03", "2026-02-08", "2026-02-09", "2026-02-13", "2026-02-14"]) {
    const today = Temporal.PlainDate.from(day);
    const all = (await isp.run((trx) => listBillPage(trx, {}, today, { limit: 99 }))).rows;
    const counts = await isp.run((trx) => countBillsByStatus(trx, {}, today));
    for (const status of ["due", "partly_paid", "paid", "grace", "overdue", "void"] as const) {
      const expected = all.filter((bill) => statusOf(bill, today) === status).map((bill) => bill.number);
      const { rows } = await isp.run((trx) => listBillPage(trx, { status }, today, { limit: 99 }));
      assert.deepEqual(rows.map((bill) => bill.number), expected, `${day} ${status}`);
      assert.equal(
        counts.find((row) => row.status === status)?.count ?? 0,
        expected.length,
        `${day} ${status}`,
      );
      if (expected.length > 0) seen.add(status);
    }
  }
  assert.equal(seen.size, 6);
});
