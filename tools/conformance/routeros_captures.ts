import { z } from "zod";
import { parseRouterDate } from "@/shared/routeros/mod.ts";
import { InProcessRouter } from "@/sim/routeros/mod.ts";
import type { CasesByKind, Comparison, ConformanceCase, Suite } from "./types.ts";
import { converse, ELSEWHERE, provoke } from "./routeros_provoke.ts";

const row = z.record(z.string(), z.string());
const capture = z.object({
  path: z.string(),
  routeros: z.string(),
  transport: z.string(),
  source: z.string().default(""),
  rows: z.array(row),
});
const captureFile = z.object({
  captures: z.array(capture).default([]),
  enums: z.record(z.string(), z.object({ values: z.array(z.string()) })).default({}),
  error_texts: z.array(z.object({ text: z.string(), when: z.string() })).default([]),
});
type Capture = z.output<typeof capture>;

/** What real routers printed, and what they said when they refused. */
export const routerosCaptureSuite: Suite = {
  name: "routeros_captures",
  files: ["routeros/captures.json"],
  split: ([file]) => splitCaptures(captureFile.parse(file)),
  leftOut: ([file]) => leftOutOf(captureFile.parse(file)),
  kinds: { rows: runRow, enums: runEnum, error_texts: runErrorText },
};

const PATHS = new Set(new InProcessRouter("7.9").paths);

function splitCaptures({ captures, enums, error_texts }: z.output<typeof captureFile>): CasesByKind {
  const cases = new Map<string, ConformanceCase[]>();
  const put = (kind: string, list: ConformanceCase[]) => list.length > 0 && cases.set(kind, list);
  // A capture of the console shows units and flags that the API does not.
  const ofApi = captures.filter(isOfApi);
  put("rows", ofApi.flatMap((one) => one.rows.map((printed, i) => rowCase(one, printed, i))));
  put("enums", Object.entries(enums).map(([id, { values }]) => ({ id, content: { id, values } })));
  const ours = textsOf(error_texts).filter((one) => !isElsewhere(one));
  put("error_texts", ours.map((content) => ({ id: `"${content.text}"`, content })));
  return cases;
}

function isOfApi({ path, transport }: Capture): boolean {
  return PATHS.has(menuOf(path)) && transport !== "console";
}

interface ErrorText {
  text: string;
  when: string;
}

function textsOf(listed: readonly ErrorText[]): ErrorText[] {
  return listed.flatMap(({ text, when }) => text.split(" / ").map((one) => ({ text: one, when })));
}

function isElsewhere({ text, when }: ErrorText): boolean {
  return ELSEWHERE.test(`${text} ${when}`);
}

function leftOutOf({ captures, error_texts }: z.output<typeof captureFile>): readonly string[] {
  const others = captures.filter((one) => !isOfApi(one)).map(({ path }) => path);
  const texts = textsOf(error_texts).filter(isElsewhere).map(({ text }) => `"${text}"`);
  return [
    ...others.length === 0
      ? []
      : [`captures of a console or of other menus: ${[...new Set(others)].join(", ")}`],
    ...texts.length === 0 ? [] : [`texts of other menus: ${texts.join(", ")}`],
  ];
}

function menuOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function rowCase(from: Capture, printed: Record<string, string>, index: number): ConformanceCase {
  const { path, routeros, transport, source } = from;
  // REST sorts the names, and what somebody wrote into a test is in the order of that person.
  const isOrdered = !transport.startsWith("REST") && !source.startsWith("public test");
  return { id: `${path} ${routeros} #${index + 1}`, content: { path, routeros, isOrdered, printed } };
}

const rowContent = z.object({ path: z.string(), routeros: z.string(), isOrdered: z.boolean(), printed: row });

/**
 * The captured row is brought about on the simulator and printed. Every field is there, in the router's order where
 * the capture has it (REST sorts), with the same value where commands can set it, else with a value of the same form.
 */
function runRow(content: unknown): Comparison | Promise<Comparison> {
  const { path, routeros, isOrdered, printed } = rowContent.parse(content);
  if (printed[".dead"] !== undefined) return runGone(simulated(routeros, printed), Object.keys(printed));
  const router = new InProcessRouter(simulated(routeros, printed), { routerboard: true });
  const menu = menuOf(path);
  const settable = bringAbout(router, menu, printed);
  const rows = router.ask(path.replace(/\/listen$/, "/print")).rows ?? [];
  const got = rows.find((one) => one["name"] === undefined || one["name"] === printed["name"]) ?? {};
  const names = Object.keys(printed);
  const inOrder = !isOrdered ? names : Object.keys(got).filter((name) => names.includes(name));
  const form = (from: Record<string, string>) =>
    Object.fromEntries(names.map((name) => [name, settable.has(name) ? from[name] : formOf(from[name])]));
  return { expected: { order: names, row: form(printed) }, got: { order: inOrder, row: form(got) } };
}

/** How a listen tells of a row that was removed is alike in every menu; some versions say yes in place of true. */
async function runGone(version: string, names: readonly string[]): Promise<Comparison> {
  const replies = await converse({ version }, [
    ["/login", "=name=admin", "=password=admin"],
    ["/ppp/secret/add", "=name=juan"],
    ["/ppp/secret/listen", ".tag=1"],
    ["/ppp/secret/remove", "=numbers=juan"],
    ["/cancel", "=tag=1"],
  ]);
  const told = replies.filter(([type]) => type === "!re").map((words) =>
    words.flatMap((one) => /^=(\.id|\.dead)=(?:\*[0-9A-F]+|true|yes)$/.exec(one)?.[1] ?? [])
  );
  return { expected: { told: [names] }, got: { told } };
}

/** Captures are dated by a range at times; what they print of dates says on which side of 7.10 they are. */
function simulated(routeros: string, printed: Record<string, string>): string {
  const exact = /^v?(\d+\.\d+(?:\.\d+)?)/.exec(routeros)?.[1];
  if (exact !== undefined) return exact.startsWith("6.2") ? "6.45" : exact;
  const isOld = Object.values(printed).some((value) => /^[A-Z]?[a-z]+\/\d\d\/\d{4}/.test(value));
  if (routeros.startsWith("6")) return "6.49.10";
  return isOld || routeros.includes("<7.10") ? "7.9" : "7.16";
}

/** Makes the row, and says which of its values were set by it. */
function bringAbout(
  router: InProcessRouter,
  menu: string,
  printed: Record<string, string>,
): ReadonlySet<string> {
  const { commands } = router.world;
  if (menu === "/ppp/active") {
    router.world.openSession(printed["name"] ?? "", printed["caller-id"] ?? "", printed["service"]);
    return new Set(["name", "service", "caller-id"]);
  }
  const unasked = bringUnasked(router, menu, printed);
  if (unasked !== null) return unasked;
  const add = commands.get(menu)?.get("add");
  if (add === undefined || router.world.users[0]?.["name"] === printed["name"]) return new Set(["name"]);
  const values = Object.entries(printed).filter(([name]) => add.has(name));
  prepare(router, menu, printed);
  const given = Object.fromEntries(
    values.map(([name, value]) => [name, value.startsWith("*") ? "gone" : value]),
  );
  const isThere = (router.ask(`${menu}/print`).rows ?? []).some((one) =>
    one["name"] === printed["name"] && printed["name"] !== undefined
  );
  if (!isThere) {
    const refusal = router.refusal(`${menu}/add`, given);
    if (refusal !== null) throw new Error(`Cannot bring the row about: ${refusal}`);
  }
  router.world.pools.remove("*2");
  leaveTrace(router, printed);
  return new Set(values.map(([name]) => name).filter((name) => name !== "timeout"));
}

/** Rows that come without a command for them: who is logged in, lines of the log, interfaces of sessions. */
function bringUnasked(
  router: InProcessRouter,
  menu: string,
  printed: Record<string, string>,
): ReadonlySet<string> | null {
  const { world } = router;
  if (menu === "/user/active") {
    const { name = "", address = "", via = "", group = "", radius = "false" } = printed;
    world.userActive.insert({ when: world.printDate(world.localTime()), name, address, via, group, radius });
    return new Set(["name", "address", "via", "group", "radius"]);
  }
  if (menu === "/log") {
    world.writeLog(printed["topics"] ?? "", printed["message"] ?? "");
    return new Set(["topics", "message"]);
  }
  const dialed = menu === "/interface" ? /^<([a-z0-9]+)-(.*)>$/.exec(printed["name"] ?? "") : null;
  if (dialed === null) return null;
  world.openSession(dialed[2] ?? "", "02:00:00:00:00:01", dialed[1]);
  return new Set(["name", "type", "running", "dynamic", "disabled"]);
}

/** A secret that was used shows by whom and how it ended. */
function leaveTrace(router: InProcessRouter, printed: Record<string, string>): void {
  const reason = printed["last-disconnect-reason"];
  if (reason === undefined) return;
  const session = router.world.openSession(
    printed["name"] ?? "",
    printed["last-caller-id"] ?? "",
    printed["service"],
  );
  router.world.endSession(session[".id"] ?? "", reason);
}

/** What the row refers to: a profile, a pool that will be gone, an interface's own words. */
function prepare(router: InProcessRouter, menu: string, printed: Record<string, string>): void {
  if (menu === "/ppp/secret") router.ask("/ppp/profile/add", { name: printed["profile"] ?? "default" });
  router.world.pools.insert({ name: "gone", ranges: "10.9.9.1-10.9.9.9" }, "*2");
}

/** What kind of text a value is: the part that a program would read. */
function formOf(text: string | undefined): string {
  if (text === undefined) return "nothing";
  if (text === "true" || text === "false") return "boolean";
  if (/^\d+\.\d+(?:\.\d+)?(?:(?:alpha|beta|rc)\d+)?(?: \([a-z-]+\))?$/.test(text)) return "version";
  if (/^\d+$/.test(text)) return "number";
  if (/^\d+\/\d+$/.test(text)) return "pair";
  if (/^(?:\d+[wdhms])+$/.test(text)) return "duration";
  if (parseRouterDate(text) !== null) return text.includes("/") ? "date with month" : "date in ISO";
  if (/^\*8?[0-9A-F]+$/.test(text)) return "id";
  return "text";
}

const enumContent = z.object({ id: z.string(), values: z.array(z.string()) });

/** Every word of the list is taken, and another one is not. */
function runEnum(content: unknown): Comparison {
  const { id, values } = enumContent.parse(content);
  const [, path = "", name = "", note = ""] = /^(\S+) (\S+)(?: (.*))?$/.exec(id) ?? [];
  const router = new InProcessRouter(versionOfNote(note));
  if (router.fieldsOf(path).length === 0) {
    throw new Error(`Cannot check the values of ${id}: the simulated router has no such menu`);
  }
  if (name === "last-disconnect-reason") return runReasons(router, values);
  const takes = (value: string) => refusalOf(router, path, name, value) === null;
  return {
    expected: { taken: values, nonsense: false },
    got: { taken: values.filter(takes), nonsense: takes("no-such-word") },
  };
}

function versionOfNote(note: string): string {
  const version = /\d+\.(?:\d+|x)/.exec(note)?.[0] ?? "7.21";
  return version.endsWith("x") ? `${version.slice(0, -1)}21` : version;
}

function refusalOf(router: InProcessRouter, path: string, name: string, value: string): string | null {
  const verbs = router.world.commands.get(path);
  if (verbs?.get("add") === undefined) return router.refusal(`${path}/set`, { [name]: value });
  const row = verbs.get("add")?.has("name") ? { name: `row-${value}` } : {};
  return router.refusal(`${path}/add`, { ...row, ...NEEDED[path], [name]: value });
}

/** What a row of these menus must have besides the value that is asked about. */
const NEEDED: Record<string, Record<string, string>> = {
  "/ip/firewall/nat": { chain: "srcnat" },
  "/ip/firewall/address-list": { list: "list", address: "10.0.0.1" },
  "/ip/pool": { ranges: "10.0.0.1-10.0.0.9" },
  "/queue/simple": { target: "10.0.0.1" },
  "/user": { group: "read", password: "x" },
};

/** A reason is only ever printed: the simulator gives each of them back. */
function runReasons(router: InProcessRouter, values: readonly string[]): Comparison {
  router.ask("/ppp/secret/add", { name: "juan" });
  const printed = values.map((reason) => {
    const session = router.world.openSession("juan", "02:00:00:00:00:01");
    router.world.endSession(session[".id"] ?? "", reason);
    return router.ask("/ppp/secret/print").rows?.[0]?.["last-disconnect-reason"];
  });
  return { expected: { printed: values }, got: { printed } };
}

const errorText = z.object({ text: z.string(), when: z.string() });

async function runErrorText(content: unknown): Promise<Comparison> {
  const { text } = errorText.parse(content);
  const said = await provoke(text);
  return { expected: { said: text }, got: { said: said.includes(text) ? text : said.join("; ") } };
}
