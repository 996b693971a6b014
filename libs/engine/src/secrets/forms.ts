import type { Known } from './matcher.ts';
import { isWeak, longEnough } from './weak.ts';

/** Letters only, and no longer than that, are found as a whole word: `hunter` is no part of `bounty-hunters`. */
const longestWord = 8;

/** Longer values are looked for in pieces, so that no position of a text takes longer than this to compare. */
const longestPiece = 256;

/** Bytes that a line of `base64` and of `openssl base64` holds. */
const bytesOfLines = [57, 48];

/** The ways in which a value shows up in texts; none for one that cannot be told from others. */
export function knownForms(value: string): Known[] {
  if (isWeak(value)) return [];
  if (value.length < longEnough) return [{ text: value, wholeWord: true }];
  const isWord = value.length <= longestWord && /^([A-Za-z]+|\d+)$/.test(value);
  return piecesOf(value).flatMap((piece) =>
    [...forms(piece)].map((text) => ({ text, wholeWord: isWord && text === value })),
  );
}

function piecesOf(value: string): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < value.length;) {
    const rest = value.length - start;
    const length = rest < 2 * longestPiece ? rest : longestPiece;
    pieces.push(value.slice(start, start + length));
    start += length;
  }
  return pieces;
}

/** The value itself, and as JSON, URLs, forms and base64 spell it. */
function forms(value: string): Set<string> {
  // A piece may end between the two halves of a character, which no URL can hold.
  const encoded = encodeURIComponent(value.replace(/\p{Surrogate}/gu, '\uFFFD'));
  return new Set([
    value,
    JSON.stringify(value).slice(1, -1),
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
    encoded.replaceAll('%20', '+'),
    ...base64Forms(value),
  ]);
}

/**
 * What stays the same in base64 whatever stands before and after the value (`user:password` in a Basic header): the
 * digits that hold no bit of a neighbour, for each of the three positions in a group of three bytes (RFC 4648).
 */
function base64Forms(value: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
    const first = Math.ceil((before * 8) / 6);
    const end = Math.floor((bytes.length * 8) / 6);
    return [bytes.toString('base64').slice(first, end), bytes.toString('base64url').slice(first, end)];
  });
}

/** The lines that `base64 FILE` prints, which break the digits of the whole wherever they are full. */
export function base64Lines(value: string): string[] {
  const bytes = Buffer.from(value);
  return bytesOfLines.flatMap((length) => {
    if (bytes.length <= length) return [];
    const lines = bytes.toString('base64').match(new RegExp(`.{1,${(length / 3) * 4}}`, 'g')) ?? [];
    return lines.filter((line) => line.length >= 12);
  });
}
