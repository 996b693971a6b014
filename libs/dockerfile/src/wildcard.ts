/** Whether a text matches a pattern with `*` (any characters, or none) and `?` (one), in quadratic time at most. */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    if (pattern[next] === '*') {
      star = next++;
      resume = at;
    } else if (next < pattern.length && (pattern[next] === '?' || pattern[next] === text[at])) {
      next++;
      at++;
    } else if (star !== -1) {
      // The last star takes one more character.
      next = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[next] === '*') next++;
  return next === pattern.length;
}

/** A text without the start (`#`) or end (`%`) that matches: the shortest, or with `##` and `%%` the longest. */
export function cutWildcard(text: string, modifier: string, pattern: string): string {
  const lengths = Array.from({ length: text.length + 1 }, (_, length) => length);
  if (modifier.length === 2) lengths.reverse();
  if (modifier.startsWith('#')) {
    return text.slice(lengths.find((length) => matchesWildcard(pattern, text.slice(0, length))) ?? 0);
  }
  const end = lengths.find((length) => matchesWildcard(pattern, text.slice(text.length - length))) ?? 0;
  return text.slice(0, text.length - end);
}
