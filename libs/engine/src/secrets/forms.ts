import type { Known } from './matcher.ts';
import { isWeak, longEnough } from './weak.ts';

/** Values of only letters up to this length are matched as a whole word: `hunter` is not part of `bounty-hunters`. */
const longestWord = 8;

/** Longer values are searched in pieces, which limits the comparison at each position. */
const longestPiece = 256;

/** Bytes per line of `base64` and of `openssl base64`. */
const bytesOfLines = [57, 48];

/** The forms of a value in texts; none for a value that cannot be told from others. */
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

/** The value itself, and its forms in JSON, URLs, forms and base64. */
function forms(value: string): Set<string> {
  // A piece may end between the two halves of a surrogate pair, which is invalid in a URL.
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
 * The base64 digits that do not depend on the text around the value (`user:password` in a Basic header): those without
 * bits of a neighbour, for each of the three offsets in a group of three bytes (RFC 4648).
 */
function base64Forms(value: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
    const first = Math.ceil((before * 8) / 6);
    const end = Math.floor((bytes.length * 8) / 6);
    return [bytes.toString('base64').slice(first, end), bytes.toString('base64url').slice(first, end)];
  });
}

/** The lines printed by `base64 FILE`, which break the base64 text at a fixed width. */
export function base64Lines(value: string): string[] {
  const bytes = Buffer.from(value);
  return bytesOfLines.flatMap((length) => {
    if (bytes.length <= length) return [];
    const lines = bytes.toString('base64').match(new RegExp(`.{1,${(length / 3) * 4}}`, 'g')) ?? [];
    return lines.filter((line) => line.length >= 12);
  });
}
