import assert from "node:assert/strict";
import { type Scene, withScene } from "@/tests/support/scene.ts";
import { PERMISSIONS } from "@/web/domain/access/mod.ts";
import { NO_APPROVAL } from "@/web/domain/approvals/mod.ts";
import { savePolicyRow } from "@/web/store/approvals/policies.ts";

const FILE = "/admin/bills.csv?status=grace";

/** A role that may do everything but decide, where every export needs an approval. */
async function clerkOf({ isp, app }: Scene) {
  await isp.run((trx) => savePolicyRow(trx, "full_export", { ...NO_APPROVAL, mode: "always" }));
  return await app.signIn(isp.tenantId, PERMISSIONS.filter((one) => one !== "approval:decide"));
}

type Clerk = Awaited<ReturnType<typeof clerkOf>>;

/** Asks for a file from the page that it leads to; answers the page of the request. */
async function askFor(clerk: Clerk, file = FILE): Promise<string> {
  const { location } = await clerk.get(file);
  const { html } = await clerk.get(location);
  const what = /name="what" value="([^"]*)"/.exec(html)?.[1] ?? "";
  const sent = await clerk.post("/admin/approvals/export", { what, reason: "For the accountant" });
  assert.match(sent.location, /^\/admin\/approvals\/[0-9a-f-]{36}\?done=asked/);
  return sent.location.split("?")[0] ?? "";
}

async function decide({ owner }: Scene, request: string, decision: "approve" | "decline") {
  const { html } = await owner.get(request);
  const seen = /name="seen" value="([^"]*)"/.exec(html)?.[1] ?? "";
  return await owner.post(request, { decision, revision: "1", seen, note: "Looked at" });
}

/** Files that went out, by the audit log. */
async function fetched({ isp }: Scene) {
  return await isp.run((trx) =>
    trx.selectFrom("audit_entries").select(["actor", "details"]).where("tenant_id", "=", isp.tenantId)
      .where("action", "in", ["export.file", "export.statements"]).orderBy("sequence").execute()
  );
}

Deno.test("full-export-01: a file of many people is refused, leads to a page that says list, filter and count, and goes out to its asker alone once approved", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp, app, owner } = scene;
    const clerk = await clerkOf(scene);
    const refused = await clerk.get(FILE);
    assert.equal(refused.status, 303);
    assert.match(refused.location, /^\/admin\/approvals\/export\?what=/);
    const page = await clerk.get(refused.location);
    assert.match(page.text, /Ask for approval of this export/);
    assert.match(page.text, /Bills: [A-Z]\w+\. \d+ rows now/);
    assert.match(page.text, /This needs approval by /);
    const request = await askFor(clerk);
    assert.equal((await clerk.get(FILE)).status, 303, "to ask gives nothing out");
    assert.deepEqual(await fetched(scene), []);
    assert.doesNotMatch((await clerk.get(request)).text, /Fetch the file/);
    assert.match((await decide(scene, request, "approve")).location, /done=approved/);
    assert.match((await clerk.get(request)).text, /Fetch the file/);
    assert.doesNotMatch((await owner.get(request)).text, /Fetch the file/, "it is not theirs");
    const file = await clerk.get(FILE);
    assert.equal(file.status, 200);
    assert.match(file.html, /^\ufeff?"/);
    const entries = await fetched(scene);
    assert.equal(entries.length, 1);
    assert.equal(
      (entries[0]?.details as { request_id?: string }).request_id,
      request.split("/").at(-1),
      "the log says which approval let it out",
    );
    assert.equal((await clerk.get("/admin/bills.csv")).status, 303, "another filter is another export");
    assert.equal((await clerk.get("/admin/payments.csv")).status, 303);
    const other = await app.signIn(isp.tenantId, PERMISSIONS.filter((one) => one !== "approval:decide"));
    assert.equal((await other.get(FILE)).status, 303, "nobody else fetches it");
    isp.clock.advance({ hours: 24, minutes: 1 });
    const again = await app.signIn(isp.tenantId, PERMISSIONS.filter((one) => one !== "approval:decide"));
    assert.equal((await again.get(FILE)).status, 303);
  });
});

Deno.test("full-export-02: declined, nothing goes out; ticked rows and statements of many do not slip past", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const clerk = await clerkOf(scene);
    const request = await askFor(clerk);
    assert.match((await decide(scene, request, "decline")).location, /done=declined/);
    assert.equal((await clerk.get(FILE)).status, 303);
    const [bill] = await scene.isp.run((trx) =>
      trx.selectFrom("bills").select("id").where("tenant_id", "=", scene.isp.tenantId).limit(1).execute()
    );
    for (const path of ["/admin/bills.csv", "/admin/bills.pdf"]) {
      const ticked = await clerk.post(path, { id: bill?.id ?? "", back: "/admin/bills" });
      assert.equal(ticked.status, 403, path);
      const all = await clerk.post(path, { all: "yes", filter: "status=grace", back: "/admin/bills" });
      assert.equal(all.status, 303, path);
      assert.match(all.location, /^\/admin\/approvals\/export\?what=/);
      assert.match((await clerk.get(path)).location, /^\/admin\/approvals\/export\?what=/);
    }
    assert.deepEqual(await fetched(scene), []);
    assert.equal((await clerk.get("/admin/plans.csv")).status, 200, "a list without people asks nobody");
  });
});

Deno.test("full-export-03: whoever may decide takes it out, and a form made by hand or of somebody else asks for nothing", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp, app, owner } = scene;
    const clerk = await clerkOf(scene);
    assert.equal((await owner.get(FILE)).status, 200);
    const { location } = await clerk.get(FILE);
    const other = await app.signIn(isp.tenantId, ["bill:read", "approval:read"]);
    assert.equal((await other.get(location)).location, "/admin", "it was made for somebody else");
    assert.equal((await clerk.get("/admin/approvals/export?what=abc")).location, "/admin");
    const what = new URL(location, "http://own.invalid").searchParams.get("what") ?? "";
    const both = await Promise.all(
      [1, 2].map(() => clerk.post("/admin/approvals/export", { what, reason: "Twice" })),
    );
    assert.deepEqual(both.map(({ status }) => status).sort(), [303, 422], "sent twice it is asked for once");
  });
});

Deno.test("full-export-04: an export whose asker may not open the list any more is not possible", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp } = scene;
    const clerk = await clerkOf(scene);
    const request = await askFor(clerk);
    const page = await scene.owner.get(request);
    assert.match(page.text, /leave Linya with the file/);
    await isp.run((trx) =>
      trx.deleteFrom("role_permissions").where("tenant_id", "=", isp.tenantId).where(
        "permission",
        "=",
        "bill:read",
      )
        .where(
          "role_id",
          "in",
          (query) =>
            query.selectFrom("roles").select("id").where("tenant_id", "=", isp.tenantId).where(
              "name",
              "like",
              "Own %",
            ),
        )
        .execute()
    );
    assert.match((await scene.owner.get(request)).text, /may not open this list any more/);
  });
});
