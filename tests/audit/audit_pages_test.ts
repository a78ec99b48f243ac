import assert from "node:assert/strict";
import { coded } from "@/shared/codes/mod.ts";
import { generateSigningKey } from "@/shared/crypto/mod.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { paymentFields, withScene } from "@/tests/support/scene.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { recordAudit, recordAudits } from "@/web/services/audit.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { checkAudit } from "@/web/services/check_audit.ts";
import { type Actor, SCHEDULER } from "@/web/services/context.ts";
import { updateMembershipState } from "./membership.ts";

const DAY = Temporal.PlainDate.from("2026-02-14");

Deno.test("an entry says who, what, about what, before and after, from which address and by which request", async () => {
  await withScene("2026-02-14T12:00", async ({ isp, owner, app }) => {
    const id = isp.subscriberIds[2]!;
    const form = (await owner.get(`/admin/payments/new?subscriber=${id}`)).html;
    const paid = await owner.post("/admin/payments/new", {
      ...paymentFields(form),
      subscriber: id,
      amount: "100",
    });
    assert.equal(paid.status, 303, paid.text);
    const { html, text } = await owner.get("/admin/audit?action=payment.recorded");
    assert.match(text, /Ana Reyes/);
    const row = /<a[^>]+href="(\/admin\/audit\/\d+)"/.exec(html)?.[1] ?? "";
    const entry = await owner.get(row);
    assert.equal(entry.status, 200);
    assert.match(entry.text, /amount centavos — 10000/);
    const request = /q=([0-9a-z-]+)" title="Everything/.exec(entry.html)?.[1];
    assert.ok(request !== undefined, entry.text);
    assert.match((await owner.get(`/admin/audit?q=${request}`)).text, /Payment/);
    assert.match(entry.html, new RegExp(`href="/admin/subscribers/${id}"`));
    assert.match(entry.html, /href="\/admin\/payments\/[0-9a-f-]+"/);
    // What the night does by itself has the name of its run.
    isp.clock.advance({ hours: 24 * 15 });
    assertOk(await runDueDays(isp.context, isp.tenantId, SCHEDULER));
    const later = await app.signIn(isp.tenantId, "Owner");
    assert.match((await later.get("/admin/audit?kind=run")).text, /Linya, bill run 2026-03-01/);
    assert.match((await later.get(`/admin/subscribers/${id}`)).html, /\/admin\/audit\?subscriber=/);
    assert.match((await later.get(`/admin/audit?subscriber=${id}`)).text, /Payment/);
    for (const gone of ["/admin/audit/999999", "/admin/audit/0", "/admin/audit/x", "/admin/audit/1e3"]) {
      assert.equal((await later.get(gone)).status, 404, gone);
    }
  });
});

Deno.test("the same change by a person, a key, a run, an agent and somebody who left reads as a name, on the page and in the file", async () => {
  await withScene("2026-02-14T12:00", async ({ isp, owner, app }) => {
    const agents = await isp.run((trx) => trx.selectFrom("agents").select(["id", "name"]).execute());
    const agent = agents[0]!;
    const runs = await isp.run((trx) =>
      trx.selectFrom("runs").select(["id", "business_on"]).where("kind", "=", "cut").orderBy("id").execute()
    );
    await app.signIn(isp.tenantId, "Cashier");
    const left = await isp.run((trx) =>
      trx.selectFrom("staff_memberships").select("staff_user_id").orderBy("created_at", "desc").limit(1)
        .executeTakeFirstOrThrow()
    );
    const actors: [Actor, string][] = [
      [{ kind: "staff", label: "Jun Cruz", staffUserId: null }, "Jun Cruz"],
      [{ kind: "staff", label: "Tess Ramos", staffUserId: left.staff_user_id }, "Tess Ramos (left)"],
      [{ kind: "api_key", label: "accounting export" }, "API key: accounting export"],
      [SCHEDULER, "Linya"],
      [
        { ...SCHEDULER, kind: "system", runId: runs.at(-1)!.id },
        `Linya, cut run ${runs.at(-1)!.business_on}`,
      ],
      [{ kind: "agent", label: "Agent enrolment", agentId: agent.id }, `Agent: ${agent.name}`],
      [
        { kind: "staff", label: "Jun Cruz", staffUserId: null, agentId: agent.id },
        `Jun Cruz, through the agent of ${agent.name}`,
      ],
      [{ kind: "staff", label: " ", staffUserId: null }, "Somebody whose name was not kept"],
      [{ kind: "staff", label: isp.tenantId, staffUserId: null }, "Somebody whose name was not kept"],
    ];
    await updateMembershipState(isp, left.staff_user_id, "left");
    await isp.run(async (trx) => {
      for (const [actor] of actors) {
        await recordAudit(trx, actor, {
          action: "site.renamed",
          subjectKind: "site",
          subjectId: isp.tenantId,
          summary: coded("audit_book_check_asked"),
          at: isp.clock.now(),
          businessOn: DAY,
        });
      }
    });
    const page = (await owner.get("/admin/audit?action=site.renamed&sort=time")).text;
    const file = (await owner.get("/admin/audit.csv?action=site.renamed&sort=time")).html;
    const written = file.split("\r\n").slice(1, -1).map((line) => line.split('","')[3]);
    assert.deepEqual(written, actors.map(([, words]) => words));
    for (const [, words] of actors) assert.ok(page.includes(words), words);
    const chosen = await owner.post("/admin/preferences", { locale: "fil", back: "/admin/audit" });
    assert.equal(chosen.status, 303, chosen.text);
    assert.match((await owner.get("/admin/audit?action=site.renamed")).text, /Tess Ramos \(umalis na\)/);
  });
});

Deno.test("filters, search and keyset pages find each entry once, both ways, whatever its time", async () => {
  await withScene("2026-02-14T12:00", async ({ isp, owner }) => {
    const at = isp.clock.now();
    const maria: Actor = {
      kind: "staff",
      label: "Maria Clara",
      staffUserId: null,
      origin: { ip: "203.0.113.77", requestId: "cafe-1" },
    };
    const input = (i: number) => ({
      action: "memo.issued",
      subjectKind: "memo",
      subjectId: `memo-${i}`,
      summary: coded("audit_book_check_asked"),
      // Some at one moment, some of a clock that went back.
      at: at.subtract({ hours: i % 7 }),
      businessOn: DAY,
    });
    await isp.run((trx) => recordAudits(trx, maria, Array.from({ length: 120 }, (_, i) => input(i))));
    for (const way of ["next", "prev"] as const) {
      const seen: string[] = [];
      let path: string | undefined = `/admin/audit?who=Maria+Clara&sort=${way === "next" ? "-time" : "time"}`;
      while (path !== undefined) {
        const { html } = await owner.get(path);
        seen.push(...[...html.matchAll(/href="\/admin\/audit\/(\d+)"/g)].map((match) => match[1]!));
        path = /href="([^"]*[?&](?:amp;)?after=[^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
      }
      assert.deepEqual([seen.length, new Set(seen).size], [120, 120], way);
    }
    const found = async (query: string) => {
      const { status, html } = await owner.get(`/admin/audit?${query}`);
      assert.equal(status, 200, query);
      return html.includes("203.0.113.77");
    };
    for (
      const query of [
        "kind=memo",
        "action=memo.issued",
        "q=CAFE-1",
        "q=203.0.113",
        "q=maria+cl",
        "q=memo-5",
        "q=memo.issued",
        "q=check%20of%20the%20books",
        "from=2026-02-14&to=2026-02-14",
      ]
    ) assert.ok(await found(query), query);
    for (
      const query of ["kind=plan", "action=none", "who=Nobody", "q=203.0.113.7800", "to=2026-02-13", "q=%25"]
    ) {
      assert.ok(!await found(query), query);
    }
    for (const query of ["from=x", "subscriber=1", "after=zz", "kind=%27%3B--", "sort=hash"]) {
      assert.equal((await owner.get(`/admin/audit?${query}`)).status, 200, query);
    }
  });
});

Deno.test("an export of people and statements of many are entries with count and filter; pages and files of plans are none", async () => {
  await withScene("2026-02-14T12:00", async ({ isp, owner }) => {
    const readings = async () => {
      const rows = await isp.run((trx) =>
        trx.selectFrom("audit_entries").select(["action", "subject_id", "details", "subscriber_id", "ip"])
          .where("subject_kind", "=", "export").orderBy("sequence").execute()
      );
      return rows.map((row) => {
        const { rows: count, bills, filter } = row.details as Record<string, unknown>;
        return [row.subject_id, count ?? bills, filter];
      });
    };
    await owner.get("/admin/subscribers");
    await owner.get("/admin/plans.csv");
    assert.deepEqual(await readings(), []);
    await owner.get("/admin/subscribers.csv?q=none+of+that");
    await owner.get("/admin/subscribers.csv");
    await owner.post("/admin/bills.csv", { id: [], all: "yes", filter: "status=overdue" });
    const id = isp.subscriberIds[0]!;
    await owner.get(`/admin/subscribers/${id}/ledger.csv`);
    await owner.get("/admin/bills.pdf?status=issued");
    const [none, all, bills, ledger, statements] = await readings();
    assert.deepEqual(none, ["subscribers", 0, "q=none of that"]);
    assert.deepEqual(all?.slice(0, 2), ["subscribers", 12]);
    assert.equal(bills?.[0], "bills");
    assert.match(String(bills?.[2]), /status=overdue/);
    assert.equal(ledger?.[0], "ledger");
    assert.equal(statements?.[0], "bills");
    assert.ok(Number(statements?.[1]) > 0);
    assert.match(
      (await owner.get(`/admin/audit?subscriber=${id}&kind=export`)).text,
      /Exported \d+ rows? as/,
    );
  });
});

Deno.test("whoever may not read the log, and another company, find nothing; who sees one site sees no exports and no signed end", async () => {
  await withScene("2026-02-14T12:00", async ({ isp, app, owner }) => {
    await owner.get("/admin/subscribers.csv");
    const signed = await createWebApp({ ...isp.context, signing: await generateSigningKey() });
    await checkAudit({ ...isp.context, signing: await generateSigningKey() }, isp.tenantId);
    const head = await owner.get("/admin/audit/head.json");
    assert.equal(head.status, 200);
    assert.equal(JSON.parse(head.html).format, "linya-audit-head-v1");
    assert.match((await owner.get("/admin/audit?action=export.head")).text, /signed end of the audit log/);
    assert.match((await owner.get("/admin/audit")).text, /Is the log whole\? Whole/);
    const cashier = await app.signIn(isp.tenantId, "Cashier");
    for (const path of ["/admin/audit", "/admin/audit.csv", "/admin/audit/1", "/admin/audit/head.json"]) {
      assert.equal((await cashier.get(path)).status, 404, path);
    }
    assert.doesNotMatch((await cashier.get("/admin/subscribers")).html, /\/admin\/audit/);
    const sites = await isp.run((trx) => trx.selectFrom("sites").select("id").orderBy("id").execute());
    const limited = await signed.signIn(isp.tenantId, ["audit:read", "subscriber:read"], {
      siteIds: [sites[0]!.id],
    });
    const { text, status } = await limited.get("/admin/audit");
    assert.equal(status, 200);
    assert.doesNotMatch(text, /Exported|Is the log whole/);
    assert.equal((await limited.get("/admin/audit/head.json")).status, 404);
    // What they take out themselves is written down like everybody's.
    const exports = async () => (await owner.get("/admin/audit.csv?kind=export")).html.split("\r\n").length;
    const before = await exports();
    assert.equal((await limited.get("/admin/subscribers.csv")).status, 200);
    assert.equal(await exports(), before + 2, "theirs, and the owner's look at the log as a file");
    const hidden = await isp.run((trx) =>
      trx.selectFrom("audit_entries").select("sequence").where("subject_kind", "=", "export").limit(1)
        .executeTakeFirstOrThrow()
    );
    assert.equal((await limited.get(`/admin/audit/${hidden.sequence}`)).status, 404);
    assert.equal((await owner.get(`/admin/audit/${hidden.sequence}`)).status, 200);
  });
});
