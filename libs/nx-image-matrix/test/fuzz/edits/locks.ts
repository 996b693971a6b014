import { posix } from 'node:path';
import { linksOf } from '../sources.ts';
import type { Random } from '../random.ts';
import type { Desk, Edit } from './edit.ts';

/** A reference and the rest of its line. */
type Line = [reference: string, rest: string];

/** External images that only `COPY --from` names, of templates that the edits of this file change. */
const copied = ['golang:1.22', 'registry.example:5000/team/tools:3', 'node'];

function someDigest(random: Random): string {
  return `sha256:${random.pick(['a', 'b', 'c', '0'])}${random
    .below(16 ** 7)
    .toString(16)
    .padStart(7, '0')
    .repeat(9)}`;
}

/** The lock of a manifest, usually of the first. */
function someLock({ sources, random }: Desk): string {
  const manifests = [...sources.manifests.keys()];
  const manifest = random.chance(0.6) ? 'manifest.yml' : random.pick(manifests);
  return posix.join(posix.dirname(manifest), 'images.lock');
}

function linesOf(text: string): Line[] {
  return text.split('\n').flatMap((line): Line[] => {
    const [, reference, rest] = /^(["']?[^\s#].*?): (["']?sha256:.*)$/.exec(line) ?? [];
    return reference === undefined || rest === undefined ? [] : [[reference, rest]];
  });
}

function textOf(lines: readonly Line[], comment = 'Digests of external base images.'): string {
  return [`# ${comment}`, ...lines.map(([reference, rest]) => `${reference}: ${rest}`), ''].join('\n');
}

/** An edit of the lines of a lock that exists. */
function editLines(edit: (lines: Line[], desk: Desk) => string | undefined): Edit {
  return (desk) => {
    const path = someLock(desk);
    const file = desk.sources.files.get(path);
    if (!file || file.link === true) return undefined;
    const lines = linesOf(file.content);
    const what = edit(lines, desk);
    if (what === undefined) return undefined;
    desk.sources.files.set(path, { ...file, content: textOf(lines) });
    return `${path}: ${what}`;
  };
}

/** An edit of one line. */
function editLine(edit: (line: Line, desk: Desk) => string): Edit {
  return editLines((lines, desk) => (lines.length === 0 ? undefined : edit(desk.random.pick(lines), desk)));
}

const addLock: Edit = (desk) => {
  const { sources, random, externals } = desk;
  const path = someLock(desk);
  const all = [...new Set([...externals, ...copied])].sort();
  const known = all.filter(() => random.chance(0.8)).map((reference): Line => [reference, someDigest(random)]);
  sources.files.set(path, { content: textOf(known), executable: false });
  return `${path} written with ${known.map(([reference]) => reference).join(' ')}`;
};

const removeLock: Edit = (desk) => {
  const path = someLock(desk);
  return desk.sources.files.delete(path) ? `${path} removed` : undefined;
};

const moveLine = editLine((line, { random }) => {
  line[1] = someDigest(random);
  return `${line[0]} moved`;
});

const removeLine = editLines((lines, { random }) => {
  if (lines.length === 0) return undefined;
  const [removed] = lines.splice(random.below(lines.length), 1);
  return `without ${removed?.[0]}`;
});

const addLine = editLines((lines, { random, externals }) => {
  const reference = random.pick([...externals, ...copied]);
  lines.push([reference, someDigest(random)]);
  return `with ${reference}`;
});

const addUnused = editLines((lines, { random }) => {
  const reference = `${random.pick(['', 'docker.io/', 'localhost:5000/x/'])}${random.word()}:1`;
  lines.push([reference, someDigest(random)]);
  return `with ${reference}, which nothing uses`;
});

const reorder = editLines((lines, { random }) => {
  lines.splice(0, lines.length, ...random.shuffled(lines));
  return 'order';
});

const comment: Edit = (desk) => {
  const path = someLock(desk);
  const file = desk.sources.files.get(path);
  if (!file || file.link === true) return undefined;
  const content = desk.random.pick([
    () => textOf(linesOf(file.content), desk.random.word()),
    () => `${file.content}\n# ${desk.random.word()}\n`,
    () => file.content.replaceAll('\n', '\r\n').replaceAll('\r\r', '\r'),
    () => file.content.replace(/\n(?=.)/, ' # inline\n'),
  ])();
  desk.sources.files.set(path, { ...file, content });
  return `${path}: comment or ends of lines`;
};

const changeMode: Edit = (desk) => {
  const path = someLock(desk);
  const file = desk.sources.files.get(path);
  if (!file || file.link === true) return undefined;
  desk.sources.files.set(path, { ...file, executable: !file.executable });
  return `${path}: mode`;
};

const quote = editLine((line, { random }) => {
  const at = random.below(2);
  const bare = line[at]!.replaceAll(/["']/g, '');
  line[at] = random.pick([bare, `"${bare}"`, `'${bare}'`]);
  return `quotes of ${line[at]}`;
});

/** Docker Hub's long spelling, or a tag that is the default. */
const respell = editLine((line) => {
  const bare = line[0].replaceAll(/["']/g, '');
  const [first = ''] = bare.split('/');
  if (bare.startsWith('docker.io/library/')) line[0] = bare.slice('docker.io/library/'.length);
  else if (!bare.includes('/')) line[0] = `docker.io/library/${bare}`;
  else if (!/[.:]|^localhost$/.test(first)) line[0] = `docker.io/${bare}`;
  return `${bare} is now ${line[0]}`;
});

/** A lock that is an error is undone. */
const damage = editLines((lines, { random, references }) => {
  const line = random.pick<Line>([
    ['debian:bookworm-slim', 'sha256:short'],
    ['Upper:1', someDigest(random)],
    [random.pick([...references, 'x']), someDigest(random)],
    ...lines.slice(0, 1),
  ]);
  lines.push(line);
  return `with ${line.join(': ')}, which may be an error`;
});

/** The lock is a link to a file elsewhere, which also changes. */
const linkLock: Edit = (desk) => {
  const path = someLock(desk);
  const target = 'locks/shared.lock';
  const lines = [...desk.externals, ...copied].map((reference): Line => [reference, someDigest(desk.random)]);
  desk.sources.files.set(target, { content: textOf(lines), executable: false });
  desk.sources.files.set(path, { content: posix.relative(posix.dirname(path), target), executable: false, link: true });
  return `${path} leads to ${target}`;
};

const changeLinked: Edit = (desk) => {
  const target = 'locks/shared.lock';
  const file = desk.sources.files.get(target);
  if (!file || linksOf(desk.sources, /(^|\/)images\.lock$/).length === 0) return undefined;
  const lines = linesOf(file.content);
  const line = lines.length > 0 ? desk.random.pick(lines) : undefined;
  if (line) line[1] = someDigest(desk.random);
  desk.sources.files.set(target, { ...file, content: textOf(lines) });
  return `${target}: ${line?.[0]} moved, where a link leads`;
};

/** A template names an external image that no `FROM` names. */
const copyFrom: Edit = ({ sources, random }) => {
  const template = random.pick([
    'templates/debian/debug.Dockerfile.liquid',
    'templates/rocky/runtime.Dockerfile.liquid',
    'templates/partials/shared.liquid',
    'services/lab/templates/view.Dockerfile.liquid',
  ]);
  const file = sources.files.get(template);
  if (!file) return undefined;
  const reference = random.pick([...copied, 'docker.io/library/golang:1.22', 'debian:bookworm-slim']);
  const line = random.pick([
    `COPY --from=${reference} /stage /stage`,
    `ARG FOREIGN=${reference}\nRUN --mount=type=bind,from=\${FOREIGN},target=/foreign echo`,
    `RUN --mount=type=bind,from=${reference},target=/foreign echo`,
    `# ${reference}`,
  ]);
  sources.files.set(template, { ...file, content: `${file.content}\n${line}\n` });
  return `${template}: ${line}`;
};

/** Edits of `images.lock`, and of what it pins. */
export const lockEdits: Edit[] = [
  addLock,
  addLock,
  removeLock,
  moveLine,
  moveLine,
  moveLine,
  removeLine,
  addLine,
  addUnused,
  reorder,
  comment,
  changeMode,
  quote,
  respell,
  damage,
  linkLock,
  changeLinked,
  copyFrom,
];
