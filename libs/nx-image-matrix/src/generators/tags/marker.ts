/** Table options, which are stored in the opening marker and so are the same for everyone who runs the generator. */
export interface TableStyle {
  /** A column with the size of the last build. */
  sizes?: boolean;
  /** Include images that are never pushed. */
  all?: boolean;
  /** Prefix of the links to Dockerfiles, which are otherwise relative to the file. */
  url?: string;
}

export interface Marker {
  package: string;
  style: TableStyle;
}

/** Parses the text after `nx-image-matrix:tags`: a package, then table options. */
export function parseMarker(text: string): { marker?: Marker; problem?: string } {
  const [name, ...words] = text.split(/\s+/).filter((word) => word !== '');
  if (name === undefined) {
    return { problem: 'the marker names no package; write <!-- nx-image-matrix:tags PACKAGE -->.' };
  }
  const style: TableStyle = {};
  for (const word of words) {
    const url = /^url=(https?:\/\/\S+)$/.exec(word)?.[1];
    if (word === 'sizes' || word === 'all') style[word] = true;
    else if (url !== undefined) style.url = url;
    else return { problem: `the marker has the word "${word}"; there are "sizes", "all" and "url=https://...".` };
  }
  return { marker: { package: name, style } };
}

/** The opening marker of a section. */
export function formatMarker({ package: name, style }: Marker): string {
  const words = [style.sizes && 'sizes', style.all && 'all', style.url && `url=${style.url}`].filter(Boolean);
  return `<!-- nx-image-matrix:tags ${[name, ...words].join(' ')} -->`;
}
