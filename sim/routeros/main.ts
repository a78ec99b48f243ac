import { parseArgs } from "node:util";
import { generateSecrets, startRouterOsSim } from "./mod.ts";

const USAGE = `sim:routeros: a RouterOS API on a TCP port
  --host 127.0.0.1   --port 8728        where to listen (a free port unless given)
  --version 6.49.10  --identity NAME    what the router says it is
  --secrets 300      --seed 1           how many PPPoE accounts, and which
  --user admin       --password admin   who may log in
  --redial 3000                         milliseconds before a kicked subscriber dials again
  --api-ssl          --ssh              these services too, each on a free port, with what a client has to pin`;

function numberOption(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new TypeError(`Cannot use --${name} ${text}: not a whole number`);
  }
  return value;
}

function readOptions(args: string[]) {
  const option = { type: "string" } as const;
  return parseArgs({
    args,
    options: {
      host: option,
      port: option,
      version: option,
      identity: option,
      serial: option,
      secrets: option,
      seed: option,
      user: option,
      password: option,
      redial: option,
      "api-ssl": { type: "boolean" },
      ssh: { type: "boolean" },
      help: { type: "boolean" },
    },
  }).values;
}

async function main(): Promise<void> {
  const values = readOptions(Deno.args);
  if (values.help === true) return console.log(USAGE);
  const seed = numberOption("seed", values.seed, 1);
  const sim = startRouterOsSim({
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.port === undefined ? {} : { port: numberOption("port", values.port, 0) }),
    ...(values.version === undefined ? {} : { version: values.version }),
    ...(values.serial === undefined ? {} : { serialNumber: values.serial }),
    identity: values.identity ?? "Simulated router",
    users: [{ name: values.user ?? "admin", password: values.password ?? "admin", group: "full" }],
    secrets: generateSecrets(numberOption("secrets", values.secrets, 300), seed),
    redialMs: numberOption("redial", values.redial, 3_000),
  });
  console.log(
    `RouterOS ${sim.world.version} "${sim.world.identity}" on ${sim.address}, ${sim.world.secrets.size} secrets`,
  );
  if (values["api-ssl"] === true) {
    const { port, fingerprint } = await sim.openTls();
    console.log(`api-ssl on ${sim.host}:${port}, certificate ${fingerprint}`);
  }
  if (values.ssh === true) {
    const { port, fingerprint } = await sim.openSsh();
    console.log(`ssh on ${sim.host}:${port}, host key SHA256:${fingerprint}`);
  }
  const stop = () => void sim.close().then(() => Deno.exit(0));
  Deno.addSignalListener("SIGINT", stop);
  Deno.addSignalListener("SIGTERM", stop);
}

if (import.meta.main) await main();
