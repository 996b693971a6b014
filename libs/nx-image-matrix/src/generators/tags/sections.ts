import { parseMarker, type TableStyle } from './marker.ts';

/** The section between the markers of a package. */
export interface Section {
  package: string;
  style: TableStyle;
  /** Line of the opening marker, counted from 1. */
  line: number;
  /** Offsets of the text between the marker lines. */
  start: number;
  end: number;
}

export interface Problem {
  line: number;
  message: string;
}

const opening = /^ {0,3}<!--\s*nx-image-matrix:tags(?:\s+(.*?))?\s*-->\s*$/;
const closing = /^ {0,3}<!--\s*\/nx-image-matrix:tags\s*-->\s*$/;
const fence = /^ {0,3}(`{3,}|~{3,})/;

export const endMarker = '<!-- /nx-image-matrix:tags -->';

/** The sections of a Markdown file, and errors in its markers. Skips code blocks. */
export function findSections(text: string): { sections: Section[]; problems: Problem[] } {
  const sections: Section[] = [];
  const problems: Problem[] = [];
  let open: Section | undefined;
  let code: string | undefined;
  let offset = 0;
  for (const [index, content] of text.split(/(?<=\n)/).entries()) {
    const line = index + 1;
    const end = offset + content.length;
    const fenced = fence.exec(content)?.[1];
    if (code !== undefined) {
      if (fenced?.startsWith(code) && content.trim() === fenced) code = undefined;
    } else if (fenced !== undefined) {
      code = fenced;
    } else if (closing.test(content)) {
      if (open) sections.push({ ...open, end: offset });
      else problems.push({ line, message: `${endMarker} closes no section; remove it.` });
      open = undefined;
    } else {
      const words = opening.exec(content);
      if (words) {
        if (open) problems.push(unclosed(open));
        const { marker, problem } = parseMarker(words[1] ?? '');
        if (problem !== undefined) problems.push({ line, message: problem });
        open = { package: '', style: {}, ...marker, line, start: end, end };
      }
    }
    offset = end;
  }
  if (open) problems.push(unclosed(open));
  return { sections, problems: [...problems, ...duplicates(sections)] };
}

function unclosed({ line }: Section): Problem {
  return {
    line,
    message: `the section that begins here is not closed; write ${endMarker} on a line of its own below it.`,
  };
}

function duplicates(sections: readonly Section[]): Problem[] {
  const first = new Map<string, number>();
  return sections.flatMap(({ package: name, line }) => {
    const before = first.get(name);
    if (before !== undefined && name !== '')
      return [{ line, message: `"${name}" has a section already, in line ${before}; remove one of the two.` }];
    first.set(name, line);
    return [];
  });
}
