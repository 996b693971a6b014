import type { Value } from './expand.ts';
import type { ImageReference } from './facts.ts';
import type { Instruction } from './instructions.ts';
import { limitStages } from './limits.ts';
import { report, resolveWord } from './reading.ts';
import type { Origin, Reading, StageReading } from './reading.ts';
import { imageScope, SCRATCH, stageScope, EXTERNAL_IMAGE } from './scope.ts';
import type { Heritage, Scope } from './scope.ts';
import { matchesWildcard } from './wildcard.ts';

/**
 * Begins a stage. Returns the `ONBUILD` instructions of its parent: https://docs.docker.com/reference/dockerfile/#from
 */
export function readFrom(reading: Reading, instruction: Instruction): readonly string[] {
  limitStages(reading.stages.length);
  const from = baseImage(reading, instruction);
  // An invalid line begins a stage too; otherwise everything below would seem to be before the first one.
  const parents = from ? reading.stages.filter((stage) => isStageName(from, stage.name)) : [];
  const nearest = from?.unknown.length ? parents : parents.slice(-1);
  const image = from && nearest.length === 0 ? imageReference(instruction, from) : undefined;
  const heritage = image ? (reading.heritageOf(image.reference) ?? EXTERNAL_IMAGE) : SCRATCH;
  const name = instruction.operands.split(/\s+/)[2];
  reading.stages.push({
    ...(name !== undefined && { name }),
    from: from?.text ?? '',
    line: instruction.line,
    scope: nearest.length > 0 ? stageScope(nearest.map(({ scope }) => scope)) : imageScope(heritage),
    parents: nearest,
    ...(image && { image }),
    origins: [],
    sources: [],
    mounts: [],
    entitlements: [],
    args: [],
    triggers: [],
  });
  return nearest.length > 0 ? nearest.flatMap(({ triggers }) => triggers) : heritage.triggers;
}

function baseImage(reading: Reading, instruction: Instruction): Value | undefined {
  const [image, as, name, ...rest] = instruction.operands.split(/\s+/);
  const isNamed = as?.toUpperCase() === 'AS' && name !== undefined && rest.length === 0;
  if (!image || (as !== undefined && !isNamed)) {
    const found = `FROM ${instruction.operands}`.trim();
    report(reading, instruction, `\`${found}\` is not \`FROM image\` or \`FROM image AS name\``);
    return undefined;
  }
  const from = resolveWord(reading, instruction, image, reading.globals);
  const unset = from && !isReference(from.text) ? unsetNames(image, reading.globals) : [];
  if (unset.length > 0) {
    report(reading, instruction, `\`FROM ${image}\`: ${describeUnset(reading, unset)}`);
    return undefined;
  }
  if (from?.text !== '') return from;
  report(reading, instruction, `\`FROM ${image}\` names no image: its value is empty`);
  return undefined;
}

/** Whether a text may be an image reference once its empty variables have values. */
function isReference(text: string): boolean {
  return text !== '' && !/^[/:@.-]|[/:@.-]$|\/\/|[/]:|::|@:|:@/.test(text);
}

function unsetNames(word: string, { values }: Scope): string[] {
  const names = [...word.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map((match) => match[1] ?? '');
  return [...new Set(names)].filter((name) => !values.get(name)?.text);
}

function describeUnset({ globalArgs }: Reading, names: readonly string[]): string {
  const list = names.map((name) => `\`${name}\``).join(', ');
  const undeclared = names.filter((name) => !globalArgs.includes(name));
  return undeclared.length > 0
    ? `no \`ARG ${undeclared[0]}\` before the first \`FROM\` gives ${list} a value`
    : `${list} has no value; give its \`ARG\` a default, or set it in \`args\``;
}

function imageReference({ line, column, operands }: Instruction, from: Value): ImageReference | undefined {
  if (from.text === 'scratch') return undefined;
  return { ...reference(from, operands.split(/\s+/)[0] ?? ''), kind: 'FROM', line, column };
}

function reference(
  { text, unknown }: Value,
  written: string,
): Pick<ImageReference, 'reference' | 'written' | 'unknown'> {
  return { reference: text, ...(written !== text && { written }), ...(unknown.length > 0 && { unknown }) };
}

/**
 * The stages that the last one is built from, itself included, and the external images that they name. Call it when all
 * stages are known. BuildKit, and buildah since 1.27, build no others.
 */
export function reachStages(reading: Reading): { stages: Set<StageReading>; references: ImageReference[] } {
  const found = new Map(reading.stages.map((stage) => [stage, originsOf(reading, stage)]));
  const stages = new Set<StageReading>(reading.stages.slice(-1));
  // A set that grows while it is iterated.
  for (const stage of stages) {
    for (const next of [...stage.parents, ...(found.get(stage)?.stages ?? [])]) stages.add(next);
  }
  const references = [...stages].flatMap((stage) => [
    ...(stage.image ? [stage.image] : []),
    ...(found.get(stage)?.references ?? []),
  ]);
  return { stages, references: references.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function originsOf(
  reading: Reading,
  { origins }: StageReading,
): { stages: StageReading[]; references: ImageReference[] } {
  const stages: StageReading[] = [];
  const references: ImageReference[] = [];
  for (const origin of origins) {
    const { name, word, kind, instruction } = origin;
    const { line, column } = instruction;
    const named = stagesOf(reading, origin);
    stages.push(...named);
    if (named.length > 0 || name.text === 'scratch') continue;
    if (kind === 'COPY' && NUMBER.test(name.text)) {
      report(reading, instruction, `\`--from=${name.text}\`: there is no stage with this number`);
    } else references.push({ ...reference(name, word), kind, line, column });
  }
  return { stages, references };
}

const NUMBER = /^[+-]?\d+$/;

/**
 * The stages that `COPY --from` or a mount may mean, by name in any case: the last one of that name in the file, as in
 * BuildKit, which refuses one that is below. Only `COPY --from` can number them, from 0.
 */
function stagesOf({ stages }: Reading, { name, kind }: Origin): StageReading[] {
  if (kind === 'COPY' && NUMBER.test(name.text)) return stages.filter((_, index) => index === Number(name.text));
  const named = stages.filter((stage) => isStageName(name, stage.name));
  return name.unknown.length > 0 ? named : named.slice(-1);
}

function isStageName(value: Value, stage: string | undefined): boolean {
  if (stage === undefined) return false;
  const name = stage.toLowerCase();
  const text = value.text.toLowerCase();
  return value.unknown.length > 0 ? matchesWildcard(text, name) : text === name;
}

/** The image or `scratch` that a stage starts from, through other stages; `undefined` if a part is unknown. */
export function baseOf(stage: StageReading): { base?: string } {
  const [parent, ...others] = stage.parents;
  if (parent) return others.length === 0 ? baseOf(parent) : {};
  if (stage.image?.unknown) return {};
  return { base: stage.image?.reference ?? stage.from };
}

/** What images that start `FROM` the last stage inherit. */
export function stageHeritage({ scope, triggers }: StageReading): Heritage {
  return { environment: scope.environment, open: scope.open, triggers };
}
