/** `(for \`app-debian12-runtime\` and 2 more images)`: the images that a diagnostic is about, by the name of the first. */
export function forImages(first: string, others: number): string {
  return `(for \`${first}\`${moreImages(others)})`;
}

/** ` and 2 more images`; empty for none. */
export function moreImages(others: number): string {
  if (others === 0) return '';
  return ` and ${others} more ${others === 1 ? 'image' : 'images'}`;
}
