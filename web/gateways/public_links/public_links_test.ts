import assert from "node:assert/strict";
import { randomBytes } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { PublicLinks } from "./mod.ts";

const links = new PublicLinks({ secret: randomBytes(32), publicUrl: "https://isp.example" });
const bill = { id: uuidv7(1), link_generation: 0 };

Deno.test("the address of a bill is short, the same each time, and dead once it was taken back", async () => {
  const address = await links.billAddress(bill);
  assert.equal(await links.billAddress(bill), address);
  const token = /^https:\/\/isp\.example\/b\/([\w-]{32})$/.exec(address)?.[1] ?? "";
  assert.equal(links.billIdOf(token), bill.id);
  assert.equal(await links.isBillToken(token, bill), true);
  assert.equal(await links.isBillToken(token, { ...bill, link_generation: 1 }), false);
});

Deno.test("an address of a bill that was not signed here is none", async () => {
  const token = (await links.billAddress(bill)).split("/").at(-1) ?? "";
  const other = new PublicLinks({ secret: randomBytes(32), publicUrl: "https://isp.example" });
  assert.equal(await other.isBillToken(token, bill), false);
  const changed = token.slice(0, -1) + (token.endsWith("A") ? "E" : "A");
  assert.equal(await links.isBillToken(changed, bill), false);
  for (const odd of ["", "x", "../b", token + "AAAA", token.slice(4), "ñ".repeat(32)]) {
    assert.equal(links.billIdOf(odd), null, odd);
  }
});

Deno.test("the address of a subscriber's mails names both, and only where it was signed here", async () => {
  const [tenantId, subscriberId] = [uuidv7(2), uuidv7(3)];
  const token = (await links.mailAddress(tenantId, subscriberId)).split("/").at(-1) ?? "";
  assert.deepEqual(await links.readMailToken(token), { tenantId, subscriberId });
  assert.equal(await links.readMailToken((token[0] === "A" ? "B" : "A") + token.slice(1)), null);
  assert.equal(await links.readMailToken("x"), null);
});
