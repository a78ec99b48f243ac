/** A port that people or agents connect to, with limits on what each of them may take. */
export { networkShare } from "./connections.ts";
export { CountedLog } from "./counted_log.ts";
export { type ConnectionShares, descriptorLimit, shareDescriptors } from "./descriptors.ts";
export { type HttpListener, type ListenerOptions, openListener } from "./http_listener.ts";
