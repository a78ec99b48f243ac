/** An error that carries the HTTP status to answer with. Its message may be shown to the visitor. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string = `HTTP ${status}`, options?: ErrorOptions) {
    super(message, options);
    this.name = "HttpError";
    this.status = status;
  }
}
