import assert from "node:assert/strict";
import { randomBytes } from "@/shared/crypto/mod.ts";
import { createLogger } from "@/shared/log.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { withScene } from "@/tests/support/scene.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { report } from "@/tools/doctor/main.ts";
import { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { saveMail } from "@/web/services/settings/save_mail.ts";
import { listAuditEntries } from "@/web/store/access/audit.ts";
import { sql } from "kysely";

const SECRETS = ["canary-password-1", "canary-client-2", "canary-refresh-3"];

Deno.test("secrets of the mail server are in no log, page, audit entry, system log, doctor's line or row as text", async () => {
  await withScene("2026-01-10T10:00", async ({ isp }) => {
    const lines: string[] = [];
    const log = createLogger((line) => lines.push(line), () => isp.clock.now());
    const masterKeys = new MasterKeys([{ id: "k1", key: randomBytes(32) }]);
    // What tries the server throws with its login in hand, as a library might.
    const trySmtp: NonNullable<ServiceContext["trySmtp"]> = (server) =>
      Promise.reject(Object.assign(new Error("Cannot connect: broken"), { login: server.login }));
    const context: ServiceContext = { ...isp.context, log, masterKeys, trySmtp };
    const app = await createWebApp(context);
    const owner = await app.signIn(isp.tenantId, "Owner");
    const fields = {
      revision: "0",
      preset: "own",
      host: "mail.isp.example",
      port: "587",
      encryption: "starttls",
      auth: "oauth2",
      username: "billing@isp.example",
      password: SECRETS[0]!,
      clientId: "client",
      clientSecret: SECRETS[1]!,
      refreshToken: SECRETS[2]!,
      tokenUrl: "https://tokens.isp.example/token",
      fromName: "Ilaya Net",
      fromAddress: "billing@isp.example",
      replyTo: "",
      hourlyMax: "",
      dailyMax: "",
      testTo: "ana@isp.example",
    };
    const said: string[] = [];
    const failed = await owner.post("/admin/settings/mail", { ...fields, intent: "preview" });
    assert.equal(failed.status, 500);
    const refused = await owner.post("/admin/settings/mail", { ...fields, host: "no host" });
    assert.equal(refused.status, 422);
    const saved = await owner.post("/admin/settings/mail", fields);
    assert.equal(saved.location, "/admin/settings/mail?done=mail_saved");
    for (const answer of [failed, refused, saved]) said.push(answer.html);
    for (const page of ["/admin/settings/mail", "/admin/settings/mail?preset=gmail", "/admin"]) {
      said.push((await owner.get(page)).html);
    }
    assertOk(
      await saveMail(context, isp.tenantId, isp.actor, {
        revision: 1,
        preset: "own",
        host: "mail.isp.example",
        port: 587,
        encryption: "starttls",
        auth: "password",
        username: "billing@isp.example",
        password: SECRETS[0]!,
        clientId: null,
        clientSecret: null,
        refreshToken: null,
        tokenUrl: null,
        removeLogin: false,
        fromName: "Ilaya Net",
        fromAddress: "billing@isp.example",
        replyTo: null,
        hourlyMax: null,
        dailyMax: null,
      }),
    );
    await report({ context, dataDir: null }, (line) => said.push(line));
    const audit = await isp.run((trx) => listAuditEntries(trx, { after: 0n, limit: 1000 }));
    const rows = await isp.run(async (trx) => {
      const tables = ["mail_servers", "tenant_keys", "system_log", "tenants"];
      return await Promise.all(
        tables.map(async (table) =>
          (await sql`select to_jsonb(t)::text as text from ${sql.table(table)} t`.execute(trx)).rows
        ),
      );
    });
    const everything = [...said, ...lines, toText(audit), toText(rows)].join("\n");
    assert.match(everything, /mail\.isp\.example/);
    for (const secret of SECRETS) {
      const forms = [
        secret,
        btoa(secret),
        encodeURIComponent(secret),
        new TextEncoder().encode(secret).toHex(),
      ];
      for (const form of forms) assert.ok(!everything.includes(form), form);
    }
  });
});

function toText(value: unknown): string {
  return JSON.stringify(value, (_key, item) => typeof item === "bigint" ? item.toString() : item);
}
