/** Numbers that both ends of the agent link agree on (agent-protocol: liveness, order, budget). */

/** Oldest and newest protocol that this build speaks. The server may be newer than the agent, never older. */
export const PROTOCOL_RANGE: readonly [oldest: number, newest: number] = [1, 1];

/** Largest frame, in bytes; the listener refuses a longer one before buffering it. */
export const MAX_MESSAGE_BYTES = 262_144;

/** Room that a chunk of rows leaves for its envelope. */
export const MAX_CHUNK_BYTES = 196_608;

/** Messages a sender may have unacknowledged. Acks and heartbeats do not count. */
export const WINDOW_MESSAGES = 32;

/** Bytes a sender may have unacknowledged; with the window this bounds what a stopped peer can cost. */
export const WINDOW_BYTES = 1_048_576;

/** Both sides send a heartbeat this often, give or take 10 %. */
export const HEARTBEAT_MS = 15_000;

/** Silence after which the peer counts as dead and the socket is closed. */
export const DEAD_PEER_MS = 45_000;

/** Age of the last heartbeat at which the admin says Offline. */
export const OFFLINE_AFTER_MS = 90_000;

/** Life of a connection after which the reconnect counter starts over. */
export const STABLE_AFTER_MS = 60_000;

/** Base and cap of the full-jitter reconnect delay. */
export const RECONNECT_BASE_MS = 1_000;
export const RECONNECT_CAP_MS = 60_000;

/** Wait before trying again after a refusal (401, 403, revoked). */
export const REFUSED_RETRY_MS = 15 * 60_000;

/** Life of a challenge nonce. */
export const CHALLENGE_TTL_MS = 60_000;

/** Life of an enrolment code. */
export const ENROLMENT_TTL_MS = 60 * 60_000;

/** WebSocket close codes of the link. */
export const CLOSE = {
  restart: 1012,
  tooLarge: 1009,
  protocol: 4400,
  slowPeer: 4408,
  revoked: 4403,
  replaced: 4409,
  deadPeer: 4410,
} as const;

/** Unlisted disables that the agent lets through in 24 hours: the larger of a number and a share of the enabled secrets (R4). */
export const GUARD_MINIMUM = 20;
export const GUARD_SHARE_PERCENT = 10;
