/** The names used in a request to a registry. */
export interface Named {
  registry: string;
  repository: string;
  tag?: string;
}

/** The text without these names: `team/denied-list`, or a tag such as `401`, must not decide. */
export function withoutNames(words: string, { registry, repository, tag }: Named): string {
  const names = [`${registry}/${repository}`, repository, repository.split('/').at(-1) ?? ''];
  let text = words;
  for (const name of names.filter((candidate) => candidate !== '')) {
    // A name as a separate word, quoted or not; `denied:` is part of the answer.
    text = text.replaceAll(new RegExp(`(?<![\\w./-])${escaped(name)}(?![\\w./-]|: )`, 'g'), '-');
  }
  const shown = tag
    ? text.replaceAll(new RegExp(`(['"])${escaped(tag)}\\1|(?<=/manifests/)${escaped(tag)}(?![\\w.-])`, 'g'), '-')
    : text;
  return shown.replaceAll(`/v2/${repository}/`, '/v2/').replaceAll(/&from=[^\s"&:]+/g, '');
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
