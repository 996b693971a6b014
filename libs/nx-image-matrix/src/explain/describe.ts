import { looksLikeCredential, printable } from '@nx-image-matrix/diagnostics';
import type { Cause, CauseKind } from './cause.ts';

/** Characters of a value that are shown. */
const LONGEST_VALUE = 60;
/** Hexadecimal digits of a digest that are shown. */
const SHORT_DIGEST = 8;

/** A cause in two parts: what it is, and where. */
export interface CauseText {
  what: string;
  /** Empty if `what` has the place. */
  where: string;
}

/** The words before the name of what has changed. */
const words: Partial<Record<CauseKind, string>> = {
  parent: 'parent',
  argument: 'build argument',
  label: 'label',
  component: 'CUDA component',
  variable: 'variable',
  envar: 'environment variable',
  secret: 'build secret',
  option: 'option',
  platforms: 'platform',
};

/** A cause in words, on one line and safe to print. */
export function describeCause(cause: Cause): CauseText {
  const { what, where } = textOf(cause);
  return { what: printable(what), where: printable(where) };
}

function textOf(cause: Cause): CauseText {
  const { kind, name = '', change, from, to } = cause;
  switch (kind) {
    case 'parent':
      return { what: subjectOf(cause), where: '' };
    case 'base-moved':
      return { what: baseMoved(cause), where: placeOf(cause) };
    case 'base-image':
      return { what: `base image ${values(from, to)}`, where: placeOf(cause) };
    case 'axis':
      return { what: `axis ${name}: ${shown(to ?? from)} ${change}`, where: placeOf(cause) };
    case 'release':
    case 'package':
      return { what: `${kind} ${name} ${change}`, where: placeOf(cause) };
    case 'release-type':
      return { what: `release type ${name} ${change}`, where: placeOf(cause) };
    case 'template':
    case 'extra-file':
    case 'dockerignore':
      return { what: `${placeOf(cause)}${fileHappening(cause)}`, where: outputOf(cause) };
    case 'copied-file':
      return { what: `${placeOf({ ...cause, line: undefined })} (${copiedHappening(cause)})`, where: '' };
    case 'key':
      return { what: [name, values(from, to)].filter(Boolean).join(' ') || 'changed', where: placeOf(cause) };
    case 'base-unreadable':
      return { what: `the former state cannot be read: ${shorten(name, 160)}`, where: placeOf(cause) };
    default:
      return { what: valueChange(cause), where: placeOf(cause) };
  }
}

/** What a cause is about, without its values: `build argument SIZE`, `parent app-base`. Builds name their reasons so. */
export function subjectOf({ kind, name }: Pick<Cause, 'kind' | 'name'>): string {
  const word = name === kind ? undefined : words[kind];
  return word === undefined ? (name ?? kind) : `${word} ${name}`;
}

/** Whether the values of a cause may be shown. */
export function mayShow({ kind, name = '' }: Pick<Cause, 'kind' | 'name'>): boolean {
  return !['argument', 'label', 'variable', 'envar', 'secret'].includes(kind) || !looksLikeCredential(name);
}

/** The first digits of a digest. */
function shortDigest(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1).slice(0, SHORT_DIGEST);
}

function baseMoved({ name, from, to }: Cause): string {
  if (from === undefined) return `base ${name} locked at ${shortDigest(to ?? '')}`;
  if (to === undefined) return `base ${name} not locked any more, was ${shortDigest(from)}`;
  return `base ${name} moved: ${shortDigest(from)} -> ${shortDigest(to)}`;
}

function valueChange(cause: Cause): string {
  const { change, from, to } = cause;
  const subject = subjectOf(cause);
  if (!mayShow(cause)) return `${subject} ${change ?? 'changed'}`;
  if (change === 'added') return `${subject} added: ${shown(to)}`;
  if (change === 'removed') return `${subject} removed, was ${shown(from)}`;
  return `${subject} ${values(from, to)}`;
}

function values(from: string | undefined, to: string | undefined): string {
  return from === undefined && to === undefined ? '' : `${shown(from)} -> ${shown(to)}`;
}

/** A value on one line; quotes if it has spaces or is empty. */
function shown(value: string | undefined): string {
  if (value === undefined || value === '') return '""';
  const text = shorten(value, LONGEST_VALUE);
  return /^[^\s"']+$/.test(text) ? text : JSON.stringify(text);
}

function shorten(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 3)}...` : line;
}

function placeOf({ file, line, gone }: Cause): string {
  if (file === undefined) return '';
  if (line === undefined) return file;
  return `${file}:${line}${gone ? ' (removed)' : ''}`;
}

function outputOf({ output }: Cause): string {
  if (!output) return '';
  const { file, line, instruction, gone } = output;
  const subject = file === 'Dockerfile' ? 'the Dockerfile' : file;
  const where = gone ? `removed from ${subject}` : `of ${subject}`;
  return `${instruction === undefined ? '' : `${instruction} `}line ${line} ${where}`;
}

function fileHappening({ change, from, to, line }: Cause): string {
  if (change === 'renamed') return ` (renamed from ${from})`;
  if (change === 'mode') return ` (mode ${from} -> ${to})`;
  if (change === 'link') return ` (link ${from} -> ${to})`;
  if (change === 'kind') return ' (another kind of file)';
  return line === undefined && change !== undefined ? ` (${change})` : '';
}

function copiedHappening({ change = 'content', from, to }: Cause): string {
  if (change === 'mode' || change === 'link') return `${change} ${from} -> ${to}`;
  if (change === 'kind') return `${from} -> ${to}`;
  return change;
}
