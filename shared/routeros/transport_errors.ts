import { RouterOsError } from "./errors.ts";

interface SeenOptions extends ErrorOptions {
  /** The fingerprint that was seen in place of the expected one. */
  seen?: string;
}

/** Why there is no TLS: the router and this program have no cipher in common, or the certificate is another one. */
export type TlsFailure = "handshake_failed" | "certificate_differs";

const TLS: Record<TlsFailure, { code: string; advice: string }> = {
  handshake_failed: {
    code: "router_tls_failed",
    advice:
      "give its api-ssl service a certificate and update its RouterOS, so that it offers ECDHE, or reach its API " +
      "through its SSH service, or in plain beside the router",
  },
  certificate_differs: {
    code: "router_certificate_differs",
    advice: "compare it with that of /certificate on the router before it is trusted",
  },
};

/** No TLS with the router. */
export class TlsError extends RouterOsError {
  readonly code: string;
  readonly seen: string | null;

  constructor(readonly reason: TlsFailure, what: string, options: SeenOptions = {}) {
    super(`Cannot open TLS to the router: ${what}; ${TLS[reason].advice}`, causeOf(options));
    this.code = TLS[reason].code;
    this.seen = options.seen ?? null;
  }
}

/** Why there is no tunnel through the SSH service of a router. */
export type TunnelFailure =
  | "host_key_differs"
  | "login_refused"
  | "forwarding_off"
  | "target_refused"
  | "failed";

const TUNNEL: Record<TunnelFailure, { code: string; advice: string }> = {
  host_key_differs: {
    code: "router_host_key_differs",
    advice: "compare it with that of the router before it is trusted",
  },
  login_refused: {
    code: "router_ssh_login_refused",
    advice: "check the user and the password, and that its group has the ssh policy",
  },
  forwarding_off: {
    code: "router_ssh_forwarding_off",
    advice: "set forwarding-enabled=local in /ip/ssh",
  },
  target_refused: {
    code: "router_ssh_target_refused",
    advice: "check that the service there is on and takes connections from the router itself",
  },
  failed: { code: "router_ssh_failed", advice: "check the ssh service in /ip/service" },
};

/** No tunnel through the router. */
export class TunnelError extends RouterOsError {
  readonly code: string;
  readonly seen: string | null;

  constructor(readonly reason: TunnelFailure, what: string, options: SeenOptions = {}) {
    super(`Cannot open a tunnel through the router: ${what}; ${TUNNEL[reason].advice}`, causeOf(options));
    this.code = TUNNEL[reason].code;
    this.seen = options.seen ?? null;
  }
}

function causeOf({ cause }: SeenOptions): ErrorOptions {
  return cause === undefined ? {} : { cause };
}
