import { list } from "./certificates.tsx";

export const { handler, route } = list.csv;
