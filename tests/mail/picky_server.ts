import { SMTPServer } from "smtp-server";

/** What a picky server says; null: it takes it. */
export type Answer = readonly [code: number, text: string] | null;

/** What a test's own mail server does that no switch of the simulated one does. */
export interface Picky {
  onRecipient?: (address: string) => Answer;
  /** `nth` message of its connection, from 1; `atOnce` are being looked at, it among them. */
  onContent?: (message: { nth: number; atOnce: number; to: string }) => Answer;
  /** How long it looks at a message. @default 0 */
  lookMs?: number;
  /** And at each until then. */
  lookUntil?: Promise<void>;
}

/** A server that a test can look into. */
export interface PickyServer extends AsyncDisposable {
  readonly port: number;
  /** Recipients whose mail it took, in their order. */
  readonly taken: string[];
}

/** Starts one on this machine, without encryption. */
export async function startPicky(
  { onRecipient, onContent, lookMs = 0, lookUntil }: Picky,
): Promise<PickyServer> {
  const taken: string[] = [];
  const countBySession = new Map<string, number>();
  let atOnce = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    onAuth: (_auth, _session, done) => done(null, { user: "isp" }),
    onRcptTo: ({ address }, _session, done) => done(errorOf(onRecipient?.(address) ?? null)),
    onData: (stream, session, done) => {
      const to = session.envelope.rcptTo[0]?.address ?? "";
      const nth = (countBySession.get(session.id) ?? 0) + 1;
      countBySession.set(session.id, nth);
      const answer = onContent?.({ nth, atOnce: ++atOnce, to }) ?? null;
      stream.resume();
      const looked = async () => {
        await new Promise((resolve) => setTimeout(resolve, lookMs));
        await lookUntil;
        atOnce--;
        if (answer === null) taken.push(to);
        done(errorOf(answer));
      };
      stream.on("end", looked);
    },
  });
  // Connections that a client cuts.
  server.on("error", () => {});
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.server.address() as { port: number }).port));
  });
  return {
    port,
    taken,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

function errorOf(answer: Answer): Error | null {
  return answer === null ? null : Object.assign(new Error(answer[1]), { responseCode: answer[0] });
}
