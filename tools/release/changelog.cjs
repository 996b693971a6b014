const unreleased = 'Unreleased';

/**
 * The changelog with its unreleased section under the new version.
 * @throws Error if there is nothing to release: the section is missing or empty
 */
exports.releaseChangelog = (text, version, file) => {
  const [, heading, body] = /^## (\S+).*\n([^]*?)(?=^## |$(?![^]))/m.exec(text) ?? [];
  if (heading !== unreleased && heading !== version) {
    const found = heading === undefined ? 'no heading' : `"## ${heading}"`;
    throw new Error(`${file} begins with ${found}. Write what is new below "## ${unreleased}" above it.`);
  }
  if (body.trim() === '') throw new Error(`${file} has nothing below "## ${heading}". Write what is new there.`);
  if (heading === unreleased && text.includes(`\n## ${version}\n`)) {
    throw new Error(`${file} has a section "## ${version}" already. Choose another version, or join the two.`);
  }
  return text.replace(`## ${heading}`, `## ${version}`);
};
