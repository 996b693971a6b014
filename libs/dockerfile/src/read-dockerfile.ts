import { readAdd, readCopy, readRun } from './copies.ts';
import type { DockerfileFacts, DockerfileReading } from './facts.ts';
import { TooMuch } from './limits.ts';
import { readDirectives, readInstructions, splitLines } from './instructions.ts';
import type { Instruction } from './instructions.ts';
import { readOnbuild, triggered } from './onbuild.ts';
import { beginReading, report } from './reading.ts';
import type { HeritageOf, Reading } from './reading.ts';
import { baseOf, reachStages, readFrom, stageHeritage } from './stages.ts';
import { readArg, readEnv } from './variables.ts';

/** In characters; a real Dockerfile has some thousands. */
const LARGEST = 1_000_000;
/** BuildKit's limit: "dockerfile line greater than maximum allowed size". */
const LONGEST_LINE = 65_535;
const MOST_PROBLEMS = 100;

type Reader = (reading: Reading, instruction: Instruction) => void;

const READERS: Record<string, Reader> = {
  ADD: readAdd,
  ARG: readArg,
  CMD: ignore,
  COPY: readCopy,
  ENTRYPOINT: ignore,
  ENV: readEnv,
  EXPOSE: expectOperands,
  FROM: beginStage,
  HEALTHCHECK: expectOperands,
  LABEL: expectOperands,
  MAINTAINER: expectOperands,
  ONBUILD: readOnbuild,
  RUN: readRun,
  SHELL: expectOperands,
  STOPSIGNAL: expectOperands,
  USER: expectOperands,
  VOLUME: expectOperands,
  WORKDIR: expectOperands,
};

/**
 * Reads what a Dockerfile uses from outside: https://docs.docker.com/reference/dockerfile/. `args` are values for build
 * arguments, which override the defaults in the text; `heritageOf` returns what an image passes on, if its Dockerfile
 * has been read. Returns either `facts` or `problems`.
 */
export function readDockerfile(
  text: string,
  args: Readonly<Record<string, string>> = {},
  heritageOf: HeritageOf = () => undefined,
): DockerfileReading {
  if (text.length > LARGEST) {
    return { problems: [{ line: 1, column: 1, message: `the Dockerfile is larger than ${LARGEST / 1_000_000} MB` }] };
  }
  const lines = splitLines(text);
  const long = lines.findIndex((line) => line.length > LONGEST_LINE);
  if (long !== -1) {
    const message = `the line is longer than ${LONGEST_LINE} characters, which BuildKit refuses`;
    return { problems: [{ line: long + 1, column: 1, message }] };
  }
  const { escape, syntax } = readDirectives(lines);
  const [instructions, problems] = readInstructions(lines, escape);
  const reading = beginReading(args, escape, heritageOf);
  reading.problems.push(...problems);
  for (const instruction of instructions) {
    if (reading.problems.length < MOST_PROBLEMS) readInstruction(reading, instruction);
  }
  const facts = factsOf(reading);
  if (!instructions.some(({ keyword }) => keyword === 'FROM')) {
    reading.problems.push({ line: 1, column: 1, message: 'there is no `FROM` instruction' });
  }
  if (!facts || reading.problems.length > 0) return { problems: reading.problems.sort((a, b) => a.line - b.line) };
  return { facts: { ...facts, ...(syntax && { syntax }) }, problems: [] };
}

function factsOf(reading: Reading): DockerfileFacts | undefined {
  const last = reading.stages.at(-1);
  if (!last) return undefined;
  const { stages, references } = reachStages(reading);
  const reached = reading.stages.filter((stage) => stages.has(stage));
  return {
    stages: reading.stages.map(({ name, from, line }) => ({ ...(name !== undefined && { name }), from, line })),
    ...baseOf(last),
    references,
    sources: reached.flatMap(({ sources }) => sources),
    mounts: reached.flatMap(({ mounts }) => mounts),
    entitlements: reached.flatMap(({ entitlements }) => entitlements),
    args: [...new Set([...reading.globalArgs, ...reached.flatMap(({ args }) => args)])],
    heritage: stageHeritage(last),
  };
}

function beginStage(reading: Reading, instruction: Instruction): void {
  for (const trigger of triggered(instruction, readFrom(reading, instruction))) readInstruction(reading, trigger);
}

function readInstruction(reading: Reading, instruction: Instruction): void {
  const { keyword } = instruction;
  const reader = Object.hasOwn(READERS, keyword) ? READERS[keyword] : undefined;
  if (reader === undefined) return report(reading, instruction, `unknown instruction \`${keyword}\``);
  const isGlobal = keyword === 'FROM' || keyword === 'ARG';
  const isEarly = !isGlobal && reading.stages.length === 0;
  if (isEarly) report(reading, instruction, `\`${keyword}\` stands before the first \`FROM\`; only \`ARG\` may`);
  else attempt(reader, reading, instruction);
}

/** An instruction beyond the limits is a problem like any other. */
function attempt(reader: Reader, reading: Reading, instruction: Instruction): void {
  try {
    reader(reading, instruction);
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    report(reading, instruction, error.message);
  }
}

function expectOperands(reading: Reading, instruction: Instruction): void {
  if (instruction.operands === '') report(reading, instruction, `\`${instruction.keyword}\` has nothing after it`);
}

function ignore(): void {}
