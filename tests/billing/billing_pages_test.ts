import assert from "node:assert/strict";
import { createIsp, liveUntil, offNow, pay } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { statusOf } from "@/web/app/words/due_words.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { countBillsByStatus, listBills } from "@/web/store/billing/bills_page.ts";
import { listPayments } from "@/web/store/payments/payments_page.ts";
import { paymentFields, seenOn, withScene } from "../support/scene.ts";

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

Deno.test("voiding a bill needs a reason and takes what is owed away", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const subscriberId = isp.subscriberIds[0]!;
    const bill = (await isp.run((trx) => listBills(trx, { subscriberId }, { limit: 1 }))).rows[0]!;
    const path = `/admin/bills/${bill.id}/void`;
    assert.equal((await owner.post(path, {})).status, 422);
    const done = await owner.post(path, { reason: "Wrong plan" });
    const after = await owner.get(done.location);
    assert.match(
      after.text,
      /Void: Wrong plan\. Nothing is owed on it\. .*Subscriber 00001: The bill is void/,
    );
    assert.match((await owner.get(`/admin/subscribers/${subscriberId}`)).text, /Balance ₱0\.00/);
  });
});

Deno.test("voiding a late bill says beforehand that its late fee goes back with it", async () => {
  await withScene("2026-01-31T10:00", async ({ isp, app }) => {
    await isp.run((trx) =>
      trx.updateTable("tenants").set({ late_fee_kind: "flat", late_fee_centavos: 5000n, late_after_days: 3 })
        .where("id", "=", isp.tenantId).execute()
    );
    await liveUntil(isp, "2026-02-12T12:00");
    const owner = await app.signIn(isp.tenantId, "Owner");
    const subscriberId = isp.subscriberIds[0]!;
    const late = await isp.run((trx) =>
      trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId)
        .where("subscriber_id", "=", subscriberId).where("kind", "=", "recurring").executeTakeFirstOrThrow()
    );
    const path = `/admin/bills/${late.id}/void`;
    assert.match((await owner.get(path)).text, /Its late fee SOA-\d+, ₱50\.00, goes back with it\./);
    assert.equal((await owner.post(path, { reason: "Wrong plan" })).status, 303);
    assert.match((await owner.get(`/admin/subscribers/${subscriberId}`)).text, /Balance ₱0\.00/);
  });
});

Deno.test("a reconnection fee that waits for the next bill is on the page of the subscriber", async () => {
  await withScene("2026-01-31T10:00", async ({ isp, app }) => {
    await isp.run((trx) =>
      trx.updateTable("tenants").set({ reconnection_fee_centavos: 10000n }).where("id", "=", isp.tenantId)
        .execute()
    );
    await liveUntil(isp, "2026-02-14T12:00");
    const owner = await app.signIn(isp.tenantId, "Owner");
    const [n] = await offNow(isp);
    const path = `/admin/subscribers/${isp.subscriberIds[n!]}`;
    assert.doesNotMatch((await owner.get(path)).text, /On the next bill/);
    await pay(isp, n!, 1000);
    const words = (await owner.get(path)).text.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
    assert.match(words, /On the next bill ₱ ?100\.00 Reconnection, off/);
  });
});

Deno.test("a bill says when it is due and when it is cut", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, owner }) => {
    const subscriberId = isp.subscriberIds[0]!;
    const bill = (await isp.run((trx) => listBills(trx, { subscriberId }, { limit: 1 }))).rows[0]!;
    const { text } = await owner.get(`/admin/bills/${bill.id}`);
    assert.match(text, /Due Sun, 8 Feb 2026\. Cut on 14 Feb at 09:00 if unpaid\./);
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
    assert.match(
      (await owner.post("/admin/plans/new", fields)).text,
      /There is a plan named “Fiber 100” already/,
    );
    const path = `/admin/plans/${isp.planId}`;
    const edit = { name: "Fiber 50", price: "1100", profile: "50M", speed: "" };
    const review = await owner.get((await owner.post(`${path}/edit`, edit)).location);
    const seen = seenOn(review.html);
    assert.equal((await owner.post(`${path}/price`, { ...edit, seen })).status, 303);
    assert.match((await owner.get("/admin/plans")).text, /Fiber 50 ₱1,100\.00/);
    assert.equal((await owner.post(`${path}/archive`, {})).status, 422);
    // One limit for the form, the service and the database.
    const long = { name: "n".repeat(80), price: "1100", profile: "p".repeat(100), speed: "s".repeat(60) };
    assert.equal((await owner.post("/admin/plans/new", long)).status, 303);
    const longest = { ...long, name: "Longest", profile: "p".repeat(128), speed: "s".repeat(80) };
    assert.equal((await owner.post(`${path}/edit`, longest)).status, 303);
    const over = { name: "n".repeat(81), profile: "p".repeat(129), speed: "s".repeat(81) };
    for (const [field, text] of Object.entries(over)) {
      const refused = await owner.post(`${path}/edit`, { ...longest, [field]: text });
      assert.equal(refused.status, 422, field);
      assert.match(refused.html, new RegExp(`id="f-${field}-error"`), field);
    }
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
    assert.match(second.text, /\b10 of 60\b/, path);
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
  assert.match(
    (await owner.get("/admin/subscribers?q=nobody")).text,
    /Nothing matches.*Nothing here has “nobody” in it.*Reset filters/,
  );
  assert.match((await owner.get("/admin/bills?status=void")).text, /Nothing matches/);
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
    assert.equal(crossed.status, 404);
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
    const all = (await isp.run((trx) => listBills(trx, {}, { limit: 99 }))).rows;
    const counts = await isp.run((trx) => countBillsByStatus(trx, {}, today));
    for (const status of ["due", "partly_paid", "paid", "grace", "overdue", "void"] as const) {
      const expected = all.filter((bill) => statusOf(bill, today) === status).map((bill) => bill.number);
      const { rows } = await isp.run((trx) =>
        listBills(trx, { status: { is: status, today } }, { limit: 99 })
      );
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
