import { ProtocolError, SentenceDecoder } from "@/shared/routeros/mod.ts";
import { bytesOfText } from "@/shared/text/mod.ts";
import { type Command, type Outcome, parseCommand, Refusal } from "./command.ts";
import { type Begin, type EndlessContext, endlessOf } from "./endless.ts";
import type { Hub } from "./hub.ts";
import type { Caller } from "./menus.ts";
import { isConnectionGone, Output } from "./output.ts";
import { repliesOf } from "./replies.ts";
import { policyFor, respond } from "./respond.ts";
import { findUser, policiesOf } from "./users.ts";

/** Failed logins on one connection before the router hangs up. */
const MAX_LOGIN_FAILURES = 5;
const WRITING = new Set(["write", "policy"]);
const windows1252 = new TextDecoder("windows-1252");

/** A command at work, and how to end it early. */
interface Running {
  tag: string | null;
  end(): void;
}

/** One API session: login, then commands that may overlap, told apart by tag. */
export class SimConnection {
  readonly #output: Output;
  readonly #decoder = new SentenceDecoder();
  /** Commands still at work, in their order. Several may have one tag, or none. */
  readonly #running = new Set<Running>();
  #caller: Caller | null = null;
  #userActiveId: string | null = null;
  /** Ends the watch for somebody who ends this session in /user/active. */
  #stopWatching = () => {};
  #failures = 0;
  #isClosed = false;

  constructor(
    readonly conn: Deno.TcpConn | Deno.TlsConn,
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
      if ("setNoDelay" in this.conn) this.conn.setNoDelay(true);
      for (;;) {
        const count = await this.conn.read(buffer);
        if (count === null) break;
        if (!this.hub.faults.isFrozen) this.#receive(buffer.subarray(0, count));
      }
    } catch (error) {
      if (!isConnectionGone(error) && !(error instanceof ProtocolError)) throw error;
    } finally {
      this.close();
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const running of [...this.#running]) this.#end(running);
    this.#stopWatching();
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
      const words = this.hub.faults.cp1252 ? sentence.words.map(asWindows1252) : sentence.words;
      this.hub.record(words);
      this.#accept(parseCommand(words));
    }
    if (this.#decoder.failure !== null) throw this.#decoder.failure;
  }

  #accept(command: Command): void {
    if (this.#isClosed) return;
    if (command.word === "/cancel") return this.#cancel(command);
    this.hub.began();
    const delay = this.hub.delayMs();
    if (delay <= 0) return this.#execute(command);
    const running: Running = { tag: command.tag, end: () => {} };
    const stop = this.hub.timers.after(delay, () => {
      this.#running.delete(running);
      this.#execute(command);
    });
    running.end = () => {
      stop();
      this.hub.ended();
    };
    this.#running.add(running);
  }

  #execute(command: Command): void {
    const begin = this.#caller === null ? null : endlessOf(command);
    if (this.#caller !== null && begin !== null) {
      return this.#keep(command, this.#caller, begin);
    }
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
    const { faults, menus, counters } = this.hub;
    const traps = faults.trapsBeforeAnswer;
    faults.trapsBeforeAnswer = [];
    const policy = policyFor(command);
    if (caller.policies.has(policy) && WRITING.has(policy)) counters.writes++;
    const outcome = respond(menus, caller, command);
    if (outcome.traps === undefined && command.word === "/system/reboot") this.hub.reboot();
    return traps.length === 0 ? outcome : { traps: [...traps, ...outcome.traps ?? []] };
  }

  #answer(command: Command, outcome: Outcome): void {
    const { emptyReply } = this.hub.world.features;
    for (const [type = "", ...words] of repliesOf(outcome, emptyReply)) this.#reply(type, command.tag, words);
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
    const { world } = this.hub;
    const address = this.conn.remoteAddr.hostname;
    const user = findUser(world, name, password, address);
    if (user === null || !policiesOf(world, user).has("api")) return this.#refuseLogin(command);
    this.hub.counters.logins++;
    world.userTable.update(user[".id"] ?? "", { "last-logged-in": world.printDate(world.localTime()) });
    this.#caller = {
      world,
      name,
      get policies() {
        return policiesOf(world, user);
      },
    };
    this.#register(name, address, user["group"] ?? "");
    this.#answer(command, {});
  }

  /** A row of /user/active for this session; whoever removes it ends the session. */
  #register(name: string, address: string, group: string): void {
    const { world } = this.hub;
    const when = world.printDate(world.localTime());
    const row = world.userActive.insert({ when, name, address, via: "api", group, radius: "false" });
    const id = row[".id"] ?? "";
    this.#userActiveId = id;
    this.#stopWatching = world.userActive.listen((gone, removed) => {
      if (removed && gone[".id"] === id) this.close();
    });
    world.writeLog("system,info,account", `user ${name} logged in from ${address} via api`);
  }

  #refuseLogin(command: Command): void {
    this.hub.counters.failedLogins++;
    this.#failures++;
    const { name = "" } = command.attributes;
    const from = this.conn.remoteAddr.hostname;
    this.hub.world.writeLog("system,error,critical", `login failure for user ${name} from ${from} via api`);
    if (this.#failures >= MAX_LOGIN_FAILURES) return this.#fatal("too many commands before login");
    this.#answer(command, { traps: [{ category: null, message: "invalid user name or password (6)" }] });
  }

  /** Begins a command that lasts, or refuses it at once. */
  #keep(command: Command, caller: Caller, begin: Begin): void {
    const running: Running = { tag: command.tag, end: () => this.hub.ended() };
    this.#running.add(running);
    const context: EndlessContext = {
      hub: this.hub,
      caller,
      isFull: () => this.#output.isFull,
      reply: (words) => this.#reply("!re", command.tag, words),
      done: (traps = []) => {
        if (this.#end(running)) this.#answer(command, { traps });
      },
    };
    try {
      const stop = begin(command, context);
      // It may be over before it has said how to end it.
      if (!this.#running.has(running)) return stop();
      running.end = () => {
        stop();
        this.hub.ended();
      };
    } catch (error) {
      this.#end(running);
      if (!(error instanceof Refusal)) throw error;
      this.#answer(command, { traps: error.traps });
    }
  }

  /** Ends a command that is still at work; false when it is not. */
  #end(running: Running): boolean {
    if (!this.#running.delete(running)) return false;
    running.end();
    return true;
  }

  /** The order of the captured conversation: the trap of the cancelled, done of the cancel, done of the cancelled. */
  #cancel(command: Command): void {
    const tag = command.attributes["tag"];
    const cancelled = [...this.#running].filter((one) => tag === undefined || (one.tag ?? "") === tag);
    for (const one of cancelled) {
      this.#end(one);
      this.#reply("!trap", one.tag, ["=category=2", "=message=interrupted"]);
    }
    this.#reply("!done", command.tag, []);
    for (const one of cancelled) this.#reply("!done", one.tag, []);
  }
}

function asWindows1252(word: string): string {
  return windows1252.decode(bytesOfText(word));
}
