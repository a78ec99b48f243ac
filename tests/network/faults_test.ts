import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { CLOSE } from "@/shared/protocol/mod.ts";
import { until } from "../support/until.ts";
import { AgentDouble, askChallenge, authorization, Refused } from "./agent_double.ts";
import { RelayedHub } from "./database_relay.ts";
import { HubWorld, type Place } from "./hub_world.ts";

/** Upgrade request as bytes, for peers that no WebSocket library would play. */
async function rawUpgrade(world: HubWorld, place: Place): Promise<string> {
  const header = await authorization(
    place.agentId,
    await askChallenge(world.port, place.agentId),
    place.keys,
  );
  return [
    "GET /agent/v1/link HTTP/1.1",
    "host: hub",
    "connection: Upgrade",
    "upgrade: websocket",
    "sec-websocket-version: 13",
    `sec-websocket-key: ${btoa("0123456789abcdef")}`,
    `authorization: ${header}`,
    "",
    "",
  ].join("\r\n");
}

function helloFrame(place: Place): Uint8Array {
  return clientFrame(JSON.stringify({
    t: "hello",
    seq: 1,
    ack: 0,
    proto: [1, 1],
    version: "0.1.0",
    install_id: place.keys.installId,
    boot_id: "b",
    routers: [],
    settings_version: "",
    results: [],
  }));
}

/** A masked text frame; the mask is zero, so that the text stays readable. */
function clientFrame(text: string): Uint8Array {
  const body = new TextEncoder().encode(text);
  const head = body.length < 126
    ? [0x81, 0x80 | body.length]
    : [0x81, 0x80 | 126, body.length >> 8, body.length & 255];
  return new Uint8Array([...head, 0, 0, 0, 0, ...body]);
}

function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket));
    socket.once("error", reject);
  });
}

Deno.test("a link opens although every byte arrives alone", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const socket = await dial(world.port);
  socket.setNoDelay(true);
  let text = "";
  socket.on("data", (chunk: Uint8Array) => text += new TextDecoder().decode(chunk));
  const bytes = [...new TextEncoder().encode(await rawUpgrade(world, place)), ...helloFrame(place)];
  for (const byte of bytes) {
    await new Promise<void>((sent) => socket.write(new Uint8Array([byte]), () => sent()));
  }
  await until(() => text.includes('"t":"welcome"'));
  socket.destroy();
});

Deno.test("a peer that never reads costs its window, is closed, and the hub goes on", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const socket = await dial(world.port);
  socket.on("error", () => {});
  socket.write(await rawUpgrade(world, place));
  socket.write(helloFrame(place));
  await until(() => world.hub.connectedAgents().length === 1);
  socket.pause();
  const before = memoryHere();
  // Each bad frame and each heartbeat asks for an answer that nobody reads.
  const beat = clientFrame(JSON.stringify({ t: "heartbeat", seq: 0, ack: 0, sent_ms: 1 }));
  const many = new Uint8Array(beat.length * 2_000);
  for (let i = 0; i < 2_000; i++) many.set(beat, i * beat.length);
  let isClosed = false;
  socket.on("close", () => isClosed = true);
  let isTaken = true;
  for (let i = 0; i < 60 && isTaken && !isClosed && world.hub.connectedAgents().length === 1; i++) {
    isTaken = await isSent(socket, many);
  }
  assert.ok(!isTaken || isClosed, "the hub reads whatever comes, however fast");
  await until(() => {
    world.skippedMs += 61_000;
    return world.hub.connectedAgents().length === 0;
  }, { what: "peer given up" });
  const grownMb = (memoryHere() - before) / 2 ** 20;
  assert.ok(grownMb < 20, `grew by ${grownMb.toFixed(1)} MB`);
  socket.destroy();
  await (await world.connect(place)).close();
});

/** What this test file holds: the process has other files in it, which run beside. */
function memoryHere(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** False when the hub stopped reading: beyond its rate the sender waits, not the hub's memory. */
async function isSent(socket: Socket, bytes: Uint8Array): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const patience = setTimeout(() => resolve(false), 500);
  socket.write(bytes, () => resolve(true));
  const sent = await promise;
  clearTimeout(patience);
  return sent;
}

Deno.test("with the database away a new link gets 503, an open one stays, and its work is done on return", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  await using relayed = await RelayedHub.start(world);
  const { hub, relay } = relayed;
  const agent = await world.connect(place, hub.port);
  await agent.next("router.settings");
  relay.isUp = false;
  const identity = {
    identity: "core",
    version: "7.18",
    board_name: null,
    serial_number: "S9",
    software_id: null,
    uptime_seconds: 1,
  };
  agent.send({ t: "router.status", router_id: place.routerId, status: "online", message: null, identity });
  await assert.rejects(AgentDouble.open(hub.port, place.agentId, place.keys), (error: unknown) => {
    assert.ok(error instanceof Refused);
    assert.deepEqual([error.status, error.body.code], [503, "unavailable"]);
    return true;
  });
  agent.send({ t: "heartbeat", sent_ms: 5 });
  await agent.next("heartbeat.echo");
  assert.equal(agent.closeCode, null, "the open link stays");

  relay.isUp = true;
  await agent.next("router.settings", (m) => m.routers[0]?.serial_number === "S9");
  agent.socket.close();
  assert.notEqual(await agent.closed(), CLOSE.protocol);
  const back = await world.connect(place, hub.port);
  await back.close();
});
