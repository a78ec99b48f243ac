import { ProtocolError, type Row, SentenceDecoder } from "@/shared/routeros/mod.ts";
import { type Command, noSuchCommand, notPermitted, type Outcome, parseCommand, Refusal } from "./command.ts";
import { type Hub, policiesOf } from "./hub.ts";
import { type Caller, project, proplistOf, runInMenu } from "./menus.ts";
import { isConnectionGone, Output } from "./output.ts";
import { menuAt } from "./system.ts";

/** Failed logins on one connection before the router hangs up. */
const MAX_LOGIN_FAILURES = 5;
const READ_VERBS = new Set(["print", "getall", "find", "get", "listen"]);
const windows1252 = new TextDecoder("windows-1252");

/** One API session: login, then commands that may overlap, told apart by tag. */
export class SimConnection {
  readonly #output: Output;
  readonly #decoder = new SentenceDecoder();
  /** Commands still at work, by tag: how to end them early. */
  readonly #running = new Map<string, () => void>();
  #caller: Caller | null = null;
  #userActiveId: string | null = null;
  #failures = 0;
  #isClosed = false;

  constructor(
    readonly conn: Deno.TcpConn,
    readonly hub: Hub,
    readonly onClose: (self: SimConnection) => void,
  ) {
    this.#output = new Output(conn, hub, () => this.close());
  }

  get isLoggedIn(): boolean {
    return this.#caller !== null;
  }

  async serve(): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      this.conn.setNoDelay(true);
      for (;;) {
        const count = await this.conn.read(buffer);
        if (count === null) break;
        if (!this.hub.faults.isFrozen) this.#receive(buffer.subarray(0, count));
      }
    } catch (error) {
      if (!isConnectionGone(error) && !(error instanceof ProtocolError)) throw error;
    }
    this.close();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const end of [...this.#running.values()]) end();
    this.#running.clear();
    if (this.#userActiveId !== null) this.hub.world.userActive.remove(this.#userActiveId);
    try {
      this.conn.close();
    } catch (error) {
      if (!isConnectionGone(error)) throw error;
    }
    this.onClose(this);
  }

  #receive(bytes: Uint8Array): void {
    for (const sentence of this.#decoder.push(bytes)) {
      const words = this.hub.faults.cp1252 ? sentence.words.map(misread) : sentence.words;
      this.hub.record(words);
      this.#accept(parseCommand(words));
    }
    if (this.#decoder.failure !== null) throw this.#decoder.failure;
  }

  #accept(command: Command): void {
    if (command.word === "/cancel") return this.#cancel(command);
    this.hub.began();
    const delay = this.hub.delayMs();
    if (delay <= 0) return this.#execute(command);
    const key = command.tag ?? "";
    const stop = this.hub.timers.after(delay, () => {
      this.#running.delete(key);
      this.#execute(command);
    });
    this.#running.set(key, () => {
      stop();
      this.hub.ended();
    });
  }

  #execute(command: Command): void {
    if (command.verb === "listen" && this.#caller !== null) return this.#listen(command, this.#caller);
    this.hub.ended();
    if (this.#isClosed) return;
    if (command.word === "/quit") return this.#fatal("session terminated on request");
    if (command.word === "/login") return this.#login(command);
    if (this.#caller === null) return this.#fatal("not logged in");
    const outcome = this.#run(command, this.#caller);
    const { closeWithoutReply } = this.hub.faults;
    if (closeWithoutReply === true || closeWithoutReply === command.word) {
      this.hub.faults.closeWithoutReply = false;
      return this.close();
    }
    if (!this.#isClosed) this.#answer(command, outcome);
  }

  #run(command: Command, caller: Caller): Outcome {
    try {
      if (command.word === "/system/reboot") return this.#reboot(caller);
      if (command.path === "") throw noSuchCommand();
      const menu = menuAt(this.hub.menus, command.path);
      this.#checkPolicy(command, caller);
      return runInMenu(menu, caller, command);
    } catch (error) {
      if (error instanceof Refusal) return { traps: error.traps };
      throw error;
    }
  }

  #reboot(caller: Caller): Outcome {
    if (!caller.policies.has("reboot")) throw notPermitted();
    this.hub.reboot();
    return {};
  }

  #checkPolicy(command: Command, caller: Caller): void {
    const isRead = READ_VERBS.has(command.verb);
    if (!caller.policies.has(isRead ? "read" : "write")) throw notPermitted();
    if (!isRead) this.hub.counters.writes++;
  }

  #answer(command: Command, outcome: Outcome): void {
    for (const trap of outcome.traps ?? []) {
      const category = trap.category === null ? [] : [`=category=${trap.category}`];
      this.#reply("!trap", command.tag, [...category, `=message=${trap.message}`]);
    }
    for (const row of outcome.rows ?? []) this.#reply("!re", command.tag, wordsOf(row));
    const isEmpty = outcome.isPrint === true && outcome.rows?.length === 0;
    if (isEmpty && this.hub.world.features.emptyReply) this.#reply("!empty", command.tag, []);
    this.#reply("!done", command.tag, outcome.ret === undefined ? [] : [`=ret=${outcome.ret}`]);
  }

  #reply(type: string, tag: string | null, words: readonly string[]): void {
    this.#output.send(tag === null ? [type, ...words] : [type, `.tag=${tag}`, ...words]);
  }

  #fatal(reason: string): void {
    this.#output.send(["!fatal", reason]);
    this.#output.closeAfterFlush();
  }

  #login(command: Command): void {
    const { name = "", password } = command.attributes;
    if (!this.hub.world.features.plainLogin) {
      // Before 6.43 the first step only hands out a challenge, whatever came with it.
      return this.#answer(command, { ret: "0123456789abcdef0123456789abcdef" });
    }
    const user = this.hub.world.users.find((one) => one.name === name && one.password === password);
    const policies = user === undefined ? new Set<string>() : policiesOf(user);
    if (!policies.has("api")) return this.#refuseLogin(command);
    this.hub.counters.logins++;
    this.#caller = { world: this.hub.world, policies };
    this.#userActiveId = this.hub.world.userActive.insert({
      when: this.hub.world.printDate(this.hub.world.localTime()),
      name,
      address: this.conn.remoteAddr.hostname,
      via: "api",
      radius: "false",
    })[".id"] ?? null;
    this.#answer(command, {});
  }

  #refuseLogin(command: Command): void {
    this.hub.counters.failedLogins++;
    this.#failures++;
    if (this.#failures >= MAX_LOGIN_FAILURES) return this.#fatal("too many commands before login");
    this.#answer(command, { traps: [{ category: null, message: "invalid user name or password (6)" }] });
  }

  /** Tells every later change of the menu's rows, until cancelled. The state before is not sent. */
  #listen(command: Command, caller: Caller): void {
    const menu = this.hub.menus.get(command.path);
    if (menu?.table === undefined) {
      this.hub.ended();
      return this.#answer(command, { traps: [{ category: 0, message: "no such command" }] });
    }
    const stop = menu.table.listen((row: Row, removed: boolean) => {
      const shown = caller.policies.has("sensitive") ? row : { ...row, password: "*****" };
      const words = removed
        ? [`=.id=${row[".id"]}`, "=.dead=true"]
        : wordsOf(project(menu, shown, proplistOf(command)));
      this.#reply("!re", command.tag, words);
    });
    this.#running.set(command.tag ?? "", () => {
      stop();
      this.hub.ended();
    });
  }

  /** The order of the captured conversation: the trap of the cancelled, done of the cancel, done of the cancelled. */
  #cancel(command: Command): void {
    const tag = command.attributes["tag"];
    const cancelled = [...this.#running.keys()].filter((one) => tag === undefined || one === tag);
    for (const one of cancelled) {
      this.#running.get(one)?.();
      this.#running.delete(one);
      this.#reply("!trap", one === "" ? null : one, ["=category=2", "=message=interrupted"]);
    }
    this.#reply("!done", command.tag, []);
    for (const one of cancelled) this.#reply("!done", one === "" ? null : one, []);
  }
}

function wordsOf(row: Row): string[] {
  return Object.entries(row).map(([name, value]) => `=${name}=${value}`);
}

function misread(word: string): string {
  return windows1252.decode(new TextEncoder().encode(word));
}
