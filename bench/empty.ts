/** A Deno process that only waits: what every agent costs before its first line. */
setInterval(() => {}, 60_000);
