import assert from "node:assert/strict";
import { randomBytes } from "@/shared/crypto/mod.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { acceptStaffInvite } from "@/web/services/access/accept_invite.ts";
import { leaveCompany } from "@/web/services/access/disable_staff.ts";
import { inviteStaff } from "@/web/services/access/invite_staff.ts";
import { rotateKeys } from "@/web/services/secrets/rotate_keys.ts";
import { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import { CLIENT, createTestInstallation, PASSWORD } from "../access/_company.ts";
import { addApp, begin, codeOf, enter, withCode } from "../access/_factors.ts";

const OLD = { id: "k1", key: new Uint8Array(32).fill(5) };

Deno.test("the secret of an app opens with another master key, also at another company than the one it was sealed in", async () => {
  await using installation = await createTestInstallation();
  const { context, clock, database } = installation;
  const [first, second] = [
    await installation.addCompany("Ilaya Net"),
    await installation.addCompany("Other Net"),
  ];
  const ben = await enter(installation, first, "Ben Reyes", [first.roles.Cashier!]);
  const invite = assertOk(
    await inviteStaff(context, second.tenantId, second.owner, {
      email: ben.email,
      name: "Ben",
      roleIds: [second.roles.Cashier!],
    }),
  );
  assertOk(await acceptStaffInvite(context, { ...CLIENT, code: invite.code, name: "", password: PASSWORD }));
  const { secret } = await addApp(installation, first, ben);
  // Sealed in the company that they then leave: its rotation wraps the secret anew all the same.
  assertOk(await leaveCompany(context, first.tenantId, ben.actor));
  const both = new MasterKeys([{ id: "k2", key: randomBytes(32) }, OLD]);
  const rotation = await rotateKeys(database.db, both);
  assert.deepEqual(rotation.left, []);
  assert.equal(rotation.secrets, 1);
  context.masterKeys = both;
  clock.advance({ seconds: 30 });
  const opened = await withCode(
    installation,
    await begin(installation, ben.email),
    codeOf(secret, clock.now()),
  );
  assert.equal(assertOk(opened).tenantId, second.tenantId);
  const [row] = await second.run((trx) => trx.selectFrom("staff_totp").select("secret_sealed").execute());
  assert.match(row?.secret_sealed ?? "", /^v1\.k2\./);
  assert.ok(!row?.secret_sealed.includes(secret));
});

Deno.test("without its master key a code of an app is refused in words, and a recovery code still works", async () => {
  await using installation = await createTestInstallation();
  const { context, clock } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const ben = await enter(installation, company, "Ben Reyes", [company.roles.Cashier!]);
  const { secret, codes } = await addApp(installation, company, ben);
  context.masterKeys = new MasterKeys([{ id: "k9", key: randomBytes(32) }]);
  clock.advance({ seconds: 30 });
  const refused = await withCode(
    installation,
    await begin(installation, ben.email),
    codeOf(secret, clock.now()),
  );
  assert.equal(refused.ok === false && refused.code, "app_closed");
  assertOk(await withCode(installation, await begin(installation, ben.email), codes[0]!));
});
