import assert from "node:assert/strict";
import { join } from "node:path";
import { coded } from "@/shared/codes/mod.ts";
import { generateSigningKey, type SigningKeyPair } from "@/shared/crypto/mod.ts";
import { silentLogger } from "@/shared/log.ts";
import { createIsp, type Isp } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { readAuditHead } from "@/tools/doctor/examine_audit.ts";
import { report } from "@/tools/doctor/main.ts";
import { installJobs } from "@/web/jobs/install_jobs.ts";
import { recordAudit } from "@/web/services/audit.ts";
import { headFile } from "@/web/services/audit_head.ts";
import { checkAudit } from "@/web/services/check_audit.ts";
import { SCHEDULER } from "@/web/services/context.ts";
import { findLastAuditHead } from "@/web/store/access/audit_heads.ts";
import { asSuperuser } from "./as_superuser.ts";

Deno.test("the doctor finds a log that was cut off together with its signed ends, by the file that somebody kept", async () => {
  await using database = await createTestDatabase();
  await installJobs(database.ownerUrl, silentLogger);
  const isp = await createIsp(database, { subscribers: 1 });
  const signing = await generateSigningKey();
  const context = { ...isp.context, signing };
  for (let i = 0; i < 5; i++) await note(isp);
  await checkAudit(context, isp.tenantId);
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "head.json");
    await Deno.writeTextFile(path, JSON.stringify(await fileOf(isp)));
    const ask = async (keys: SigningKeyPair = signing) => {
      const lines: string[] = [];
      const auditHead = await readAuditHead(path);
      const patient = { context: { ...context, signing: keys }, dataDir: null, auditHead };
      const code = await report(patient, (line) => lines.push(line));
      return { code, text: lines.join("\n") };
    };
    const well = await ask();
    assert.equal(well.code, 0, well.text);
    assert.match(well.text, /ok +Ilaya Net: the audit log's chain is whole \(5 entries\)/);
    assert.match(well.text, /ok +Ilaya Net: the audit log holds entry 5 of 2026-01-01 as the file says/);
    // Another key than the one that has signed vouches for nothing, and is told.
    assert.match((await ask(await generateSigningKey())).text, /look +Ilaya Net: 1 signed end .*another key/);

    await asSuperuser(database, "delete from audit_entries where sequence > 3");
    const cut = await ask();
    assert.equal(cut.code, 1);
    assert.match(cut.text, /BROKEN +Ilaya Net: the audit log's chain is broken at entry 4\n.*missing/);
    await asSuperuser(database, "delete from audit_heads");
    const whole = await ask();
    assert.match(whole.text, /ok +Ilaya Net: the audit log's chain is whole \(3 entries\)/);
    assert.match(whole.text, /BROKEN +Ilaya Net: the audit log no longer holds entry 5 of 2026-01-01/);
    assert.equal(whole.code, 1);

    const file = JSON.parse(await Deno.readTextFile(path));
    await Deno.writeTextFile(path, JSON.stringify({ ...file, entry: "3" }));
    assert.match((await ask()).text, /BROKEN +Ilaya Net: the file of 2026-01-01 is not what was signed/);
    await Deno.writeTextFile(path, JSON.stringify({ ...file, company_id: crypto.randomUUID() }));
    assert.match((await ask()).text, /BROKEN +The file of the audit log is of Ilaya Net, which is not here/);
    await Deno.writeTextFile(path, "{}");
    await assert.rejects(ask(), /it is no signed end of an audit log/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("OpenSSL finds the signature of a kept file right, as the file says, and of a changed statement wrong", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await note(isp);
  await checkAudit({ ...isp.context, signing: await generateSigningKey() }, isp.tenantId);
  const file = await fileOf(isp) as Record<"statement" | "signature" | "public_key_pem", string>;
  const folder = await Deno.makeTempDir();
  try {
    const [statement, signature, key] = ["s", "g", "k"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await Deno.writeTextFile(statement, file.statement);
    await Deno.writeFile(signature, Uint8Array.fromBase64(file.signature));
    await Deno.writeTextFile(key, file.public_key_pem);
    const args = [
      "pkeyutl",
      "-verify",
      "-rawin",
      "-in",
      statement,
      "-sigfile",
      signature,
      "-pubin",
      "-inkey",
      key,
    ];
    const verified = async () => (await new Deno.Command("openssl", { args }).output()).success;
    assert.ok(await verified());
    await Deno.writeTextFile(statement, file.statement.replace("entry 1", "entry 2"));
    assert.ok(!await verified());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function fileOf(isp: Isp): Promise<Record<string, unknown>> {
  const head = await isp.run((trx) => findLastAuditHead(trx));
  assert.ok(head !== null);
  return headFile({ id: isp.tenantId, name: "Ilaya Net" }, head);
}

function note(isp: Isp): Promise<void> {
  return isp.run((trx) =>
    recordAudit(trx, SCHEDULER, {
      action: "books.check_asked",
      subjectKind: "books",
      subjectId: isp.tenantId,
      summary: coded("audit_book_check_asked"),
      at: isp.clock.now(),
      businessOn: Temporal.PlainDate.from("2026-01-01"),
    })
  );
}
