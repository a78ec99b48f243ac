import { list } from "./security.tsx";

export const { handler, route } = list.csv;
