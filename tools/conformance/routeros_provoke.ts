import { encodeSentence, SentenceDecoder } from "@/shared/routeros/mod.ts";
import { InProcessRouter, type RouterOsSimOptions, startRouterOsSim } from "@/sim/routeros/mod.ts";
import { WRITTEN_MENUS } from "./routeros_written.ts";

/** Texts of menus and of interfaces that the simulator does not have. */
export const ELSEWHERE = /hotspot|dhcp|pppoe-client|\/file\/|REST session|pre-6\.43|^already have/;

/** Everything that a router says to commands that should end in this text. */
export async function provoke(text: string): Promise<readonly string[]> {
  const overTheWire = ON_THE_WIRE[text];
  if (overTheWire !== undefined) return (await converse({}, overTheWire)).flat().map(textOf);
  const ask = IN_PROCESS[text] ?? IN_PROCESS[text.replace(/\(NAME\)/, "(routerboard)")];
  if (ask === undefined) return provokeAtLarge(text);
  const router = new InProcessRouter("7.9", { routerboard: false });
  router.ask("/ppp/secret/add", { name: "juan" });
  const { traps = [] } = ask(router);
  return traps.map(({ message }) => message.replace("(routerboard)", "(NAME)"));
}

const ODD_VALUES = ["no such value", "999999999999", ""];

/**
 * For a text that has no way of its own: every menu is asked wrongly in the usual ways (twice the same row, a row that
 * is not there, no row, an argument that does not exist, values that are none), and what was said is looked through.
 */
function provokeAtLarge(text: string): readonly string[] {
  const said = new Set<string>();
  const nobodys = /^unknown parameter (\S+)$/.exec(text)?.[1] ?? "no-such-argument";
  for (const [menu, row] of Object.entries(WRITTEN_MENUS)) {
    const router = new InProcessRouter("7.24");
    const note = (verb: string, attributes: Record<string, string>) => {
      for (const { message } of router.ask(`${menu}/${verb}`, attributes).traps ?? []) said.add(message);
    };
    for (const attributes of [row, row, {}, { [nobodys]: "1" }]) note("add", attributes);
    for (const attributes of [{}, { numbers: "*9999" }, { numbers: "default" }]) note("remove", attributes);
    const id = router.ask(`${menu}/find`).ret?.split(";").at(-1) ?? "";
    for (const name of router.world.settable(menu)) {
      for (const value of ODD_VALUES) if (name !== "numbers") note("set", { numbers: id, [name]: value });
    }
    note("unset", { numbers: id });
    note("unset", { numbers: id, "value-name": "nothing" });
  }
  if (said.has(text)) return [text];
  throw new Error(`Cannot provoke "${text}": no menu said it, and nobody has said how`);
}

function textOf(word: string): string {
  return word.startsWith("=message=") ? word.slice("=message=".length) : word;
}

const LOGIN = ["/login", "=name=admin", "=password=admin"];
const BAD_LOGIN = ["/login", "=name=admin", "=password=wrong"];

const ON_THE_WIRE: Record<string, string[][]> = {
  "invalid user name or password (6)": [BAD_LOGIN],
  "not logged in": [["/ppp/secret/print"]],
  "too many commands before login": [BAD_LOGIN, BAD_LOGIN, BAD_LOGIN, BAD_LOGIN, BAD_LOGIN],
  "session terminated on request": [LOGIN, ["/quit"]],
  interrupted: [LOGIN, ["/ppp/active/listen", ".tag=1"], ["/cancel", "=tag=1"], ["/quit"]],
};

type Ask = (router: InProcessRouter) => ReturnType<InProcessRouter["ask"]>;

const IN_PROCESS: Record<string, Ask> = {
  "no such item": (router) => router.ask("/ppp/secret/set", { ".id": "*99", disabled: "yes" }),
  "no such command": (router) => router.ask("/ppp/secret/frobnicate"),
  "no such command prefix": (router) => router.ask("/ppp/nothing/print"),
  "no such command or directory (NAME)": (router) => router.ask("/system/routerboard/print"),
  "unknown parameter": (router) => {
    const { traps = [] } = router.ask("/ip/firewall/nat/add", { chain: "srcnat", "routing-table": "main" });
    return {
      traps: traps.map((trap) => ({ ...trap, message: trap.message.replace(/ routing-table$/, "") })),
    };
  },
  "missing value(s) of argument(s) name": (router) => router.ask("/ppp/secret/add"),
  "input does not match any value of profile": (router) =>
    router.ask("/ppp/secret/set", { numbers: "juan", profile: "gold" }),
  "invalid value for argument remote-address": (router) =>
    router.ask("/ppp/secret/set", { numbers: "juan", "remote-address": "10.0.0.999" }),
  "failure: secret with the same name already exists": (router) =>
    router.ask("/ppp/secret/add", { name: "juan" }),
  "not enough permissions (9)": (router) => router.ask("/ppp/secret/add", { name: "new" }, "read"),
  "action failed (6)": () => new InProcessRouter("7.21").ask("/user/active/add"),
  "failure: already have such entry": (router) => {
    const entry = { list: "unpaid", address: "10.0.0.1" };
    router.ask("/ip/firewall/address-list/add", entry);
    return router.ask("/ip/firewall/address-list/add", entry);
  },
  "failure: invalid group name": (router) => router.ask("/user/group/add"),
};

/** Sends sentences to a router of its own and reads until it hangs up, or has answered each of them. */
export async function converse(
  options: RouterOsSimOptions,
  sentences: readonly string[][],
): Promise<string[][]> {
  const sim = startRouterOsSim(options);
  try {
    const conn = await Deno.connect({ hostname: sim.host, port: sim.port });
    const writer = conn.writable.getWriter();
    await writer.write(concat(sentences.map((words) => encodeSentence(words))));
    return await readReplies(conn, sentences.length);
  } finally {
    await sim.close();
  }
}

async function readReplies(conn: Deno.TcpConn, wanted: number): Promise<string[][]> {
  const decoder = new SentenceDecoder();
  const replies: string[][] = [];
  let done = 0;
  for await (const chunk of conn.readable) {
    for (const { words } of decoder.push(chunk)) {
      replies.push([...words]);
      if (words[0] === "!done") done++;
    }
    if (done >= wanted) break;
  }
  return replies;
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
