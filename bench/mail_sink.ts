/**
 * A mail server in a thread of its own, so that its work is not measured with the client's: it takes everything and keeps
 * nothing. `postMessage` gives its port.
 */
/// <reference lib="deno.worker" />
import { SMTPServer } from "smtp-server";

const server = new SMTPServer({
  authOptional: true,
  hideSTARTTLS: true,
  disableReverseLookup: true,
  logger: false,
  onData(stream, _session, done) {
    stream.resume();
    stream.on("end", () => done(null, "queued"));
  },
});
server.on("error", () => {});
server.listen(0, "127.0.0.1", () => {
  const address = server.server.address();
  if (address !== null && typeof address !== "string") self.postMessage(address.port);
});
