import assert from "node:assert/strict";
import { mikrotikWith } from "@/agent/routers/mikrotik_port.ts";
import { LOOP_TIMING } from "@/agent/routers/reconcile/loop_timing.ts";
import { withLoop } from "@/agent/routers/reconcile/loop_test_support.ts";
import { agentMessage, formatFrame, MAX_NAME_LENGTH, parseFrame } from "@/shared/protocol/mod.ts";
import { encodeSentence, SentenceDecoder } from "@/shared/routeros/mod.ts";
import { codePageText, generateSecrets, type RouterOsSim } from "@/sim/routeros/mod.ts";
import { until } from "@/tests/support/until.ts";
import { secret, withRouter, withSim } from "./support.ts";

/** The same word twice: in UTF-8, and as WinBox on Windows wrote it. */
const UTF8 = "niño";
const CODE_PAGE = codePageText("niño");
const UTF8_HEX = "6e69c3b16f";
const CODE_PAGE_HEX = "6e69f16f";

const hexOf = (text: string) => new TextEncoder().encode(text).toHex();

/** What a client that knows nothing of texts reads: the words of each row in hex. */
async function rawRows(sim: RouterOsSim, menu: string, proplist: string): Promise<string[][]> {
  const conn = await Deno.connect({ hostname: sim.host, port: sim.port });
  await conn.write(encodeSentence(["/login", "=name=admin", "=password=admin"]));
  await conn.write(encodeSentence([`${menu}/print`, `=.proplist=${proplist}`, ".tag=raw"]));
  const bytes: number[] = [];
  // The end of the print: "!done" with our tag.
  const end = encodeSentence(["!done", ".tag=raw"]).toHex();
  for await (const chunk of conn.readable) {
    bytes.push(...chunk);
    if (Uint8Array.from(bytes).toHex().endsWith(end)) break;
  }
  return sentencesOf(bytes).filter(([word]) => word === hexOf("!re"))
    .map((words) => words.slice(1).filter((word) => word !== hexOf(".tag=raw")));
}

/** Words by their length bytes alone; all of these are shorter than 128. */
function sentencesOf(bytes: readonly number[]): string[][] {
  const sentences: string[][] = [];
  let words: string[] = [];
  for (let i = 0; i < bytes.length;) {
    const length = bytes[i++] ?? 0;
    if (length === 0) {
      sentences.push(words);
      words = [];
    } else words.push(Uint8Array.from(bytes.slice(i, i += length)).toHex());
  }
  return sentences;
}

/** The router's accounts as `name in hex: disabled`. */
async function states(sim: RouterOsSim): Promise<Record<string, string>> {
  const rows = await rawRows(sim, "/ppp/secret", "name,disabled");
  return Object.fromEntries(rows.map(([name = "", disabled = ""]) => [
    name.slice(hexOf("=name=").length),
    new TextDecoder().decode(Uint8Array.fromHex(disabled)).slice("=disabled=".length),
  ]));
}

const twins = (values = {}) => [secret(UTF8, values), secret(CODE_PAGE, values)];

Deno.test("two names that read alike are two accounts, each cut and restored by itself", async () => {
  await withRouter({ secrets: twins({ dialing: false }) }, async (router, sim) => {
    assert.deepEqual((await router.listSecrets()).map(({ name }) => name), [UTF8, CODE_PAGE]);
    for (
      const [name, hex, other] of [[UTF8, UTF8_HEX, CODE_PAGE_HEX], [CODE_PAGE, CODE_PAGE_HEX, UTF8_HEX]]
    ) {
      assert.deepEqual(await router.setDisabled([name!], true), {
        changed: [name],
        unchanged: [],
        missing: [],
      });
      assert.deepEqual(await states(sim), { [hex!]: "true", [other!]: "false" });
      assert.deepEqual((await router.setDisabled([name!], false)).changed, [name]);
      assert.deepEqual(await states(sim), { [hex!]: "false", [other!]: "false" });
    }
    assert.equal(await router.setProfile(CODE_PAGE, "expired"), "changed");
    const profiles = (await router.listSecrets()).map(({ profile }) => profile);
    assert.deepEqual(profiles, ["fiber-25", "expired"]);
  });
});

Deno.test("sessions of two names that read alike are ended apart", async () => {
  await withRouter({ secrets: twins(), redialMs: 60_000 }, async (router, sim) => {
    await router.setDisabled([CODE_PAGE], true);
    assert.deepEqual(await router.kick([CODE_PAGE]), { kicked: 1 });
    assert.deepEqual(await rawRows(sim, "/ppp/active", "name"), [[hexOf("=name=") + UTF8_HEX]]);
    assert.deepEqual(await router.findSessions([UTF8, CODE_PAGE]), [UTF8]);
  });
});

Deno.test("the loop brings each of two names that read alike to its own state, and reports each", async () => {
  const secrets = [secret(UTF8, { disabled: true }), secret(CODE_PAGE)];
  await withSim({ secrets, redialMs: 60_000 }, async (sim) => {
    await withLoop({
      wanted: { [UTF8]: false, [CODE_PAGE]: true },
      address: { host: sim.host, port: sim.port, username: "admin" },
      password: "admin",
      serialNumber: sim.world.serialNumber,
      connect: mikrotikWith({ recheckMs: 20 }),
      // It goes on looking: on a busy machine two looks at once may both be too early.
      timing: { ...LOOP_TIMING, everyMs: 200, followUpsMs: [20, 20] },
      requestPermit: ({ names }) => Promise.resolve({ names: new Set(names), isValid: () => true }),
    }, async ({ reports }) => {
      // A report says what is new: on a busy machine the two states come in two of them.
      const seen = () =>
        Object.fromEntries(
          reports.flatMap(({ secrets }) => secrets)
            .map(({ name, disabled, drift }) => [name, `${disabled} ${drift}`]),
        );
      await until(() => seen()[UTF8] === "false null" && seen()[CODE_PAGE] === "true null", {
        what: "both states",
        timeoutMs: 20_000,
      });
      assert.deepEqual(await states(sim), { [UTF8_HEX]: "false", [CODE_PAGE_HEX]: "true" });
    });
  });
});

Deno.test("a code page name and comment are read in full and written back with their bytes", async () => {
  const comment = codePageText("Señora Peña");
  await withRouter({ secrets: [secret(CODE_PAGE, { comment, dialing: false })] }, async (router, sim) => {
    const before = await rawRows(sim, "/ppp/secret", "name,comment");
    const [found] = await router.findSecrets(CODE_PAGE);
    assert.equal(found?.comment, comment);
    await router.setSecret(found?.id ?? "", { password: "new", comment: found?.comment ?? "" });
    assert.deepEqual(await rawRows(sim, "/ppp/secret", "name,comment"), before);
    await router.addSecret({
      name: UTF8,
      password: "x",
      profile: null,
      disabled: false,
      comment: "Señora Peña",
    });
    const after = await rawRows(sim, "/ppp/secret", "name,comment");
    assert.deepEqual(after[0], before[0]);
    assert.deepEqual(after[1], [hexOf(`=name=${UTF8}`), hexOf("=comment=Señora Peña")]);
  });
});

const NAMES = 10_000;
const CUT = 1_000;
/** As many as one write of a pass names. */
const BATCH = 40;

/** The prints that read all secrets while `CUT` of `NAMES` are cut as a pass cuts them. */
async function wholePrints(named: (name: string, index: number) => string): Promise<number> {
  const secrets = generateSecrets(NAMES, 7).map((one, index) => ({
    ...one,
    name: named(one.name, index),
    disabled: false,
    dialing: false,
  }));
  let prints = 0;
  const fast = { writeRate: { perSecond: 1e6, burst: 1e6 } };
  await withRouter({ secrets }, async (router, sim) => {
    const listed = (await router.listSecrets()).map(({ name }) => name);
    const cut = listed.filter((_, index) => index % (NAMES / CUT) === 0);
    for (let at = 0; at < cut.length; at += BATCH) {
      const batch = cut.slice(at, at + BATCH);
      assert.deepEqual((await router.setDisabled(batch, true)).changed, batch);
    }
    prints = sim.log.filter(({ words }) =>
      words[0] === "/ppp/secret/print" && !words.some((word) =>
        word.startsWith("?")
      )
    ).length;
    const off = sim.world.secrets.rows().filter((row) => row["disabled"] === "true");
    assert.deepEqual(off.map((row) => row["name"]), cut);
  }, fast);
  return prints;
}

Deno.test("names with ñ in either encoding cost a cut of 1,000 no whole print more than plain ones", async () => {
  const plain = await wholePrints((_, index) => `plain${index}`);
  const mixed = await wholePrints((_, index) => {
    if (index % 20 !== 0) return `plain${index}`;
    return index % 40 === 0 ? `niño${index}` : codePageText(`niño${index}`);
  });
  assert.ok(mixed <= plain + 1, `${mixed} whole prints, ${plain} with plain names`);
});

Deno.test("a reader that knows of bytes sees a name that holds letters of the escape as what it is", async () => {
  const odd =
    new SentenceDecoder().push(encodeSentence([new TextEncoder().encode("a\ueff1b")]))[0]?.words[0] ?? "";
  await withRouter({ secrets: [secret(odd, { dialing: false })] }, async (router, sim) => {
    assert.deepEqual((await router.setDisabled([odd], true)).changed, [odd]);
    assert.deepEqual(await states(sim), { [hexOf("a\ueff1b")]: "true" });
  });
});

Deno.test("a router that says a lot of itself is told to the web in a message that it takes", async () => {
  const long = codePageText("ñ".repeat(300));
  await withSim({ identity: long, serialNumber: long, softwareId: long, boardName: long }, async (sim) => {
    const { host, port } = sim;
    const signal = AbortSignal.timeout(5_000);
    const router = await mikrotikWith({})({ host, port, user: "admin", password: "admin", signal });
    const identity = await router.identity();
    const parsed = parseFrame(
      agentMessage,
      formatFrame({
        seq: 1,
        ack: 0,
        t: "router.status",
        router_id: crypto.randomUUID(),
        status: "online",
        message: null,
        identity,
      }),
    );
    assert.ok(parsed.ok, parsed.ok ? "" : parsed.problem.message);
    assert.equal(identity.serial_number?.length, MAX_NAME_LENGTH);
    await router.close();
  });
});
