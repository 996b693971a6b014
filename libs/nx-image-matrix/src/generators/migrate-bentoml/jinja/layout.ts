/** Text, or a tag or an output with the white space around it that is not part of the result. */
export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'mark'; open: '{{' | '{%'; body: string; left: boolean; right: boolean; before: string; after: string };

/**
 * The Liquid of pieces. White space that Jinja removes stays where Liquid removes it as well; where that would remove
 * more, a line end goes into the tag.
 */
export function laidOut(pieces: readonly Piece[]): string {
  const all = merged(pieces);
  let text = '';
  all.forEach((piece, at) => {
    text += piece.kind === 'text' ? escaped(piece.text) : mark(piece, all[at - 1], all[at + 1]);
  });
  return text;
}

function merged(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (piece.kind === 'text' && last?.kind === 'text')
      result[result.length - 1] = { kind: 'text', text: last.text + piece.text };
    else if (piece.kind !== 'text' || piece.text !== '') result.push(piece);
  }
  return result;
}

function mark(piece: Piece & { kind: 'mark' }, previous: Piece | undefined, next: Piece | undefined): string {
  const { open, body } = piece;
  const close = open === '{{' ? '}}' : '%}';
  const isBound = previous?.kind === 'text' && /\s$/.test(previous.text);
  const before = isBound || (previous?.kind === 'mark' && previous.after !== '') ? '' : piece.before;
  const left = !isBound && (piece.left || before !== '') ? '-' : '';
  if (next?.kind === 'text' && /^\s/.test(next.text)) {
    const end = piece.after.includes('\n') ? '\n' : ' ';
    return `${before}${open}${left} ${body}${end}${close}`;
  }
  const right = piece.right || piece.after !== '' ? '-' : '';
  return `${before}${open}${left} ${body} ${right}${close}${piece.after}`;
}

function escaped(text: string): string {
  return /\{[{%]/.test(text) ? `{% raw %}${text}{% endraw %}` : text;
}
