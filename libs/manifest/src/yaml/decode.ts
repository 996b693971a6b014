import { isUtf8 } from 'node:buffer';
import type { Place } from './tree.ts';

export interface Decoded {
  text: string;
  /** Present if the bytes are not UTF-8; `text` is then an approximation. */
  problem?: Place & { message: string; hint: string };
}

/** Decodes the bytes of a manifest, which must be UTF-8. */
export function decodeManifest(bytes: Buffer): Decoded {
  const encoding = wideEncoding(bytes);
  if (encoding !== undefined) {
    const text = new TextDecoder(encoding).decode(bytes);
    const message = `the file is ${encoding.toUpperCase()}, not UTF-8`;
    return { text, problem: { line: 1, column: 1, message, hint: 'save it as UTF-8' } };
  }
  const text = bytes.toString('utf8');
  if (isUtf8(bytes)) return { text };
  return {
    text,
    problem: { ...firstBadByte(bytes), message: 'this byte is not UTF-8', hint: 'save the file as UTF-8' },
  };
}

/** YAML begins with ASCII, so the first two bytes tell: YAML 1.2.2, section 5.2. */
function wideEncoding(bytes: Buffer): 'utf-16be' | 'utf-16le' | undefined {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0 && second !== undefined)) return 'utf-16be';
  return undefined;
}

/** Binary search: the decoder takes a valid prefix as unfinished text at worst. */
function firstBadByte(bytes: Buffer): Place {
  let low = 0;
  for (let high = bytes.length; low < high;) {
    const middle = Math.ceil((low + high) / 2);
    if (isUnfinished(bytes.subarray(0, middle))) low = middle;
    else high = middle - 1;
  }
  const before = bytes
    .subarray(0, low)
    .toString('utf8')
    .replace(/\ufffd+$/, '')
    .replace(/^\ufeff/, '');
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: before.length - lineStart + 1 };
}

function isUnfinished(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
