import assert from "node:assert/strict";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import type { ReadMail, TakenMail } from "@/sim/mail/mod.ts";
import { until } from "@/tests/support/until.ts";
import { MAIL_LOGIN } from "../stack/mod.ts";
import type { Scene } from "./scene.ts";
import type { Step } from "./steps.ts";
import { readPdfText } from "./witness.ts";

/** Reads its mails. */
const READER = "reader@subscribers.test";
/** The mail server knows no such mailbox: its tag asks for that. */
const GONE = "gone+550@subscribers.test";
const SENDER = "billing@smoke.test";
/** A bill run queues many mails at once, and one process sends them in turn. */
const MAIL_MS = 60_000;

/** Before the first bill: the mail server is entered, and two subscribers leave an address. */
export function mailSetUpSteps(scene: Scene): Step[] {
  const { user } = scene;
  return [
    {
      name: "enter the mail server; its password is not shown again",
      run: async () => {
        const { mail } = scene.stack;
        await user.open("/admin/settings/mail");
        await user.submit({
          action: "/admin/settings/mail",
          fields: {
            preset: "own",
            host: mail.host,
            port: String(mail.port),
            encryption: mail.encryption,
            auth: "password",
            username: MAIL_LOGIN.user,
            password: MAIL_LOGIN.password,
            fromName: "Smoke Net",
            fromAddress: SENDER,
            replyTo: "",
            hourlyMax: "",
            dailyMax: "",
          },
        });
        await user.open("/admin/settings/mail");
        assert.doesNotMatch(user.html, new RegExp(RegExp.escape(MAIL_LOGIN.password)));
        const kept = await scene.sql("select host, password_sealed from mail_servers");
        assert.equal(kept["host"], mail.host);
        assert.ok(!kept["password_sealed"]?.includes(MAIL_LOGIN.password), "the password is kept in clear");
        return mail.address;
      },
    },
    {
      name: "two subscribers leave an e-mail address, one of which is gone",
      run: async () => {
        const people = await scene.rows(`select distinct s.id, s.account_number from subscribers s
          join subscriptions c on c.tenant_id = s.tenant_id and c.subscriber_id = s.id and c.status = 'active'
          order by s.account_number desc limit 2`);
        for (const [index, email] of [READER, GONE].entries()) {
          const id = people[index]?.["id"];
          await user.open(`/admin/subscribers/${id}/edit`);
          await user.submit({ action: /\/edit$/, fields: { email } });
          assert.equal(
            (await scene.sql("select email from subscribers where id = $1", [id]))["email"],
            email,
          );
        }
      },
    },
  ];
}

/** After the bills were issued and most were paid. */
export function mailSteps(scene: Scene): Step[] {
  const { user } = scene;
  return [
    {
      name: "a bill is mailed with its statement",
      run: async () => {
        const bill = await scene.sql(BILL_OF, [READER]);
        const { taken, read } = await mailTo(
          scene,
          READER,
          (mail) => mail.attachments.length > 0,
          "the bill",
        );
        assert.equal(taken.user, MAIL_LOGIN.user);
        assert.ok(taken.isSecure, "it went encrypted");
        assert.match(read.from, /Smoke Net.*billing@smoke\.test/);
        const amount = formatPeso(centavos(bill["total"] ?? ""));
        for (const [part, text] of [["page", read.html ?? ""], ["plain text", read.text]] as const) {
          assert.ok(text.includes(amount), `the ${part} says ${amount}`);
          assert.match(text, /https?:\/\/\S+\/b\/[\w-]+/, `the ${part} links to the bill`);
        }
        const [pdf] = read.attachments.filter(({ contentType }) => contentType === "application/pdf");
        assert.ok(pdf !== undefined, "a PDF is attached");
        const statement = await readPdfText(pdf.content);
        const says = [
          "Smoke Net",
          bill["name"],
          bill["account_number"],
          bill["number"],
          amount,
          "THIS DOCUMENT IS NOT VALID FOR CLAIM OF INPUT TAX",
        ];
        for (const words of says) assert.ok(statement.includes(words ?? "?"), `the statement says ${words}`);
        assert.doesNotMatch(statement, /invoice|official receipt/i);
        return `${bill["number"]}, ${amount}, PDF of ${Math.round(pdf.content.length / 1_000)} KB`;
      },
    },
    {
      name: "the confirmation of its payment arrives",
      run: async () => {
        const payment = await scene.sql(PAYMENT_OF, [READER]);
        const number = payment["number"] ?? "?";
        const isAboutIt = (mail: ReadMail) => mail.text.includes(number);
        const { read } = await mailTo(scene, READER, isAboutIt, `the confirmation of ${number}`);
        const amount = formatPeso(centavos(payment["amount"] ?? ""));
        assert.ok(read.text.includes(amount) && read.html?.includes(amount), `it says ${amount}`);
        const times = [...scene.stack.mail.mailbox.timesByMessageId.values()];
        assert.ok(times.every((count) => count === 1), "no mail came twice");
        return `${number}, ${amount}`;
      },
    },
    {
      name: "a mail that is refused is logged",
      run: async () => {
        const { id } = await scene.sql("select id from subscribers where email = $1", [GONE]);
        const isRefused = async () =>
          (await scene.sql(
            "select count(*) as n from mail_messages where subscriber_id = $1 and state = 'refused'",
            [id],
          ))["n"] !== "0";
        await until(isRefused, { timeoutMs: MAIL_MS, everyMs: 100, what: "the mail is refused" });
        await user.open("/admin/logs?source=mail");
        user.expect(/5\.1\.1/);
        await user.open(`/admin/subscribers/${id}`);
        user.expect(/Refused/);
        const taken = scene.stack.mail.mailbox.list().filter(({ rcptTo }) => rcptTo.includes(GONE));
        assert.equal(taken.length, 0);
      },
    },
  ];
}

const BILL_OF = `select b.number, b.total_centavos::text as total, s.name, s.account_number from bills b
  join subscribers s on s.tenant_id = b.tenant_id and s.id = b.subscriber_id
  where s.email = $1 and b.status = 'issued' order by b.number limit 1`;
const PAYMENT_OF = `select p.number, p.amount_centavos::text as amount from payments p
  join subscribers s on s.tenant_id = p.tenant_id and s.id = p.subscriber_id
  where s.email = $1 order by p.recorded_at limit 1`;

/** The first mail to an address that fits, read by a parser that is not ours. */
async function mailTo(
  { stack: { mail: { mailbox } } }: Scene,
  address: string,
  fits: (mail: ReadMail) => boolean,
  what: string,
): Promise<{ taken: TakenMail; read: ReadMail }> {
  let found: { taken: TakenMail; read: ReadMail } | undefined;
  const looked = new Set<number>();
  await until(async () => {
    for (const taken of mailbox.list()) {
      if (looked.has(taken.id) || !taken.rcptTo.includes(address)) continue;
      looked.add(taken.id);
      const read = await mailbox.read(taken);
      if (fits(read)) found ??= { taken, read };
    }
    return found !== undefined;
  }, { timeoutMs: MAIL_MS, everyMs: 100, what: `${what} reaches ${address}` });
  if (found === undefined) throw new Error(`Cannot read ${what}: it is gone`);
  return found;
}
