import assert from "node:assert/strict";
import type { Logger } from "@/shared/log.ts";
import { silentLogger } from "@/shared/log.ts";
import { assertSoundPdf, pageCount, pdfText } from "@/tests/support/pdf.ts";
import { playedIsp } from "@/tests/support/played.ts";
import { StatementPress } from "@/web/gateways/pdf/mod.ts";
import { PublicLinks } from "@/web/gateways/public_links/mod.ts";
import { printStatements } from "@/web/services/statements/print_statements.ts";
import { listBills } from "@/web/store/billing/bills_page.ts";

Deno.test("a bill whose statement cannot be made stops no other, and is named in the file and the log", async () => {
  await using past = await playedIsp({ subscribers: 60 }, "2026-02-02T10:00");
  const { isp } = past;
  const odd = await isp.run((trx) =>
    trx.selectFrom("bills").select(["id", "number"]).where("tenant_id", "=", isp.tenantId).orderBy("number")
      .executeTakeFirstOrThrow()
  );
  class OddLinks extends PublicLinks {
    override billAddress(bill: { id: string; link_generation: number }): Promise<string> {
      if (bill.id === odd.id) throw new RangeError("Cannot say the address");
      return super.billAddress(bill);
    }
  }
  const logged: string[] = [];
  const log: Logger = { ...silentLogger, error: (event) => logged.push(event) };
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const printed = printStatements({
    press: new StatementPress(),
    links: new OddLinks({ secret: new Uint8Array(32), publicUrl: "https://isp.example" }),
  }, {
    read: isp.run,
    list: (trx, request) => listBills(trx, {}, request),
    count: () => Promise.resolve(60),
    locale: "en",
    title: "Statement of Account",
    log,
  });
  for await (const part of printed) parts.push(part);
  const file = new Uint8Array(await new Blob(parts).arrayBuffer());
  await assertSoundPdf(file);
  assert.equal(parts.length, 2, "fifty bills a part");
  assert.equal(pageCount(file), 60, "59 statements and the page that names the odd one");
  const text = await pdfText(file);
  if (text !== null) assert.ok(text.split("Not in this file")[1]?.includes(odd.number!));
  assert.deepEqual(logged, ["statement_not_made"]);
  assert.match(new TextDecoder("latin1").decode(parts[0]), /%printed 50 of 60\n$/);
});
