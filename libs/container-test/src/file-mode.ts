/** What a file is, by the type of its entry in a tar archive (POSIX.1-2017, pax, "ustar Interchange Format"). */
export type FileKind = 'block' | 'character' | 'fifo' | 'file' | 'folder' | 'link';

const letters: Record<FileKind, string> = {
  file: '',
  folder: 'd',
  link: 'L',
  fifo: 'p',
  block: 'D',
  character: 'Dc',
};

/** Special bits with the letters that Go gives them. */
const special = [
  [0o4000, 'u'],
  [0o2000, 'g'],
  [0o1000, 't'],
] as const;

/** A mode as Go's `FileMode.String` writes it, which container-structure-test compares: `dtrwxrwxrwx` for `/tmp`. */
export function formatMode(kind: FileKind, mode: number): string {
  // Go has the letters in the order `dalTLDpSugct`.
  const bits = special.flatMap(([bit, letter]) => (mode & bit ? [letter] : []));
  const type = letters[kind];
  const prefix = kind === 'character' ? withCharacter(bits) : type + bits.join('');
  return (prefix || '-') + permissions(mode);
}

function withCharacter(bits: readonly string[]): string {
  const sticky = bits.includes('t') ? 't' : '';
  return `D${bits.filter((letter) => letter !== 't').join('')}c${sticky}`;
}

function permissions(mode: number): string {
  return [...'rwxrwxrwx'].map((letter, index) => (mode & (1 << (8 - index)) ? letter : '-')).join('');
}
