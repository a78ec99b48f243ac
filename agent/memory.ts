/**
 * What V8 is told when an agent starts: a small young generation, code and tables kept small. An agent has nothing to do
 * most of the time, and boxes beside routers are small. Whoever starts an agent uses these, together
 * with one file for the program: 60 MB instead of 77.
 */
export const AGENT_V8_FLAGS = "--max-semi-space-size=1,--optimize-for-size";
