export { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from "./start.ts";
export { removeCluster } from "./cluster.ts";
export { knownServer } from "./known_server.ts";
