import { type ZipFile, zipOf } from "@/web/gateways/zip/mod.ts";

/** Files as one archive, sent while it is made; what was not read yet is not read when whoever asked goes away. */
export function zipAnswer(name: string, files: readonly ZipFile[]): Response {
  const parts = zipOf(files);
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(stream) {
      const { value, done } = await parts.next();
      if (done) stream.close();
      else stream.enqueue(value);
    },
    async cancel() {
      await parts.return(undefined);
    },
  });
  return new Response(body, {
    headers: {
      "content-type": "application/zip",
      "content-disposition": `attachment; filename="${name.replaceAll(/[^\w.-]/g, "_")}.zip"`,
    },
  });
}
