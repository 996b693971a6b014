import { posix } from 'node:path';
import { suggest } from '@nx-image-matrix/diagnostics';
import { formatMarker, type Marker } from './marker.ts';
import { endMarker, findSections, type Problem, type Section } from './sections.ts';
import { tagTable, type TaggedImage } from './table.ts';

/** The images of each package. */
export type Packages = ReadonlyMap<string, readonly TaggedImage[]>;

export interface Update {
  text: string;
  sections: Section[];
  /** Packages whose table changed. */
  changed: Section[];
}

/**
 * Updates the tables of a Markdown file; keeps every byte outside of the markers.
 * @param file workspace-relative path; links are relative to it and errors name it
 * @param text one character per byte (latin1), to preserve bytes that are not UTF-8
 * @throws Error that lists all errors in the markers
 */
export function updateTables(file: string, text: string, packages: Packages): Update {
  const { sections, problems } = findSections(text);
  const all = [...problems, ...unusableSections(sections, packages)].toSorted((a, b) => a.line - b.line);
  if (all.length > 0) {
    const lines = all.map(({ line, message }) => `  ${file}:${line}: ${message}`);
    throw new Error(`The markers of tag tables cannot be used; nothing was written.\n${lines.join('\n')}`);
  }
  const changed: Section[] = [];
  let result = '';
  let offset = 0;
  for (const section of sections) {
    const before = text.slice(section.start, section.end);
    const lineEnd = text.slice(0, section.start).endsWith('\r\n') ? '\r\n' : '\n';
    const images = packages.get(section.package)!;
    const table = tagTable(images, section.style, posix.dirname(file), utf8(before)).map((line) => line + lineEnd);
    const after = bytes(`${lineEnd}${table.join('')}${lineEnd}`);
    if (after !== before) changed.push(section);
    result += text.slice(offset, section.start) + after;
    offset = section.end;
  }
  return { text: result + text.slice(offset), sections, changed };
}

/** The text with an empty section at its end. */
export function addSection(text: string, marker: Marker): string {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const gap = text === '' ? '' : text.endsWith('\n') ? lineEnd : lineEnd + lineEnd;
  const lines = [`## Tags of \`${marker.package}\``, '', formatMarker(marker), endMarker, ''];
  return text + gap + bytes(lines.join(lineEnd));
}

function unusableSections(sections: readonly Section[], packages: Packages): Problem[] {
  return sections.flatMap(({ package: name, style, line }) => {
    if (name === '') return [];
    const images = packages.get(name);
    if (!images) return [{ line, message: unknownPackage(name, packages) }];
    if (style.all || images.some(({ image }) => image.push)) return [];
    return [
      {
        line,
        message: `no image of "${name}" is ever pushed; add the word "all" to its marker, or --all to the command.`,
      },
    ];
  });
}

/** The message about a package that no manifest has. */
export function unknownPackage(name: string, packages: Packages): string {
  const near = suggest(name, packages.keys());
  const hint = near ? `did you mean "${near}"?` : `there are ${[...packages.keys()].join(', ')}.`;
  return `no manifest has a package "${name}"; ${hint}`;
}

function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

function bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
