import { parseArgs } from "node:util";
import { ADDRESS_FAULTS } from "./faults.ts";
import type { TakenMail } from "./mailbox.ts";
import { type MailSim, startMailSim } from "./server.ts";
import { type MailSwitches, parseSwitch, SWITCH_USAGE, SWITCH_WORDS } from "./switches.ts";

const USAGE = `sim:mail: a mail server that keeps what it is sent and delivers nothing
  --host 127.0.0.1   --port 2525            where to listen (a free port unless given)
  --hostname mail.isp.test                  what it calls itself, and what its certificate is good for
  --tls starttls                            or tls (encrypted from the first byte), or none
  --user NAME        --password SECRET      who may send (anybody unless given)
  --ca FILE                                 writes the certificate that a client has to trust
  --drip 11000                              milliseconds between the bytes of an answer that drips
  --certificate "wrong name"                or expired
  --daily-limit N                           550 5.4.5 after so many messages
${SWITCH_WORDS.map((word) => `  --${word}`).join("\n")}
While it runs, a line switches: ${SWITCH_USAGE}.`;

const ENCRYPTIONS = ["starttls", "tls", "none"] as const;

function readOptions(args: string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  return parseArgs({
    args,
    options: {
      host: text,
      port: text,
      hostname: text,
      tls: text,
      user: text,
      password: text,
      ca: text,
      drip: text,
      certificate: text,
      "daily-limit": text,
      ...Object.fromEntries(SWITCH_WORDS.map((word) => [word, flag] as const)),
      help: flag,
    },
  }).values as Record<string, string | boolean | undefined>;
}

function wholeNumber(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`Cannot use --${name} ${text}: not a whole number`);
  return Number(text);
}

/** What is wrong from the start, as the flags say. */
function switchesOf(values: ReturnType<typeof readOptions>): Partial<MailSwitches> {
  const lines = [
    ...SWITCH_WORDS.filter((word) => values[word] === true).map((word) => `${word} on`),
    ...(["certificate", "daily-limit"] as const).filter((name) => values[name] !== undefined)
      .map((name) => `${name} ${values[name]}`),
  ];
  return Object.assign({}, ...lines.map(parseSwitch));
}

async function start(values: ReturnType<typeof readOptions>): Promise<MailSim> {
  const text = (name: string) => values[name] as string | undefined;
  const encryption = ENCRYPTIONS.find((one) => one === (values["tls"] ?? "starttls"));
  if (encryption === undefined) {
    throw new TypeError(`Cannot use --tls ${values["tls"]}: it is none of ${ENCRYPTIONS.join(", ")}`);
  }
  const [user, password] = [text("user"), text("password")];
  if ((user === undefined) !== (password === undefined)) {
    throw new TypeError("Cannot use a login: --user and --password belong together");
  }
  const port = wholeNumber("port", text("port"), 0);
  if (port > 65_535) throw new TypeError(`Cannot use --port ${port}: the last one is 65535`);
  return await startMailSim({
    host: text("host") ?? "127.0.0.1",
    port,
    hostname: text("hostname") ?? "mail.isp.test",
    encryption,
    ...(user === undefined || password === undefined ? {} : { login: { user, password } }),
    dripMs: wholeNumber("drip", text("drip"), 11_000),
    switches: switchesOf(values),
  });
}

async function announce(sim: MailSim, values: ReturnType<typeof readOptions>): Promise<void> {
  const login = values["user"] === undefined ? "none" : `${values["user"]} / ${values["password"]}`;
  console.log(`Mail server on ${sim.address} (${sim.encryption}), login ${login}`);
  if (typeof values["ca"] === "string" && sim.authority !== null) {
    await Deno.writeTextFile(values["ca"], sim.authority);
    console.log(`Its certificate is good for ${sim.hostname}, signed by ${values["ca"]}`);
  }
  console.log("Addresses that bring a fault, also as a tag (juan+451@isp.test):");
  for (const { name, text } of ADDRESS_FAULTS) console.log(`  ${`${name}@`.padEnd(17)} ${text}`);
}

async function tell(sim: MailSim, mail: TakenMail): Promise<void> {
  const { subject } = await sim.mailbox.head(mail);
  const what = [
    `${mail.id}`,
    mail.rcptTo.join(", "),
    JSON.stringify(subject),
    `${mail.raw.length} bytes`,
    mail.isSecure ? "encrypted" : "in clear",
    ...(mail.isAnswered ? [] : ["no answer"]),
  ];
  console.log(`mail ${what.join("  ")}`);
}

/** Turns switches as they are typed, until the input ends. */
async function listenToLines(sim: MailSim): Promise<void> {
  let rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.filter((one) => one.trim() !== "")) {
      try {
        await sim.turn(parseSwitch(line));
        console.log(`ok ${line.trim()}`);
      } catch (error) {
        console.log(error instanceof Error ? error.message : String(error));
      }
    }
  }
}

async function main(): Promise<void> {
  const values = readOptions(Deno.args);
  if (values["help"] === true) return console.log(USAGE);
  const sim = await start(values);
  await announce(sim, values);
  sim.mailbox.listen((mail) => void tell(sim, mail));
  const stop = () => void sim.close().then(() => Deno.exit(0));
  Deno.addSignalListener("SIGINT", stop);
  Deno.addSignalListener("SIGTERM", stop);
  await listenToLines(sim);
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
