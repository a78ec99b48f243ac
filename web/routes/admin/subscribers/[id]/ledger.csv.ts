import { list } from "./ledger.tsx";

export const { handler, route } = list.csv;
