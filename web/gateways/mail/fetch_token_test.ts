import assert from "node:assert/strict";
import net from "node:net";
import { fetchToken, TokenError } from "./fetch_token.ts";
import { SmtpSession } from "./smtp_session.ts";
import type { GivenToken, OAuthLogin } from "./types.ts";

const GOOD = JSON.stringify({ access_token: "abc", expires_in: 3600 });

function loginAt(port: number): OAuthLogin {
  const tokenUrl = `http://127.0.0.1:${port}/token`;
  return { kind: "oauth2", username: "u", clientId: "c", clientSecret: "s", refreshToken: "r", tokenUrl };
}

/** Who gives tokens, and what it does once it was asked. */
async function withGiver(
  act: (socket: net.Socket) => void,
  work: (port: number) => Promise<void>,
): Promise<void> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => act(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  try {
    await work((server.address() as net.AddressInfo).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

const whole = (head: string, body: string) => (socket: net.Socket) => {
  socket.end(`HTTP/1.1 ${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
};

const cutAfter = (part: string) => (socket: net.Socket) => {
  socket.write(part, () => socket.destroy());
};

const refused = (error: string) => JSON.stringify({ error, error_description: "AADSTS70043 SECRET" });

Deno.test("an answer is a token, with the one to ask with from now on where it has one", async () => {
  await withGiver(whole("200 OK", GOOD), async (port) => {
    assert.deepEqual(await fetchToken(loginAt(port), "anywhere"), {
      token: "abc",
      expiresInMs: 3_600_000,
      refreshToken: null,
    });
  });
  const next = JSON.stringify({ access_token: "abc", expires_in: "60", refresh_token: "r2" });
  await withGiver(whole("200 OK", next), async (port) => {
    const given = await fetchToken(loginAt(port), "anywhere") as GivenToken;
    assert.deepEqual([given.expiresInMs, given.refreshToken], [60_000, "r2"]);
  });
});

const CASES: [name: string, act: (socket: net.Socket) => void, problem: string, words: RegExp][] = [
  ["503", whole("503 Busy", "busy"), "server_busy", /answered 503$/],
  ["503 with a reason", whole("503 Busy", refused("invalid_grant")), "server_busy", /answered 503$/],
  ["500", whole("500 Oops", "{"), "server_busy", /answered 500$/],
  ["429", whole("429 Too Many", refused("invalid_client")), "server_busy", /answered 429/],
  ["a page of something else", whole("200 OK", "<html>busy"), "server_busy", /127\.0\.0\.1 cannot be read$/],
  ["no token in it", whole("200 OK", "{}"), "server_busy", /cannot be read$/],
  ["half of one", whole("200 OK", '{"access_token":"ya29.SECRET'), "server_busy", /cannot be read$/],
  ["a redirect", whole("302 Found\r\nlocation: http://127.0.0.1:1/", ""), "server_busy", /answered 302$/],
  ["cut in the head", cutAfter("HTTP/1.1 200 OK\r\ncont"), "server_busy", /did not answer$/],
  [
    "cut in the body",
    cutAfter('HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\n{"access_to'),
    "server_busy",
    /did not answer$/,
  ],
  [
    "cut between chunks",
    cutAfter(
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${GOOD.length.toString(16)}\r\n${GOOD}\r\n`,
    ),
    "server_busy",
    /did not answer$/,
  ],
  ["no word", (socket) => socket.destroy(), "server_busy", /did not answer$/],
  ["too long", whole("200 OK", "x".repeat(100_000)), "server_busy", /too long$/],
  [
    "invalid_grant",
    whole("400 Bad", refused("invalid_grant")),
    "login_refused",
    /answered 400: invalid_grant$/,
  ],
  ["invalid_client", whole("401 No", refused("invalid_client")), "login_refused", /401: invalid_client$/],
  [
    "busy, as 400",
    whole("400 Bad", refused("temporarily_unavailable")),
    "server_busy",
    /temporarily_unavailable$/,
  ],
  ["400 of a proxy", whole("400 Bad", "<html>invalid_grant"), "server_busy", /answered 400$/],
];

for (const [name, act, problem, words] of CASES) {
  Deno.test(`no token: ${name} is ${problem}, in own words, and ends at once`, async () => {
    await withGiver(act, async (port) => {
      await assert.rejects(fetchToken(loginAt(port), "anywhere"), (error: unknown) => {
        assert.ok(error instanceof TokenError, String(error));
        assert.equal(error.tokenProblem, problem);
        assert.match(error.message, words);
        assert.match(error.message, /^Cannot get a token: /);
        assert.doesNotMatch(error.message, /SECRET|AADSTS|token '|JSON/);
        return true;
      });
    });
  });
}

Deno.test("a session whose token cannot be given now says busy, and a refused one says refused", async () => {
  const smtp = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.write("220 ready\r\n");
    socket.on("data", () => socket.write("250-ready\r\n250 AUTH XOAUTH2\r\n"));
  });
  await new Promise<void>((resolve) => smtp.listen(0, "127.0.0.1", () => resolve()));
  const { port } = smtp.address() as net.AddressInfo;
  const server = { host: "127.0.0.1", port, encryption: "none", reach: "anywhere" } as const;
  try {
    for (
      const [act, problem] of [
        [whole("503 Busy", ""), "server_busy"],
        [whole("400 Bad", refused("invalid_grant")), "login_refused"],
      ] as const
    ) {
      await withGiver(act, async (giver) => {
        const opened = await SmtpSession.open({ ...server, login: loginAt(giver) });
        assert.ok(!opened.ok);
        assert.deepEqual([opened.step, opened.failure.problem], ["login", problem]);
      });
    }
    const unused = await SmtpSession.open({ ...server, login: loginAt(1) });
    assert.equal(unused.ok ? null : unused.failure.problem, "server_busy");
  } finally {
    await new Promise<void>((resolve) => smtp.close(() => resolve()));
  }
});
