import { createHash } from 'node:crypto';
import type { PageData } from './data.ts';

/** The parts of the page, compiled from `app/`. */
export interface PageParts {
  /** Contains `%POLICY%`, `%TITLE%`, `%STYLE%`, `%DATA%` and `%SCRIPT%`. */
  markup: string;
  style: string;
  script: string;
}

/**
 * A self-contained HTML file. Its content security policy forbids every request, and every script and style but its
 * own; texts of the matrix are data, never markup.
 */
export function htmlPage(data: PageData, { markup, style, script }: PageParts): string {
  const policy = [
    "default-src 'none'",
    'img-src data:',
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const values: Record<string, string> = {
    POLICY: policy,
    TITLE: escapeHtml(data.manifest),
    STYLE: style,
    DATA: embeddedJson(data),
    SCRIPT: script,
  };
  return markup.replace(/%([A-Z]+)%/g, (whole, name: string) => values[name] ?? whole);
}

/** JSON that ends neither an element nor a line, and parses to the same value. */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The hash of a text in a content security policy: https://www.w3.org/TR/CSP3/#grammardef-hash-source */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
