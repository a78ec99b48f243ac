import assert from "node:assert/strict";
import { type MailSim, type MailSimOptions, startMailSim } from "@/sim/mail/mod.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { until } from "@/tests/support/until.ts";
import type { OpenedServer } from "@/web/services/mail/outbox_parts.ts";
import { createMailingIsp, mailLog, outboxOf, partsOf, senderOf, startWorker } from "./outbox_isp.ts";

const LOGIN = { user: "isp", password: "good" };
const MAILS = ["juan@example.test", "ana@example.test", "ben@example.test"];

function serverOf(sim: MailSim, encryption: "starttls" | "tls"): OpenedServer {
  return {
    server: {
      host: sim.host,
      port: sim.port,
      encryption,
      login: { kind: "password", username: LOGIN.user, password: LOGIN.password },
      reach: "loopback",
      ports: [sim.port],
    },
    from: { name: "Ilaya Net", address: "bills@ilaya.test" },
    replyTo: null,
    hourlyMax: null,
    dailyMax: null,
  };
}

const KINDS: readonly ("starttls" | "tls")[] = ["starttls", "tls"];

for (const encryption of KINDS) {
  Deno.test(`${encryption}: mail goes encrypted to who is trusted, and to nobody else`, async (t) => {
    await using database = await createTestDatabase();
    const cases: [string, MailSimOptions["switches"], { isTrusted: boolean; problem: string | null }][] = [
      ["a trusted authority", {}, { isTrusted: true, problem: null }],
      ["an authority that nobody trusts", {}, { isTrusted: false, problem: "certificate" }],
      ["another name", { certificate: "wrong name" }, { isTrusted: true, problem: "certificate" }],
      ["expired", { certificate: "expired" }, { isTrusted: true, problem: "certificate" }],
    ];
    for (const [name, switches, { isTrusted, problem }] of cases) {
      await t.step(name, async () => {
        await using sim = await startMailSim({ encryption, login: LOGIN, switches: switches ?? {} });
        const isp = await createMailingIsp(database, MAILS);
        const session = isTrusted && sim.authority !== null ? { trustedCa: sim.authority } : {};
        const worker = startWorker(
          isp,
          partsOf((tenantId) => tenantId === isp.tenantId ? serverOf(sim, encryption) : null),
          { session: { openMs: 5_000, messageMs: 5_000, ...session } },
        );
        try {
          if (problem === null) {
            await until(async () => (await outboxOf(isp)).every(({ state }) => state === "sent"));
          } else await until(async () => (await senderOf(isp))?.problem === problem);
        } finally {
          await worker.stop();
        }
        const taken = sim.mailbox.list();
        assert.equal(taken.length, problem === null ? MAILS.length : 0);
        assert.ok(taken.every(({ isSecure, user }) => isSecure && user === LOGIN.user));
        if (problem === null) return;
        assert.equal(sim.counts.logins, 0, "no login goes to who is not trusted");
        assert.deepEqual((await mailLog(isp)).map(({ event }) => event), ["mail_stopped"]);
      });
    }
  });
}

Deno.test("STARTTLS that somebody took away stops the mail: neither login nor bill goes in clear", async () => {
  await using sim = await startMailSim({ login: LOGIN, switches: { noTls: true } });
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, MAILS);
  const worker = startWorker(isp, partsOf(() => serverOf(sim, "starttls")), {
    session: { openMs: 5_000, ...(sim.authority === null ? {} : { trustedCa: sim.authority }) },
  });
  try {
    await until(async () => (await senderOf(isp))?.problem === "no_starttls");
    assert.deepEqual([sim.counts.logins, sim.mailbox.taken], [0, 0]);
    await sim.turn({ noTls: false });
    isp.clock.advance({ minutes: 6 });
    await until(async () => (await outboxOf(isp)).every(({ state }) => state === "sent"));
  } finally {
    await worker.stop();
  }
  assert.ok(sim.mailbox.list().every(({ isSecure }) => isSecure));
});
