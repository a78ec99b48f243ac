/** Menus that can be written, with what a row of each needs. */
export const WRITTEN_MENUS: Record<string, Record<string, string>> = {
  "/ppp/secret": { name: "row" },
  "/ppp/profile": { name: "row" },
  "/ip/pool": { name: "row", ranges: "10.0.0.1-10.0.0.9" },
  "/queue/simple": { name: "row", target: "10.0.0.1" },
  "/ip/firewall/address-list": { list: "row", address: "10.0.0.1" },
  "/ip/firewall/nat": { chain: "srcnat" },
  "/user": { name: "row", group: "read", password: "x" },
  "/user/group": { name: "row" },
};
