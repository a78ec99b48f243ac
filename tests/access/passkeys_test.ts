import assert from "node:assert/strict";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { type SoftFaults, SoftPasskey, type SoftPlace } from "@/tests/support/soft_passkey.ts";
import { addPasskey, askNewPasskey } from "@/web/services/access/factors/passkey_factor.ts";
import {
  askPasskeyAlone,
  askSecondPasskey,
  finishSecond,
  signInByPasskey,
} from "@/web/services/access/factors/second_step.ts";
import { stepOfSession } from "@/web/services/access/factors/steps.ts";
import { askToConfirm, verifyFactor } from "@/web/services/access/factors/verify_factor.ts";
import { disableStaff } from "@/web/services/access/disable_staff.ts";
import { resolveSession } from "@/web/services/access/session.ts";
import { CLIENT, createTestInstallation, type Installation } from "./_company.ts";
import { addSoftPasskey, begin, type Enrolled, enter, PLACE, withPasskey } from "./_factors.ts";

async function createEnrolled(installation: Installation) {
  const company = await installation.addCompany("Ilaya Net");
  const ben = await enter(installation, company, "Ben Reyes", [company.roles.Cashier!]);
  return { company, ben };
}

/** Signs in by a passkey alone, with an answer that is made of what was asked. */
async function alone(
  { context }: Installation,
  answer: (options: unknown) => string,
  place: SoftPlace = PLACE,
) {
  const asked = await askPasskeyAlone(context, PLACE, CLIENT.ip);
  assert.ok(asked !== null);
  const given = { ...CLIENT, token: asked.second.token, passkey: answer(asked.options), place };
  return await signInByPasskey(context, given);
}

Deno.test("a passkey is the second factor after the password, and signs in by itself", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const { ben } = await createEnrolled(installation);
  const { passkey, codes } = await addSoftPasskey(installation, ben);
  assert.equal(codes.length, 10);
  const second = assertOk(await withPasskey(installation, await begin(installation, ben.email), passkey));
  assert.equal(second.kind, "passkey");
  const { token } = assertOk(await alone(installation, (options) => passkey.answer(options, PLACE)));
  assert.equal((await resolveSession(context, token))?.email, ben.email);
});

const WRONG: Readonly<Record<string, { place?: SoftPlace; faults?: SoftFaults }>> = {
  "for another page": { place: { ...PLACE, origin: "https://isp.example.evil.example" } },
  "for another port": { place: { ...PLACE, origin: "https://isp.example:8443" } },
  "for another host": { place: { origin: PLACE.origin, rpId: "evil.example" } },
  "without the person being verified": { faults: { unverified: true } },
  "of a copy that is behind": { faults: { counter: 1 } },
  "for another question": { faults: { challenge: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" } },
  "of another kind": { faults: { type: "webauthn.create" } },
  "in another person's name": { faults: { userHandle: "AAAAAAAAAAAAAAAAAAAAAA" } },
};

for (const [what, { place = PLACE, faults = {} }] of Object.entries(WRONG)) {
  Deno.test(`an answer ${what} signs nobody in, by itself or after the password`, async () => {
    await using installation = await createTestInstallation();
    const { context } = installation;
    const { ben } = await createEnrolled(installation);
    const { passkey } = await addSoftPasskey(installation, ben);
    for (let i = 0; i < 2; i++) {
      assertOk(await alone(installation, (options) => passkey.answer(options, PLACE)));
    }
    assertRefused(
      await alone(installation, (options) => passkey.answer(options, place, faults)),
      "passkey_refused",
    );
    const token = await begin(installation, ben.email);
    const options = await askSecondPasskey(context, token, PLACE);
    const given = {
      ...CLIENT,
      token,
      code: "",
      passkey: passkey.answer(options, place, faults),
      place: PLACE,
    };
    assertRefused(await finishSecond(context, given), "passkey_refused");
  });
}

Deno.test("a changed signature, junk and the answer of a stranger's passkey sign nobody in", async () => {
  await using installation = await createTestInstallation();
  const { ben } = await createEnrolled(installation);
  const { passkey } = await addSoftPasskey(installation, ben);
  const stranger = new SoftPasskey();
  stranger.userHandle = passkey.userHandle;
  const tampered = (options: unknown) => {
    const answer = JSON.parse(passkey.answer(options, PLACE));
    const data = answer.response.authenticatorData as string;
    answer.response.authenticatorData = data.slice(0, -2) + (data.endsWith("AA") ? "AQ" : "AA");
    return JSON.stringify(answer);
  };
  const asOther = (options: unknown) =>
    JSON.stringify({ ...JSON.parse(stranger.answer(options, PLACE)), id: passkey.id, rawId: passkey.id });
  const junk = ["", "{}", "null", "[]", '{"id":1}', "{".repeat(30_000)].map((text) => () => text);
  for (const answer of [tampered, asOther, (o: unknown) => stranger.answer(o, PLACE), ...junk]) {
    assertRefused(await alone(installation, answer), "passkey_refused");
  }
});

Deno.test("a question is answered once, also by two at the same time, for five minutes, and in its own browser", async () => {
  await using installation = await createTestInstallation();
  const { context, clock } = installation;
  const { ben } = await createEnrolled(installation);
  const { passkey } = await addSoftPasskey(installation, ben);
  const asked = await askPasskeyAlone(context, PLACE, CLIENT.ip);
  const signed = passkey.answer(asked?.options, PLACE);
  const given = { ...CLIENT, token: asked!.second.token, passkey: signed, place: PLACE };
  const both = await Promise.all([signInByPasskey(context, given), signInByPasskey(context, given)]);
  assert.deepEqual(both.map(({ ok }) => ok).sort(), [false, true]);
  assertRefused(await signInByPasskey(context, given), "passkey_refused");
  const other = await askPasskeyAlone(context, PLACE, CLIENT.ip);
  const stolen = passkey.answer(other?.options, PLACE);
  const mine = await askPasskeyAlone(context, PLACE, CLIENT.ip);
  const elsewhere = { ...CLIENT, token: mine!.second.token, passkey: stolen, place: PLACE };
  assertRefused(await signInByPasskey(context, elsewhere), "passkey_refused");
  const late = await askPasskeyAlone(context, PLACE, CLIENT.ip);
  const answer = passkey.answer(late?.options, PLACE);
  clock.advance({ minutes: 5 });
  const overdue = { ...CLIENT, token: late!.second.token, passkey: answer, place: PLACE };
  assertRefused(await signInByPasskey(context, overdue), "passkey_refused");
});

Deno.test("another person's passkey is not the second factor of whoever typed a password", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const { company, ben } = await createEnrolled(installation);
  const eva = await enter(installation, company, "Eva Cruz", [company.roles.Cashier!]);
  await addSoftPasskey(installation, ben);
  const { passkey: hers } = await addSoftPasskey(installation, eva);
  const token = await begin(installation, ben.email);
  for (const userHandle of [undefined, null]) {
    const options = await askSecondPasskey(context, token, PLACE);
    const signed = hers.answer(options, PLACE, userHandle === undefined ? {} : { userHandle });
    const given = { ...CLIENT, token, code: "", passkey: signed, place: PLACE };
    assertRefused(await finishSecond(context, given), "passkey_refused");
  }
});

Deno.test("a passkey is added once, in the session that asked for it, and never for two people", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const { company, ben } = await createEnrolled(installation);
  const eva = await enter(installation, company, "Eva Cruz", [company.roles.Cashier!]);
  const { passkey } = await addSoftPasskey(installation, ben);
  const add = async (who: Enrolled, place: SoftPlace = PLACE) => {
    const answer = passkey.register(await askNewPasskey(context, who.person, PLACE), place);
    return await addPasskey(context, who.actor, who.person, { name: "Again", answer, place: PLACE });
  };
  assertRefused(await add(ben), "passkey_there_already");
  assertRefused(await add(eva), "passkey_there_already");
  assertRefused(await add(eva, { ...PLACE, origin: "https://evil.example" }), "passkey_refused");
  const options = await askNewPasskey(context, ben.person, PLACE) as { excludeCredentials: { id: string }[] };
  assert.deepEqual(
    options.excludeCredentials.map(({ id }) => id),
    [passkey.id],
    "the browser will not offer it",
  );
  const answer = new SoftPasskey().register(options, PLACE);
  const given = { name: "Hers", answer, place: PLACE };
  assertRefused(await addPasskey(context, eva.actor, eva.person, given), "passkey_refused");
});

Deno.test("the passkey of somebody who was disabled signs nobody in", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const { company, ben } = await createEnrolled(installation);
  const { passkey } = await addSoftPasskey(installation, ben);
  const { staffUserId } = ben.actor;
  assertOk(await disableStaff(context, company.tenantId, company.owner, { staffUserId }));
  assertRefused(await alone(installation, (options) => passkey.answer(options, PLACE)), "passkey_refused");
});

Deno.test("a passkey confirms within a session, for that session and once", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const { ben } = await createEnrolled(installation);
  const { passkey } = await addSoftPasskey(installation, ben);
  const { tenantId, staffUserId, sessionId, email } = ben.person;
  const owner = { tenantId, staffUserId, email, browser: null, ip: CLIENT.ip, requestId: "" };
  const question = await askToConfirm(context, ben.person, PLACE);
  const signed = passkey.answer(question?.options, PLACE);
  const step = await stepOfSession(sessionId, "confirm");
  const proof = { passkey: signed, step, place: PLACE };
  assertOk(await verifyFactor(context, owner, proof));
  assertRefused(await verifyFactor(context, owner, proof), "passkey_refused");
});
