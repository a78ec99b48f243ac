/** A PDF as a file to keep; its name is plain ASCII, so that every browser reads it alike (RFC 6266). */
export function pdfAnswer(
  fileName: string,
  body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
): Response {
  return new Response(body, {
    headers: {
      "content-type": "application/pdf",
      "content-disposition": `attachment; filename="${fileName}"`,
    },
  });
}
