import type { Row } from "@/shared/routeros/mod.ts";
import { type Outcome, parseCommand } from "./command.ts";
import type { Menu } from "./menus.ts";
import { repliesOf } from "./replies.ts";
import { respond } from "./respond.ts";
import { menusOf } from "./system.ts";
import { policiesOf } from "./users.ts";
import { RouterWorld } from "./world.ts";

/** A simulated router without a port, a clock of its own or a login: commands in, answers out. */
export class InProcessRouter {
  readonly world: RouterWorld;
  readonly #menus: ReadonlyMap<string, Menu>;

  constructor(version: string, options: { routerboard?: boolean } = {}) {
    const { routerboard = true } = options;
    this.world = new RouterWorld({
      version,
      identity: "MikroTik",
      serialNumber: "HE108SIM0001",
      softwareId: "SIML-0001",
      boardName: routerboard ? "RB4011iGS+" : "CHR",
      routerboard,
      users: [{ name: "admin", password: "admin", group: "full" }],
      secrets: [],
    });
    this.#menus = menusOf(this.world);
  }

  /** Every menu of this router. */
  get paths(): string[] {
    return [...this.#menus.keys()];
  }

  fieldsOf(path: string): readonly string[] {
    return this.#menus.get(path)?.fields ?? [];
  }

  ask(word: string, attributes: Row = {}, group = "full"): Outcome {
    const words = [word, ...Object.entries(attributes).map(([name, value]) => `=${name}=${value}`)];
    const policies = policiesOf(this.world, { group });
    return respond(this.#menus, { world: this.world, name: "admin", policies }, parseCommand(words));
  }

  /** The answer as the sentences that would be sent. */
  sentences(word: string, attributes: Row = {}): string[][] {
    return repliesOf(this.ask(word, attributes), this.world.features.emptyReply);
  }

  /** The text of the first refusal, or null. */
  refusal(word: string, attributes: Row = {}, group = "full"): string | null {
    return this.ask(word, attributes, group).traps?.[0]?.message ?? null;
  }
}
