import type { Duplex as NodeDuplex } from "node:stream";
import type { Duplex } from "./transport.ts";

/** A stream of Node as the session wants it. What is not read is held back: the other side is told to wait. */
export function duplexOfNode(stream: NodeDuplex, close: () => void): Duplex {
  return { readable: readableOf(stream), writable: writableOf(stream), close };
}

function readableOf(stream: NodeDuplex): ReadableStream<Uint8Array> {
  let isOver = false;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const end = (act: () => void) => {
        if (!isOver) act();
        isOver = true;
      };
      stream.on("data", (chunk: Uint8Array) => {
        if (isOver) return;
        controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
        stream.pause();
      });
      stream.on("end", () => end(() => controller.close()));
      stream.on("close", () => end(() => controller.close()));
      stream.on("error", (error) => end(() => controller.error(error)));
      stream.pause();
    },
    pull: () => void stream.resume(),
    cancel: () => {
      isOver = true;
    },
  }, { highWaterMark: 0 });
}

function writableOf(stream: NodeDuplex): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({
    write: (bytes) =>
      new Promise((resolve, reject) => {
        // A copy: Node may keep the buffer until it is sent.
        stream.write(bytes.slice(), (error) => error ? reject(error) : resolve());
      }),
  });
}
