import { list } from "./vat.tsx";

export const { handler, route } = list.csv;
