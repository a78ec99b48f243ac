import { parseRouterDate } from "@/shared/routeros/mod.ts";
import { InProcessRouter } from "@/sim/routeros/mod.ts";
import { converse } from "./routeros_provoke.ts";

/** Something to find out about a version, by asking a simulated router of it. */
export type Ask = (version: string) => unknown;

/** Whether the version knows the command and its arguments, whatever it says of their values. */
export function knows(word: string, ...names: string[]): Ask {
  return (version) => {
    const router = new InProcessRouter(version);
    const given = Object.fromEntries(names.map((name) => [name, ""]));
    return !/^(?:no such command|unknown parameter)/.test(router.refusal(word, given) ?? "");
  };
}

export function prints(word: string, field: string): Ask {
  return (version) => {
    const router = new InProcessRouter(version);
    router.world.openSession("juan", "02:00:00:00:00:01");
    return (router.ask(word).rows ?? []).some((row) => row[field] !== undefined);
  };
}

/** "month" or "iso" for every date that the router prints. */
export function dateForms(version: string): string {
  const router = new InProcessRouter(version);
  router.ask("/ppp/secret/add", { name: "juan" });
  router.ask("/ip/firewall/address-list/add", { list: "unpaid", address: "10.0.0.1" });
  router.ask("/log/info", { message: "hello" });
  const dates = [
    router.ask("/ppp/secret/print").rows?.[0]?.["last-logged-out"],
    router.ask("/ip/firewall/address-list/print").rows?.[0]?.["creation-time"],
    router.ask("/system/resource/print").rows?.[0]?.["build-time"],
    router.ask("/log/print").rows?.[0]?.["time"],
    router.ask("/system/clock/print").rows?.[0]?.["date"],
  ].map((date = "") => parseRouterDate(date) === null ? "no date" : date.includes("/") ? "month" : "iso");
  return [...new Set(dates)].join(" ");
}

export function groupTakes(policy: string): Ask {
  return (version) =>
    new InProcessRouter(version).refusal("/user/group/add", { name: "agent", policy }) === null;
}

export async function login(version: string): Promise<string> {
  const [first = []] = await converse({ version }, [["/login", "=name=admin", "=password=admin"]]);
  return first.some((word) => word.startsWith("=ret=")) ? "challenge" : first.join(" ");
}

export async function emptyPrint(version: string): Promise<string> {
  const replies = await converse({ version }, [["/login", "=name=admin", "=password=admin"], [
    "/ppp/secret/print",
    "?name=nobody",
  ]]);
  return replies.slice(1).map((words) => words[0]).join(" ");
}

export async function pings(version: string): Promise<boolean> {
  const replies = await converse({ version }, [["/login", "=name=admin", "=password=admin"], [
    "/ping",
    "=address=127.0.0.1",
    "=count=1",
  ]]);
  return replies.some((words) => words.includes("=host=127.0.0.1"));
}

/** Rows of secrets, addressed by a list of id and name in one call. */
export function removesList(version: string): boolean {
  const router = new InProcessRouter(version);
  for (const name of ["juan", "ana"]) router.ask("/ppp/secret/add", { name });
  const refusal = router.refusal("/ppp/secret/remove", { numbers: "*1,ana" });
  return refusal === null && router.world.secrets.size === 0;
}

export function neverReusesIds(version: string): boolean {
  const router = new InProcessRouter(version);
  const first = router.ask("/ppp/secret/add", { name: "juan" }).ret ?? "";
  router.ask("/ppp/secret/remove", { ".id": first });
  const session = router.world.openSession("ana", "02:00:00:00:00:01")[".id"] ?? "";
  return /^\*[0-9A-F]+$/.test(first) && router.ask("/ppp/secret/add", { name: "juan" }).ret !== first &&
    /^\*8000[0-9A-F]{4}$/.test(session);
}

/** Query words in another order choose other rows; attributes in another order change nothing. */
export async function ordersQueries(version: string): Promise<boolean> {
  const names = async (...words: string[]) => {
    const print = ["/ppp/profile/print", ...words];
    const replies = await converse({ version }, [["/login", "=name=admin", "=password=admin"], print]);
    return replies.flat().filter((word) => word.startsWith("=name=")).map((word) => word.slice(6)).join(" ");
  };
  const first = await names("?name=default", "?#!", "?name=expired");
  const second = await names("?name=default", "?name=expired", "?#!");
  const attributes =
    await names("=detail=", "=.proplist=name") === await names("=.proplist=name", "=detail=");
  return first === "expired" && second === "default" && attributes;
}

export function takesForwardingModes(version: string): boolean {
  return new InProcessRouter(version).refusal("/ip/ssh/set", { "forwarding-enabled": "local" }) === null;
}

export function chrNamesHypervisor(version: string): boolean {
  const router = new InProcessRouter(version, { routerboard: false });
  return /^CHR /.test(router.ask("/system/resource/print").rows?.[0]?.["board-name"] ?? "");
}
