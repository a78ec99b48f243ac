import type { Reply, Sentence } from "@/shared/routeros/mod.ts";
import type { OpenRequests } from "./open_requests.ts";
import { redactSentence, redactText, secretsIn } from "./redact.ts";
import type { SessionOptions } from "./session_options.ts";

/** Tells what goes over the wire, without what must not be told. */
export class Tracer {
  constructor(readonly options: Pick<SessionOptions, "trace" | "password">, readonly open: OpenRequests) {}

  sent(words: readonly string[]): void {
    this.options.trace?.({ direction: "sent", words: redactSentence(words) });
  }

  /** What the router says may repeat what it was sent; of a late reply nobody knows what that was. */
  received(sentence: Sentence, reply: Reply): void {
    const { trace } = this.options;
    if (trace === undefined) return;
    const { words } = sentence;
    const isLate = reply.type !== "!fatal" && this.open.of(reply) === null;
    const told = isLate ? words.filter((word, i) => i === 0 || word.startsWith(".tag=")) : words;
    trace({ direction: "received", words: redactSentence(told).map((word) => this.clean(word)) });
  }

  /** A text of the router without the passwords of the session and of all that is under way. */
  clean(text: string): string {
    const own = secretsIn([`=password=${this.options.password}`]);
    const sent = this.open.all().flatMap((request) => secretsIn(request.words));
    return redactText(text, [...own, ...sent]);
  }
}
